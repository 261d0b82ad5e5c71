"""The trial balance as of now."""

from accounting_emulator.console import parts
from accounting_emulator.console.markup import tag, together
from accounting_emulator.console.visit import Screen, Table, Visit


def table() -> Table:
    """List what this part answers."""
    return (("GET", "trial-balance", _show),)


async def _show(visit: Visit) -> Screen:
    trial = await visit.levers.read(visit.books("trial-balance"))
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
        tag(
            "p",
            "The layers of all items together are worth ",
            parts.money(trial["inventory_value"]),
            f" {currency}.",
            class_="note",
        ),
    )
    return Screen("Trial balance", "trial-balance", body)
