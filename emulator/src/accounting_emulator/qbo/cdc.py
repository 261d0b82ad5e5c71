"""Change data capture: everything of some kinds that changed since an instant.

Rules (QBO API reference, ChangeDataCapture): at most 30 days back and 1,000 objects in an answer,
without pages; whole objects, grouped by kind, by the time of their last change, and after them
stubs of what was deleted. Objects of a name list are never deleted: switched off they come as
objects. Groups come in no promised order; a kind without changes is an empty group.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo

import msgspec

from accounting_emulator.company import Company
from accounting_emulator.objects import wire
from accounting_emulator.objects.tables import Table
from accounting_emulator.qbo.errors import ApiFault
from accounting_emulator.query import Condition, Order, Query
from accounting_emulator.slices import Work, finish
from accounting_emulator.switches import Switches

MAX_DAYS = 30
MAX_OBJECTS = 1_000
DAY_SECONDS = 86_400
_UNSUPPORTED = ("journalcode", "timeactivity", "taxagency", "taxcode", "taxrate")
_DOCUMENTS = (
    "Attachable", "Bill", "BillPayment", "Budget", "CompanyCurrency", "CreditMemo", "Deposit",
    "Estimate", "ExchangeRate", "InventoryAdjustment", "Invoice", "JournalEntry", "Payment",
    "Purchase", "PurchaseOrder", "RecurringTransaction", "RefundReceipt", "ReimburseCharge",
    "SalesReceipt", "Transfer", "VendorCredit",
)  # fmt: skip
_KNOWN = {name.lower() for name in _DOCUMENTS}
"""Kinds the service has and this emulator may not: they never change here."""


class Ask(msgspec.Struct, frozen=True):
    """What is asked: kinds in lower case, and from when on, in seconds since 1970 UTC."""

    entities: tuple[str, ...]
    since: float


def read_ask(*, parameters: Mapping[str, str], zone: tzinfo, now: float) -> Ask:
    """Read the query string of a request.

    Raises:
        ApiFault: a parameter is missing (2020) or wrong (2000, 2060), or asks too far back (500).
    """
    names = [name.strip() for name in parameters.get("entities", "").split(",")]
    entities = tuple(dict.fromkeys(name.lower() for name in names if name))
    if not entities:
        raise _missing("entities")
    text = parameters.get("changedSince", "").strip()
    if not text:
        raise _missing("changedSince")
    since = _instant(text, zone)
    if since < now - MAX_DAYS * DAY_SECONDS:
        raise _unsupported(f"cdc with changedSince date {text} which is older than fixed days")
    return Ask(entities, since)


def search_ahead(*, ask: Ask, company: Company) -> Work[None]:
    """Do the long part of an answer beforehand."""
    for name in ask.entities:
        table = company.tables.get(name)
        if table is not None:
            yield from company.search(table=table, query=_query(table, ask.since))


def answer_cdc(*, ask: Ask, company: Company, switches: Switches, time: str) -> bytes:
    """Answer what changed.

    Raises:
        ApiFault: a kind is not known (2000) or has no change data capture (500).
    """
    for name in ask.entities:
        _expect_supported(name, company)
    names = ask.entities if switches.cdc_group_order == "as_asked" else sorted(ask.entities)
    room, groups = MAX_OBJECTS, []
    for name in names:
        group, used = _group(company.tables.get(name), ask.since, company, switches, room)
        groups.append(group)
        room -= used
    inner = b",".join(groups)
    return b'{"CDCResponse":[{"QueryResponse":[%s]}],"time":"%s"}' % (inner, time.encode())


def _group(
    table: Table | None, since: float, company: Company, switches: Switches, room: int
) -> tuple[bytes, int]:
    """Give one kind's changes, as many as there is room for, and how many they are."""
    if table is None or room < 1:
        return b"{}", 0
    ids = _changed_ids(table, since, company, switches)[:room]
    rows = table.render(ids=ids)
    name = table.entity.name
    gone = company.changes.list_gone(entity=name, since=since)[: room - len(rows)]
    rows += [_stub(stub.id, stub.at, company.zone) for stub in gone]
    if not rows:
        return b"{}", 0
    total = b',"totalCount":%d' % len(rows) if gone else b""
    group = b'{"%s":[%s],"startPosition":1,"maxResults":%d%s}' % (
        name.encode(),
        b",".join(rows),
        len(rows),
        total,
    )
    return group, len(rows)


def _changed_ids(table: Table, since: float, company: Company, switches: Switches) -> list[int]:
    found = list(finish(company.search(table=table, query=_query(table, since))))
    if table.entity.name != "Item" or switches.stock_moves_in_cdc == "as_touched":
        return found
    if switches.stock_moves_in_cdc == "never":
        only_moved = company.changes.list_only_moved(since=since)
        return [number for number in found if number not in only_moved]
    seen = set(found)
    moved = (n for n in company.changes.list_moved(since=since) if n not in seen)
    return found + [number for number in moved if table.find(number=number) is not None]


def _query(table: Table, since: float) -> Query:
    moment = datetime.fromtimestamp(since, UTC).isoformat()
    conditions = [Condition("MetaData.LastUpdatedTime", ">=", (moment,))]
    if table.entity.hides_inactive:
        conditions.append(Condition("Active", "in", ("true", "false")))
    return Query(
        table.entity.name,
        conditions=tuple(conditions),
        orders=(Order("MetaData.LastUpdatedTime"),),
    )


def _stub(number: int, at: int, zone: tzinfo) -> bytes:
    """Give what is left of a deleted object."""
    updated = {"LastUpdatedTime": wire.local_time(seconds=at, zone=zone)}
    return msgspec.json.encode(
        {"domain": "QBO", "status": "Deleted", "Id": str(number), "MetaData": updated}
    )


def _expect_supported(name: str, company: Company) -> None:
    if name in _UNSUPPORTED:
        raise _unsupported(f"cdc for {name}")
    if name not in company.tables and name not in _KNOWN:
        raise ApiFault(
            code="2000",
            message="Invalid or unsupported object name",
            detail=f"Invalid or unsupported object name : {name}",
        )


def _instant(text: str, zone: tzinfo) -> float:
    """Read a date (midnight of the company) or an instant; a lost plus sign is put back."""
    head, blank, offset = text.rpartition(" ")
    if blank and "T" in head:
        text = f"{head}+{offset}"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ApiFault(
            code="2060",
            message="Invalid Date",
            detail=f"Invalid Date : changedSince should be a date and time. Supplied value:{text}",
        ) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp()


def _missing(name: str) -> ApiFault:
    return ApiFault(
        code="2020",
        message="Required param missing, need to supply the required value for the API",
        detail=f"Required parameter {name} is missing in the request",
        element=name,
    )


def _unsupported(operation: str) -> ApiFault:
    return ApiFault(
        code="500",
        message="Unsupported Operation",
        detail=f"Operation {operation} is not supported.",
        element="Operation",
    )
