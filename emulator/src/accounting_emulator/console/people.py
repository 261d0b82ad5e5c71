"""Customers and vendors: the list, one of them, and a new one."""

from collections.abc import Callable, Coroutine

from accounting_emulator.console import parts
from accounting_emulator.console.forms import Form, read_texts
from accounting_emulator.console.levers import Declined, Shown
from accounting_emulator.console.markup import Html, tag, together
from accounting_emulator.console.visit import (
    PAGE_ROWS,
    Answer,
    GoOn,
    Screen,
    Table,
    Visit,
    show_again,
)

_STATES = (("", "In use"), ("inactive", "Inactive"), ("all", "All"))
_FIELDS = {
    "given_name": "Given name",
    "family_name": "Family name",
    "company_name": "Company",
    "email": "E-mail",
    "phone": "Phone",
    "account_number": "Account number",
    "street": "Street",
    "city": "City",
    "region": "State or region",
    "postal_code": "Postal code",
}
Kind = str
_Page = Callable[[Visit, Kind], Coroutine[None, None, Screen | GoOn]]


def table() -> Table:
    """List what this part answers: the same for both kinds."""
    return tuple(
        (method, f"{kind}s{path}", _bound(answer, kind))
        for kind in ("customer", "vendor")
        for method, path, answer in (
            ("GET", "", _list),
            ("GET", "/new", _new),
            ("POST", "/new", _create),
            ("GET", "/{number:int}", _show),
            ("POST", "/{number:int}", _edit),
            ("POST", "/{number:int}/active", _switch),
        )
    )


def _bound(page: _Page, kind: Kind) -> Answer:
    async def answer(visit: Visit) -> Screen | GoOn:
        return await page(visit, kind)

    return answer


async def _list(visit: Visit, kind: Kind) -> Screen:
    search, state = visit.query.get("search", ""), visit.query.get("state", "") or "active"
    found = await visit.levers.read(
        visit.books(f"{kind}s"), search=search, state=state, after=visit.after, limit=PAGE_ROWS
    )
    title = f"{kind.capitalize()}s"
    body = together(
        parts.heading(
            title,
            parts.link(f"New {kind}", visit.path(f"{kind}s/new"), class_="button primary"),
        ),
        parts.search_form(
            parts.field("Name or e-mail", "search", search, type="search"),
            parts.select("State", "state", _STATES, "" if state == "active" else state),
        ),
        _rows(visit, kind, found[f"{kind}s"]),
        parts.pager(visit, f"{kind}s", found["count"]),
    )
    return Screen(title, f"{kind}s", body)


def _rows(visit: Visit, kind: Kind, people: list[Shown]) -> Html:
    if not people:
        return parts.nothing(f"No {kind} is like that. Try fewer letters, or another state.")
    rows = (
        parts.row(
            together(
                parts.link(parts.path_name(row["full_name"]),
                           visit.path(f"{kind}s/{row['id']}")),
                parts.state_badge(is_active=row["active"]),
            ),
            parts.name(row["company_name"]),
            parts.name(row["email"]),
            parts.name(row["phone"]),
            parts.name(row["city"]),
            marks=". + + . +",
        )
        for row in people
    )  # fmt: skip
    heads = ("Name", "+Company", "+E-mail", "Phone", "+City")
    return parts.table(f"{kind.capitalize()}s", heads, rows)


async def _parent(visit: Visit, kind: Kind, chosen: str | None) -> Html | None:
    """Let another customer be chosen whose sub-customer this one is, such as a job."""
    if kind != "customer":
        return None
    found = await visit.levers.read(visit.books("customers"), state="active", limit=1000)
    own = visit.request.path_params.get("number")
    others = ((row["id"], row["full_name"]) for row in found["customers"] if row["id"] != str(own))
    return parts.select("Sub-customer of", "parent_id", (("", "None"), *others), chosen)


def _fields(form: Form, parent: Html | None) -> Html:
    shown = (
        parts.field(
            label, control, form.get(control), type="email" if control == "email" else "text"
        )
        for control, label in _FIELDS.items()
    )
    return tag(
        "div",
        parts.field("Display name", "name", form.get("name"),
                    hint="As lists show it; no two customers and vendors share one."),
        parent,
        shown,
        parts.text_field("Notes", "notes", form.get("notes")),
        class_="fields",
    )  # fmt: skip


def _wish(form: Form) -> Shown:
    texts = read_texts(form=form, controls=("parent_id", *_FIELDS, "notes"))
    return {"name": form.get("name", "").strip(), **texts}


async def _new(visit: Visit, kind: Kind) -> Screen:
    body = together(
        parts.heading(f"New {kind}"),
        parts.problem(visit.problem),
        parts.form(
            visit.path(f"{kind}s/new"),
            _fields(visit.form, await _parent(visit, kind, visit.form.get("parent_id"))),
            parts.saving(f"Create {kind}", back=visit.path(f"{kind}s")),
            class_="card",
        ),
    )
    return Screen(f"New {kind}", f"{kind}s", body)


async def _create(visit: Visit, kind: Kind) -> Screen | GoOn:
    try:
        made = await visit.levers.pull("POST", visit.books(f"{kind}s"), _wish(visit.form))
    except Declined as declined:
        return await show_again(visit, declined, _bound(_new, kind))
    return GoOn(visit.path(f"{kind}s/{made['id']}"), f"{made['full_name']} is in the books.")


async def _show(visit: Visit, kind: Kind) -> Screen:
    person = await visit.levers.read(visit.books(f"{kind}s/{visit.number}"))
    form = visit.form if "name" in visit.form else {
        word: person[word] or "" for word in ("name", "parent_id", *_FIELDS, "notes")
    }  # fmt: skip
    address = visit.path(f"{kind}s/{person['id']}")
    fields = _fields(form, await _parent(visit, kind, form.get("parent_id")))
    saving = parts.saving("Save", back=visit.path(f"{kind}s"))
    body = together(
        parts.heading(
            together(parts.name(person["name"]), parts.state_badge(is_active=person["active"])),
            parts.link(f"All {kind}s", visit.path(f"{kind}s"), class_="button"),
            under=f"{kind.capitalize()} number {person['id']}",
        ),
        parts.problem(visit.problem),
        tag(
            "div",
            parts.card("Details", parts.form(address, fields, saving)),
            tag("div", _state(f"{address}/active", person), class_="column"),
            class_="pair uneven",
        ),
    )
    return Screen(person["full_name"], f"{kind}s", body)


def _state(action: str, person: Shown) -> Html:
    words = "They come back under the name they have now."
    if person["active"]:
        words = "They are hidden from lists and forms, and the name is freed."
    return parts.retiring(action=action, words=words, is_active=person["active"])


async def _edit(visit: Visit, kind: Kind) -> Screen | GoOn:
    address = visit.books(f"{kind}s/{visit.number}")
    try:
        person = await visit.levers.pull("PATCH", address, _wish(visit.form))
    except Declined as declined:
        return await show_again(visit, declined, _bound(_show, kind))
    return GoOn(visit.path(f"{kind}s/{person['id']}"), f"{person['full_name']} is saved.")


async def _switch(visit: Visit, kind: Kind) -> Screen | GoOn:
    is_active = visit.form.get("active") == "yes"
    address = visit.books(f"{kind}s/{visit.number}")
    try:
        person = await visit.levers.pull("PATCH", address, {"active": is_active})
    except Declined as declined:
        return await show_again(visit, declined, _bound(_show, kind))
    state = "active again" if is_active else "inactive now"
    return GoOn(visit.path(f"{kind}s/{person['id']}"), f"{person['full_name']} is {state}.")
