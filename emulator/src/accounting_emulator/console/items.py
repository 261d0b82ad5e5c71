"""Items: the list, one item, and a new one."""

from decimal import Decimal

from accounting_emulator.console import parts
from accounting_emulator.console.forms import Form, read_figure, read_figures, read_texts
from accounting_emulator.console.levers import Declined, Shown
from accounting_emulator.console.markup import Html, tag, together
from accounting_emulator.console.visit import PAGE_ROWS, GoOn, Screen, Table, Visit, show_again

_TYPES = (
    ("Inventory", "Inventory"),
    ("NonInventory", "Non‑inventory"),
    ("Service", "Service"),
    ("Category", "Category"),
)
_SEARCHED_TYPES = (("", "All types"), *_TYPES, ("Group", "Bundle"))
_NAMES = dict(_SEARCHED_TYPES)
_STATES = (("", "In use"), ("inactive", "Inactive"), ("all", "All"))
_TEXTS = ("sku", "description", "purchase_description")
_FIGURES = ("unit_price", "purchase_cost", "reorder_point")
_MAX_LAYERS = 50


def table() -> Table:
    """List what this part answers."""
    return (
        ("GET", "items", _list),
        ("GET", "items/new", _new),
        ("POST", "items/new", _create),
        ("GET", "items/{number:int}", _show),
        ("POST", "items/{number:int}", _edit),
        ("POST", "items/{number:int}/quantity", _count),
        ("POST", "items/{number:int}/active", _switch),
    )


async def _list(visit: Visit) -> Screen:
    query = visit.query
    search, kind = query.get("search", ""), query.get("type", "")
    state = query.get("state", "") or "active"
    found = await visit.levers.read(
        visit.books("items"),
        search=search, type=kind, state=state, after=visit.after, limit=PAGE_ROWS,
    )  # fmt: skip
    looking = parts.search_form(
        parts.field("Name or SKU", "search", search, type="search"),
        parts.select("Type", "type", _SEARCHED_TYPES, kind),
        parts.select("State", "state", _STATES, "" if state == "active" else state),
    )
    order = "in the order they were made" if found["order"] == "id" else "by name"
    body = together(
        parts.heading(
            "Items",
            parts.link("New item", visit.path("items/new"), class_="button primary"),
            under=f"Products and services, {order}",
        ),
        looking,
        _rows(visit, found["items"]),
        parts.pager(visit, "items", found["count"], is_capped=found["is_capped"]),
    )
    return Screen("Items", "items", body)


def _rows(visit: Visit, items: list[Shown]) -> Html:
    if not items:
        return parts.nothing("No item is like that. Try fewer letters, or another type or state.")
    currency = visit.company["currency"]
    return parts.table(
        "Items",
        ("Name", "+SKU", "+Type", "#On hand", f"#Price, {currency}", f"#+Cost, {currency}"),
        (
            parts.row(
                tag("span", _linked(visit, item), parts.state_badge(is_active=item["active"])),
                parts.name(item["sku"]),
                _NAMES[item["type"]],
                parts.quantity(item["quantity_on_hand"]),
                parts.money(item["unit_price"]),
                parts.money(item["purchase_cost"]),
                marks=". + + # # #+",
            )
            for item in items
        ),
    )


def _linked(visit: Visit, item: Shown) -> Html:
    """Show an item's name as a link, with the categories it is in before it."""
    path = item["full_name"][: len(item["full_name"]) - len(item["name"])].rstrip(":")
    shelf = tag("small", parts.path_name(path), class_="path") if path else None
    return together(parts.link(parts.name(item["name"]), visit.path(f"items/{item['id']}")), shelf)


async def _new(visit: Visit) -> Screen:
    has_stock = visit.company["has_stock"]
    kinds = [kind for kind in _TYPES if has_stock or kind[0] != "Inventory"]
    form = visit.form
    categories = await visit.levers.read(visit.books("items"), type="Category", state="active",
                                         limit=1000)  # fmt: skip
    shelves = [("", "None"), *((row["id"], row["full_name"]) for row in categories["items"])]
    stock = (
        parts.figure_field("Quantity on hand", "quantity_on_hand", form.get("quantity_on_hand"),
                           hint="Inventory only: posted at cost to Opening Balance Equity."),
        parts.field("As of", "started_on", form.get("started_on"), type="date",
                    hint="Inventory only; empty is today."),
    )  # fmt: skip
    body = together(
        parts.heading("New item"),
        parts.problem(visit.problem),
        parts.form(
            visit.path("items/new"),
            tag(
                "div",
                parts.select("Type", "type", kinds, form.get("type")),
                parts.field("Name", "name", form.get("name"), required=True),
                parts.select("Category", "parent_id", shelves, form.get("parent_id")),
                _fields(form, visit.company["currency"]),
                stock if has_stock else None,
                class_="fields",
            ),
            parts.saving("Create item", back=visit.path("items")),
            class_="card",
        ),
    )
    return Screen("New item", "items", body)


async def _create(visit: Visit) -> Screen | GoOn:
    form = visit.form
    try:
        wish = {"type": form.get("type"), **_wish(form)}
        wish["parent_id"] = form.get("parent_id") or None
        if wish["type"] == "Inventory":
            wish |= read_figures(form=form, controls=("quantity_on_hand",))
            wish |= read_texts(form=form, controls=("started_on",))
        made = await visit.levers.pull("POST", visit.books("items"), wish)
    except Declined as declined:
        return await show_again(visit, declined, _new)
    return GoOn(visit.path(f"items/{made['id']}"), f"{made['full_name']} is in the books.")


async def _show(visit: Visit) -> Screen:
    item = await visit.levers.read(visit.books(f"items/{visit.number}"))
    kind = _NAMES[item["type"]]
    body = together(
        parts.heading(
            tag("span", parts.name(item["name"]), parts.state_badge(is_active=item["active"])),
            parts.link("All items", visit.path("items"), class_="button"),
            under=f"{kind}, number {item['id']}, changed {item['sync_token']} times",
        ),
        parts.problem(visit.problem),
        tag(
            "div",
            _editing(visit, item),
            tag(
                "div",
                _stock(visit, item) if item["type"] == "Inventory" else None,
                _accounts(item),
                _state(visit, item),
                class_="column",
            ),
            class_="pair uneven",
        ),
    )
    return Screen(item["full_name"], "items", body)


def _editing(visit: Visit, item: Shown) -> Html:
    shown: dict[str, str] = {word: item[word] or "" for word in ("name", *_TEXTS)}
    shown |= {word: parts.plain(item[word]) for word in _FIGURES}
    shown["taxable"] = "yes" if item["taxable"] else ""
    if visit.form and "sku" in visit.form:
        shown = {**shown, "taxable": "", **visit.form}
    return parts.card(
        "Details",
        parts.form(
            visit.path(f"items/{item['id']}"),
            tag(
                "div",
                parts.field("Name", "name", shown["name"], required=True),
                _fields(shown, visit.company["currency"]),
                class_="fields",
            ),
            parts.saving("Save", back=visit.path("items")),
        ),
    )


def _fields(form: Form, currency: str) -> tuple[Html, ...]:
    """Make the fields that new and old items have in common."""
    return (
        parts.field("SKU", "sku", form.get("sku")),
        parts.figure_field(f"Price, {currency}", "unit_price", form.get("unit_price")),
        parts.figure_field(f"Cost, {currency}", "purchase_cost", form.get("purchase_cost")),
        parts.figure_field("Reorder at", "reorder_point", form.get("reorder_point")),
        parts.text_field("Description for sales", "description", form.get("description")),
        parts.text_field(
            "Description for purchases", "purchase_description", form.get("purchase_description")
        ),
        parts.checkbox("Taxable", "taxable", is_on=form.get("taxable") == "yes"),
    )


def _wish(form: Form) -> Shown:
    return {
        "name": form.get("name", "").strip(),
        **read_texts(form=form, controls=_TEXTS),
        **read_figures(form=form, controls=_FIGURES),
        "taxable": form.get("taxable") == "yes",
    }


def _stock(visit: Visit, item: Shown) -> Html:
    currency = visit.company["currency"]
    layers = item["layers"]
    counted = visit.form.get("quantity", parts.plain(item["quantity_on_hand"]))
    return parts.card(
        "Stock",
        parts.facts(
            ("On hand", parts.quantity(item["quantity_on_hand"])),
            (f"Worth, {currency}", parts.money(item["value"])),
            ("Counted since", item["started_on"] or ""),
        ),
        parts.form(
            visit.path(f"items/{item['id']}/quantity"),
            parts.figure_field(
                "Counted quantity",
                "quantity",
                counted,
                hint="The difference is posted against Inventory Shrinkage, dated today.",
            ),
            parts.button("Adjust"),
            class_="inline",
        ),
        parts.table(
            "Layers of cost",
            ("Received", "#Quantity", f"#Worth, {currency}"),
            (
                parts.row(layer["received_on"], parts.quantity(layer["quantity"]),
                          parts.money(layer["value"]), marks=". # #")
                for layer in layers[:_MAX_LAYERS]
            ),
        )
        if layers
        else None,
    )  # fmt: skip


def _accounts(item: Shown) -> Html | None:
    words = {"income": "Income", "expense": "Expense", "asset": "Stock"}
    rows = [(words[use], parts.name(account)) for use, account in item["accounts"].items()]
    return parts.card("Posts to", parts.facts(*rows)) if rows else None


def _state(visit: Visit, item: Shown) -> Html:
    action = visit.path(f"items/{item['id']}/active")
    if not item["active"]:
        words = "It is hidden from lists and forms. It comes back under the name it has now."
        return parts.retiring(action=action, words=words, is_active=False)
    words = "Its stock is written off and its name freed. It can be made active again."
    if item["type"] != "Inventory":
        words = "It is hidden and its name freed. It can be made active again."
    merge = None
    if item["type"] not in ("Category", "Group"):
        address = visit.path(f"items/{item['id']}/merge")
        merge = parts.link("Merge into another …", address, class_="button")
    return parts.retiring(action=action, words=words, is_active=True, beside=merge)


async def _edit(visit: Visit) -> Screen | GoOn:
    try:
        wish = _wish(visit.form)
        item = await visit.levers.pull("PATCH", visit.books(f"items/{visit.number}"), wish)
    except Declined as declined:
        return await show_again(visit, declined, _show)
    return GoOn(visit.path(f"items/{item['id']}"), f"{item['full_name']} is saved.")


def _expect_counted(counted: Decimal | None) -> Decimal:
    if counted is None:
        raise Declined(400, "Type the quantity that was counted.")
    return counted


async def _count(visit: Visit) -> Screen | GoOn:
    try:
        counted = read_figure(text=visit.form.get("quantity", ""), what="quantity")
        wish = {"quantity_on_hand": _expect_counted(counted)}
        item = await visit.levers.pull("PATCH", visit.books(f"items/{visit.number}"), wish)
    except Declined as declined:
        return await show_again(visit, declined, _show)
    now = parts.quantity(item["quantity_on_hand"])
    return GoOn(visit.path(f"items/{item['id']}"), f"{now} on hand now.")


async def _switch(visit: Visit) -> Screen | GoOn:
    is_active = visit.form.get("active") == "yes"
    try:
        item = await visit.levers.pull(
            "PATCH", visit.books(f"items/{visit.number}"), {"active": is_active}
        )
    except Declined as declined:
        return await show_again(visit, declined, _show)
    state = "active again" if is_active else "inactive now"
    return GoOn(visit.path(f"items/{item['id']}"), f"{item['full_name']} is {state}.")
