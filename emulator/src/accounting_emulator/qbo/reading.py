"""Answers to queries and reads, as bytes."""

from array import array
from typing import Any

import msgspec

from accounting_emulator.company import Company
from accounting_emulator.qbo import company_wire, entities, errors, wire
from accounting_emulator.query import (
    DEFAULT_ROWS,
    MAX_ROWS,
    Query,
    QueryInvalid,
    parse_query,
)
from accounting_emulator.search import Entity, Reading, select_ids
from accounting_emulator.switches import Switches
from accounting_emulator.workshop import FOUNDED

_ALWAYS = ("domain", "Id")


class _OnlyRow(msgspec.Struct, frozen=True):
    """CompanyInfo and Preferences are tables with one row."""

    id: int
    updated_at: int


def answer_query(*, statement: str, company: Company, switches: Switches, time: str) -> bytes:
    """Answer a query statement.

    Raises:
        QueryParseError: the statement does not follow the grammar (4000).
        QueryInvalid: it asks for something impossible (4001).
    """
    query = parse_query(statement=statement)
    entity = entities.BY_NAME.get(query.entity.lower())
    if entity is None:
        raise QueryInvalid(f"QueryValidationError: Entity {query.entity} is not queryable")
    ids = _select(entity, query, company, switches)
    if query.is_count:
        return b'{"QueryResponse":{"totalCount":%d},"time":"%s"}' % (len(ids), time.encode())
    start, limit = _page(query, switches)
    wanted = ids[start - 1 : start - 1 + limit]
    if not wanted:
        return b'{"QueryResponse":{},"time":"%s"}' % time.encode()
    rows = _render(entity, wanted, company)
    if query.fields:
        rows = [_project(row, query.fields, entity) for row in rows]
    return b'{"QueryResponse":{"%s":[%s],"startPosition":%d,"maxResults":%d},"time":"%s"}' % (
        entity.name.encode(),
        b",".join(rows),
        start,
        len(wanted),
        time.encode(),
    )


def read_object(*, entity: str, object_id: str, company: Company, time: str) -> bytes:
    """Answer the read of one object by id; `entity` in lower case.

    Raises:
        ApiFault: nothing has this id (610), it is no number (2030), or reading is unsupported.
    """
    known = entities.BY_NAME.get(entity)
    if known is None:
        raise errors.unsupported(operation=entity)
    if not entities.is_id(text=object_id):
        raise errors.ApiFault(
            code="2030",
            message="Invalid ID",
            detail=f"Invalid ID : Id should be a valid number. Supplied value:{object_id}",
        )
    number = int(object_id)
    if known is entities.COMPANY_INFO and object_id == company.profile.realm_id:
        number = 1
    if not _exists(known, number, company):
        raise errors.object_not_found()
    row = _render(known, array("q", (number,)), company)[0]
    return b'{"%s":%s,"time":"%s"}' % (known.name.encode(), row, time.encode())


def _exists(entity: Entity, number: int, company: Company) -> bool:
    if entity is entities.ITEM:
        return 1 <= number < company.books.shelf.next_id
    if entity is entities.ACCOUNT:
        return number in company.books.accounts
    return number == 1


def _select(entity: Entity, query: Query, company: Company, switches: Switches) -> array[int]:
    if entity is entities.ITEM:
        return company.find_items(query=query)
    is_exact = switches.text_comparison == "exact"
    rows: list[Any] = [_OnlyRow(1, int(FOUNDED.timestamp()))]
    if entity is entities.ACCOUNT:
        rows = [company.books.accounts[number] for number in sorted(company.books.accounts)]
    return select_ids(
        entity=entity,
        rows=rows,
        query=query,
        reading=Reading(zone=company.zone, is_case_sensitive=is_exact),
    )


def _page(query: Query, switches: Switches) -> tuple[int, int]:
    start = 1 if query.start is None else query.start
    limit = DEFAULT_ROWS if query.limit is None else query.limit
    if start == 0 and switches.start_position_zero == "accept":
        start = 1
    if min(start, limit) < 1:
        raise QueryInvalid("QueryValidationError: value 0 is too small. Min allowed value is 1")
    if limit > MAX_ROWS and switches.max_results_over == "reject":
        raise QueryInvalid(
            f"QueryValidationError: value {limit} is too large. Max allowed value is {MAX_ROWS}"
        )
    return start, min(limit, MAX_ROWS)


def _render(entity: Entity, ids: array[int], company: Company) -> list[bytes]:
    if entity is entities.ITEM:
        return company.render_items(ids=ids)
    if entity is entities.ACCOUNT:
        accounts = company.books.accounts
        return [
            wire.render_account(
                account=accounts[number],
                books=company.books,
                profile=company.profile,
                zone=company.zone,
            )
            for number in ids
        ]
    founded = wire.local_time(seconds=FOUNDED.timestamp(), zone=company.zone)
    meta = wire.WireMeta(founded, founded)
    if entity is entities.COMPANY_INFO:
        return [company_wire.render_company_info(profile=company.profile, meta=meta)]
    return [company_wire.render_preferences(profile=company.profile, meta=meta)]


def _project(row: bytes, fields: tuple[str, ...], entity: Entity) -> bytes:
    """Keep the fields a query names; the rest of the object is marked as not whole."""
    whole = msgspec.json.decode(row, type=dict[str, msgspec.Raw])
    names = {name.lower(): name for name in whole}
    kept = {name: whole[name] for name in _ALWAYS} | {"sparse": msgspec.Raw(b"true")}
    for field in fields:
        first = field.lower().partition(".")[0]
        if first in names:
            kept[names[first]] = whole[names[first]]
        else:
            entity.expect_known(field=field)
    return msgspec.json.encode(kept)
