"""Merging two items: choose the one that stays, look at both once more, and do it."""

from accounting_emulator.console import parts
from accounting_emulator.console.levers import Declined, Shown
from accounting_emulator.console.markup import Html, tag, together
from accounting_emulator.console.visit import GoOn, Screen, Table, Visit, show_again

_CANDIDATES = 20


def table() -> Table:
    """List what this part answers."""
    return (
        ("GET", "items/{number:int}/merge", _choose),
        ("POST", "items/{number:int}/merge", _merge),
    )


async def _choose(visit: Visit) -> Screen:
    item = await visit.levers.read(visit.books(f"items/{visit.number}"))
    into = visit.query.get("into", "")
    if into.isdecimal() and len(into) < 19:
        kept = await visit.levers.read(visit.books(f"items/{into}"))
        body = _confirming(visit, item, kept)
    else:
        body = await _candidates(visit, item)
    title = together("Merge ", parts.name(item["name"]), " into …")
    top = parts.heading(
        title, parts.link("Back", visit.path(f"items/{item['id']}"), class_="button")
    )
    return Screen("Merge items", "items", together(top, parts.problem(visit.problem), body))


async def _candidates(visit: Visit, item: Shown) -> Html:
    search = visit.query.get("search", "")
    found = await visit.levers.read(
        visit.books("items"),
        search=search, type=item["type"], state="active", limit=_CANDIDATES + 1,
    )  # fmt: skip
    others = [row for row in found["items"] if row["id"] != item["id"]][:_CANDIDATES]
    rows = (
        parts.row(
            parts.path_name(row["full_name"]),
            parts.name(row["sku"]),
            parts.link("Choose", visit.path(f"items/{item['id']}/merge", into=row["id"]),
                       aria_label=f"Choose {row['full_name']}"),
            marks=". + .",
        )
        for row in others
    )  # fmt: skip
    return together(
        tag("p", "Which item stays? It takes over the stock and the places in bundles."),
        parts.search_form(parts.field("Name or SKU", "search", search, type="search")),
        parts.table("Items to merge into", ("Name", "+SKU", "Choice"), rows)
        if others
        else parts.nothing("No other item of this type is like that."),
    )


def _confirming(visit: Visit, item: Shown, kept: Shown) -> Html:
    rows = (
        parts.row(words, parts.path_name(row["full_name"]), parts.quantity(row["quantity_on_hand"]))
        for words, row in (("Is lost", item), ("Stays", kept))
    )
    return parts.card(
        "This cannot be undone",
        parts.table("The two items", ("What happens", "Item", "On hand"), rows),
        parts.form(
            visit.path(f"items/{item['id']}/merge"),
            tag("input", type="hidden", name="into", value=kept["id"]),
            tag(
                "div",
                parts.button("Merge", is_primary=True),
                parts.link("Choose another", visit.path(f"items/{item['id']}/merge"),
                           class_="button"),
                class_="actions",
            ),
        ),
    )  # fmt: skip


async def _merge(visit: Visit) -> Screen | GoOn:
    wish = {"into": visit.form.get("into", "")}
    try:
        kept = await visit.levers.pull("POST", visit.books(f"items/{visit.number}/merge"), wish)
    except Declined as declined:
        return await show_again(visit, declined, _choose)
    return GoOn(visit.path(f"items/{kept['id']}"), f"Merged into {kept['full_name']}.")
