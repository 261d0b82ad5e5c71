"""Answers to queries and reads, as bytes."""

from collections.abc import Sequence

import msgspec

from accounting_emulator.company import Company
from accounting_emulator.objects import entities
from accounting_emulator.objects.tables import Table
from accounting_emulator.qbo import errors
from accounting_emulator.query import (
    DEFAULT_ROWS,
    MAX_ROWS,
    Leniency,
    Query,
    QueryInvalid,
    parse_query,
)
from accounting_emulator.search import Entity
from accounting_emulator.slices import Work, finish
from accounting_emulator.switches import Switches

_ALWAYS = ("domain", "Id")


def read_query(*, statement: str, switches: Switches) -> Query:
    """Read a query statement, as strictly as the switches say.

    Raises:
        QueryParseError: the statement does not follow the grammar (4000).
    """
    leniency = Leniency(
        doubled_quotes=switches.quote_doubling == "accept",
        alternatives=switches.or_in_where == "accept",
    )
    return parse_query(statement=statement, leniency=leniency)


def search_ahead(*, query: Query, company: Company) -> Work[Sequence[int]]:
    """Do the long part of a query; who answers it afterwards finds it done.

    Raises:
        QueryInvalid: it asks for something impossible (4001).
    """
    return company.search(table=_find_table(query, company), query=query)


def answer_query(*, statement: str, company: Company, switches: Switches, time: str) -> bytes:
    """Answer a query statement.

    Raises:
        QueryParseError: the statement does not follow the grammar (4000).
        QueryInvalid: it asks for something impossible (4001).
    """
    inner, _ = query_response(statement=statement, company=company, switches=switches)
    return b'{"QueryResponse":%s,"time":"%s"}' % (inner, time.encode())


def query_response(
    *, statement: str, company: Company, switches: Switches, at_most: int = MAX_ROWS
) -> tuple[bytes, int]:
    """Answer a query statement with the inner part alone, as batches carry it.

    Gives the part and how many objects are in it; there are `at_most` so many.

    Raises:
        QueryParseError: the statement does not follow the grammar (4000).
        QueryInvalid: it asks for something impossible (4001).
    """
    query = read_query(statement=statement, switches=switches)
    table = _find_table(query, company)
    ids = finish(company.search(table=table, query=query))
    if query.is_count:
        return b'{"totalCount":%d}' % len(ids), 0
    start, limit = _page(query, switches)
    wanted = ids[start - 1 : start - 1 + min(limit, at_most)]
    if not wanted:
        return b"{}", 0
    rows = table.render(ids=wanted)
    if query.fields:
        rows = [_project(row, query.fields, table.entity) for row in rows]
    # Preferences, which are always one, were recorded without.
    first = b"" if table.entity is entities.PREFERENCES else b'"startPosition":%d,' % start
    name, inner = table.entity.name.encode(), b",".join(rows)
    inner = b'{"%s":[%s],%s"maxResults":%d}' % (name, inner, first, len(rows))
    return inner, len(rows)


def read_object(*, entity: str, object_id: str, company: Company, time: str) -> bytes:
    """Answer the read of one object by id; `entity` in lower case.

    Raises:
        ApiFault: nothing has this id (610), it is no number (2030), or reading is unsupported.
    """
    table = company.tables.get(entity)
    if table is None:
        raise errors.unsupported(operation=entity)
    if not entities.is_id(text=object_id):
        raise errors.invalid_id(text=object_id)
    number = int(object_id)
    if entity == "companyinfo" and object_id == company.profile.realm_id:
        number = 1
    if table.find(number=number) is None:
        raise errors.object_not_found()
    (row,) = table.render(ids=(number,))
    return b'{"%s":%s,"time":"%s"}' % (table.entity.name.encode(), row, time.encode())


def _find_table(query: Query, company: Company) -> Table:
    table = company.tables.get(query.entity.lower())
    if table is None:
        raise QueryInvalid(f"QueryValidationError: invalid context declaration: {query.entity}")
    return table


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
