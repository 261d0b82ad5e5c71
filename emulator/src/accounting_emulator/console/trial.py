"""The trial balance as of now."""

from decimal import Decimal

from accounting_emulator.console import parts
from accounting_emulator.console.markup import Html, tag, together
from accounting_emulator.console.visit import Screen, Table, Visit

_QUICKLY_VALUED = 50_000


def table() -> Table:
    """List what this part answers."""
    return (("GET", "trial-balance", _show),)


async def _show(visit: Visit) -> Screen:
    is_small = visit.company["items"] <= _QUICKLY_VALUED
    stock = "yes" if is_small else visit.query.get("stock", "no")
    trial = await visit.levers.read(visit.books("trial-balance"), stock=stock)
    currency, now = visit.company["currency"], visit.now
    verdict = parts.badge("Balanced", "good")
    if not trial["is_balanced"]:
        verdict = parts.badge("Out of balance", "bad")
    total = tag(
        "tr",
        tag("th", "Total", scope="row"),
        tag("td", parts.money(trial["total_debit"]), class_="figure"),
        tag("td", parts.money(trial["total_credit"]), class_="figure"),
    )
    rows = (
        parts.row(
            parts.link(parts.name(row["name"]), visit.path(f"accounts/{row['account_id']}")),
            parts.money(row["debit"]) if row["debit"] else "",
            parts.money(row["credit"]) if row["credit"] else "",
            marks=". # #",
        )
        for row in trial["rows"]
    )
    body = together(
        parts.heading(
            together("Trial balance", verdict),
            under=f"{visit.company['name']}, as of {now:%B} {now.day}, {now.year}",
        ),
        parts.table(
            "Trial balance", ("Account", f"#Debit, {currency}", f"#Credit, {currency}"), rows, total
        )
        if trial["rows"]
        else parts.nothing("Nothing was posted yet. It begins with the first stock or balance."),
        _stock(visit, trial["inventory_value"]),
    )
    return Screen("Trial balance", "trial-balance", body)


def _stock(visit: Visit, value: Decimal | int | None) -> Html:
    """Say what the items are worth by themselves, which takes a while for very many."""
    if value is None:
        again = parts.link("Add it up", visit.path("trial-balance", stock="yes"))
        return tag("p", "What all items are worth takes seconds to add up. ", again, class_="note")
    words = f"The layers of all items together are worth {parts.money(value)} "
    return tag("p", words, visit.company["currency"], ".", class_="note")
