"""Accounts: the chart, one account, and a new one."""

from itertools import groupby, pairwise

from accounting_emulator.console import parts
from accounting_emulator.console.forms import Form, read_figures, read_texts
from accounting_emulator.console.levers import Declined, Shown
from accounting_emulator.console.markup import Html, tag, together
from accounting_emulator.console.visit import (
    PAGE_ROWS,
    GoOn,
    Screen,
    Table,
    Visit,
    show_again,
)

_STATES = (("", "In use"), ("inactive", "Inactive"), ("all", "All"))
_TEXTS = ("number", "description", "account_sub_type")


def table() -> Table:
    """List what this part answers."""
    return (
        ("GET", "accounts", _list),
        ("GET", "accounts/new", _new),
        ("POST", "accounts/new", _create),
        ("GET", "accounts/{number:int}", _show),
        ("POST", "accounts/{number:int}", _edit),
        ("POST", "accounts/{number:int}/active", _switch),
    )


async def _list(visit: Visit) -> Screen:
    search, state = visit.query.get("search", ""), visit.query.get("state", "") or "active"
    found = await visit.levers.read(
        visit.books("accounts"), search=search, state=state, after=visit.after, limit=PAGE_ROWS
    )
    body = together(
        parts.heading(
            "Accounts",
            parts.link("New account", visit.path("accounts/new"), class_="button primary"),
            under="The chart of accounts",
        ),
        parts.search_form(
            parts.field("Name or number", "search", search, type="search"),
            parts.select("State", "state", _STATES, "" if state == "active" else state),
        ),
        _rows(visit, found["accounts"]),
        parts.pager(visit, "accounts", found["count"]),
    )
    return Screen("Accounts", "accounts", body)


def _rows(visit: Visit, accounts: list[Shown]) -> Html:
    if not accounts:
        return parts.nothing("No account is like that. Try fewer letters, or another state.")
    return parts.table(
        "Accounts",
        ("Name", "+Number", "Type", "+Detail type", f"#Balance, {visit.company['currency']}"),
        (_row(visit, account) for account in accounts),
    )


def _row(visit: Visit, account: Shown) -> Html:
    is_sheet = account["classification"] in ("Asset", "Liability", "Equity")
    path = account["full_name"][: len(account["full_name"]) - len(account["name"])].rstrip(":")
    return parts.row(
        together(
            parts.link(parts.name(account["name"]), visit.path(f"accounts/{account['id']}")),
            parts.state_badge(is_active=account["active"]),
            tag("small", parts.path_name(path), class_="path") if path else None,
        ),
        account["number"],
        account["account_type"],
        account["account_sub_type"],
        parts.money(account["balance"]) if is_sheet and account["active"] else "",
        marks=". + . + #",
    )


async def _new(visit: Visit) -> Screen:
    form, currency = visit.form, visit.company["currency"]
    body = together(
        parts.heading("New account"),
        parts.problem(visit.problem),
        parts.form(
            visit.path("accounts/new"),
            tag(
                "div",
                parts.field("Name", "name", form.get("name"), required=True),
                await _kind(visit, form),
                await _parent(visit, form.get("parent_id"), None),
                parts.field("Number", "number", form.get("number")),
                parts.figure_field(f"Opening balance, {currency}", "opening_balance",
                                   form.get("opening_balance"),
                                   hint="Posted against Opening Balance Equity."),
                parts.field("As of", "opened_on", form.get("opened_on"), type="date"),
                parts.text_field("Description", "description", form.get("description")),
                class_="fields",
            ),
            parts.saving("Create account", back=visit.path("accounts")),
            class_="card",
        ),
    )  # fmt: skip
    return Screen("New account", "accounts", body)


async def _kind(visit: Visit, form: Form) -> Html:
    """Let a detail type be chosen, grouped by the type it brings along."""
    types = (await visit.levers.read(visit.books("account-types")))["types"]
    groups = (
        tag("optgroup",
            parts.options(((sub, _spaced(sub)) for sub in each["sub_types"]),
                          form.get("account_sub_type")),
            label=each["name"])
        for each in types
    )  # fmt: skip
    return tag(
        "p",
        tag("label", "Type", for_="account_sub_type"),
        tag("select", groups, id="account_sub_type", name="account_sub_type"),
        class_="field",
    )


def _spaced(word: str) -> str:
    """Write the service's CamelCase as words."""
    letters = (f" {a.lower()}" if a.isupper() and not b.isupper() else a
               for b, a in pairwise(word))  # fmt: skip
    return word[:1] + "".join(letters).replace("_ ", ": ").replace("_", " ")


async def _parent(visit: Visit, chosen: str | None, account: Shown | None) -> Html:
    """Let a parent be chosen among the accounts in use; of the same type, once that is known."""
    found = await visit.levers.read(visit.books("accounts"), state="active", limit=1000)
    rows = found["accounts"]
    if account is not None:
        rows = [row for row in rows if row["account_type"] == account["account_type"]
                and row["id"] != account["id"]]  # fmt: skip
    kinds = (
        tag("optgroup", parts.options(((row["id"], row["full_name"]) for row in group), chosen),
            label=kind)
        for kind, group in groupby(rows, key=lambda row: str(row["account_type"]))
    )  # fmt: skip
    return tag(
        "p",
        tag("label", "Sub-account of", for_="parent_id"),
        tag("select", tag("option", "None", value=""), kinds, id="parent_id", name="parent_id"),
        class_="field",
    )


def _wish(form: Form) -> Shown:
    wish: Shown = {"name": form.get("name", "").strip()}
    wish |= read_texts(form=form, controls=_TEXTS)
    if wish.get("account_sub_type", "") is None:
        del wish["account_sub_type"]
    return wish | {"parent_id": form.get("parent_id") or None}


async def _create(visit: Visit) -> Screen | GoOn:
    try:
        wish = _wish(visit.form)
        wish |= read_figures(form=visit.form, controls=("opening_balance",))
        wish |= read_texts(form=visit.form, controls=("opened_on",))
        made = await visit.levers.pull("POST", visit.books("accounts"), wish)
    except Declined as declined:
        return await show_again(visit, declined, _new)
    return GoOn(visit.path(f"accounts/{made['id']}"), f"{made['full_name']} is in the books.")


async def _show(visit: Visit) -> Screen:
    account = await visit.levers.read(visit.books(f"accounts/{visit.number}"))
    shown = {word: account[word] or "" for word in ("name", "number", "description")}
    shown |= visit.form if "name" in visit.form else {"parent_id": account["parent_id"] or ""}
    editing = parts.card(
        "Details",
        parts.form(
            visit.path(f"accounts/{account['id']}"),
            tag(
                "div",
                parts.field("Name", "name", shown["name"], required=True),
                parts.field("Number", "number", shown["number"]),
                await _parent(visit, shown.get("parent_id"), account),
                parts.text_field("Description", "description", shown["description"]),
                class_="fields",
            ),
            parts.saving("Save", back=visit.path("accounts")),
        ),
    )
    body = together(
        parts.heading(
            together(parts.name(account["name"]), parts.state_badge(is_active=account["active"])),
            parts.link("All accounts", visit.path("accounts"), class_="button"),
            under=f"{account['account_type']}, number {account['id']}",
        ),
        parts.problem(visit.problem),
        tag(
            "div",
            editing,
            tag("div", _standing(visit, account), _state(visit, account), class_="column"),
            class_="pair uneven",
        ),
    )
    return Screen(account["full_name"], "accounts", body)


def _standing(visit: Visit, account: Shown) -> Html:
    return parts.card(
        "Standing",
        parts.facts(
            ("Class", account["classification"]),
            ("Detail type", _spaced(account["account_sub_type"])),
            (f"Balance, {visit.company['currency']}", parts.money(account["balance"])),
        ),
    )


def _state(visit: Visit, account: Shown) -> Html:
    action = visit.path(f"accounts/{account['id']}/active")
    words = "It comes back under the name it has now."
    if account["active"]:
        words = "Its balance goes to Opening Balance Equity and its name is freed."
    return parts.retiring(action=action, words=words, is_active=account["active"])


async def _edit(visit: Visit) -> Screen | GoOn:
    address = visit.books(f"accounts/{visit.number}")
    try:
        account = await visit.levers.pull("PATCH", address, _wish(visit.form))
    except Declined as declined:
        return await show_again(visit, declined, _show)
    return GoOn(visit.path(f"accounts/{account['id']}"), f"{account['full_name']} is saved.")


async def _switch(visit: Visit) -> Screen | GoOn:
    is_active = visit.form.get("active") == "yes"
    address = visit.books(f"accounts/{visit.number}")
    try:
        account = await visit.levers.pull("PATCH", address, {"active": is_active})
    except Declined as declined:
        return await show_again(visit, declined, _show)
    state = "active again" if is_active else "inactive now"
    return GoOn(visit.path(f"accounts/{account['id']}"), f"{account['full_name']} is {state}.")
