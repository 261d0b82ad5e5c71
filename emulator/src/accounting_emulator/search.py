"""Finding and ordering rows: what a parsed query means for one kind of object.

An entity lists its properties with what may be done with each (the reference flags some as
filterable, some as sortable). A condition compiles to a test on a row; strings ignore case
unless told otherwise, ids compare as numbers, times as instants.
"""

import operator
import re
from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from itertools import batched
from typing import Any, Literal, NoReturn

from accounting_emulator.query import Condition, Order, Query, QueryInvalid
from accounting_emulator.slices import Work
from accounting_emulator.sorting import Chunks, Keyed, sort_rows

ROWS_A_STEP = 500
Kind = Literal["text", "number", "boolean", "instant"]
Test = Callable[[Any], bool]
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Property:
    """One searchable property: its value on a row, and what a query may do with it."""

    name: str
    kind: Kind
    read: Callable[[Any], Any]
    is_filterable: bool = True
    is_sortable: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """How values in a statement are understood."""

    zone: tzinfo
    is_case_sensitive: bool = False
    empty_is_missing: bool = True


class Entity:
    """The properties of one kind of object, looked up without regard to case."""

    def __init__(
        self,
        *,
        name: str,
        properties: Iterable[Property],
        known: Iterable[str] = (),
        default_order: tuple[Order, ...] = (),
        hides_inactive: bool = True,
    ) -> None:
        self.name = name
        self.default_order = default_order
        self.hides_inactive = hides_inactive
        self._properties = {item.name.lower(): item for item in properties}
        self._known = {word.lower() for word in known} | set(self._properties)

    def get_filterable(self, *, field: str) -> Property:
        """Give the property that a condition names.

        Raises:
            QueryInvalid: there is none, or it cannot be filtered.
        """
        found = self._properties.get(field.lower())
        if found is None or not found.is_filterable:
            self._complain(field, "queryable")
        return found

    def get_sortable(self, *, field: str) -> Property:
        """Give the property that an order names.

        Raises:
            QueryInvalid: there is none, or it cannot be sorted by.
        """
        found = self._properties.get(field.lower())
        if found is None or not found.is_sortable:
            self._complain(field, "sortable")
        return found

    def expect_known(self, *, field: str) -> None:
        """Let a selected field pass when the entity has it.

        Raises:
            QueryInvalid: it has not.
        """
        if field.lower() not in self._known:
            self._complain(field, "queryable")

    def _complain(self, field: str, ability: str) -> NoReturn:
        if field.lower() in self._known:
            raise QueryInvalid(f"QueryValidationError: property '{field}' is not {ability}")
        raise QueryInvalid(
            f"QueryValidationError: Property {field} not found for Entity {self.name}"
        )


def mentions(*, query: Query, field: str) -> bool:
    """Say whether any condition of the query names this field."""
    groups = (query.conditions, *query.alternatives)
    return any(condition.field.lower() == field.lower() for group in groups for condition in group)


class Sieve:
    """A query made ready for rows: which of them it wants, and in which order."""

    def __init__(self, *, entity: Entity, query: Query, reading: Reading) -> None:
        """Compile a query.

        Raises:
            QueryInvalid: it names a property that cannot be used so.
        """
        tests = [_compile(entity, condition, reading) for condition in query.conditions]
        if query.alternatives:
            tests = [_any_of(entity, (query.conditions, *query.alternatives), reading)]
        if entity.hides_inactive and not mentions(query=query, field="Active"):
            tests.append(lambda row: bool(row.active))
        orders = query.orders or entity.default_order
        keys = [_sort_key(entity.get_sortable(field=order.field)) for order in orders]
        self.descends = tuple(order.is_descending for order in orders)
        self.wants: Test = tests[0] if len(tests) == 1 else _all_of(tests)
        self.key: Callable[[Any], Keyed] = _key(keys)
        """Gives a row's id, and the values it is ordered by."""

    def compare(self, one: Keyed, other: Keyed) -> int:
        """Say which of two keyed rows comes first: below zero the one; ids break ties."""
        for place, is_descending in enumerate(self.descends, 1):
            if one[place] != other[place]:
                return -1 if (one[place] < other[place]) != is_descending else 1
        return -1 if one[0] < other[0] else 1


def select_ids(*, sieve: Sieve, rows: Iterable[Any]) -> Work[array[int]]:
    """List the ids of the rows a query wants, in its order; ties stay in the rows' order."""
    chunks: Chunks = []
    wants, key = sieve.wants, sieve.key
    for block in batched(rows, ROWS_A_STEP):
        chunks.append([key(row) for row in block if wants(row)])
        yield
    ids = array("q")
    ordered = yield from sort_rows(chunks=chunks, descends=sieve.descends)
    for number, chunk in enumerate(ordered):
        ids.extend([entry[0] for entry in chunk])
        ordered[number] = []
        yield
    return ids


def earliest(*, query: Query, field: str, reading: Reading) -> float | None:
    """Give the instant before which nothing can be wanted by a condition on a time.

    Raises:
        QueryInvalid: a value is no date and time.
    """
    instants = [
        _instant(condition.values[0], reading.zone)
        for condition in query.conditions
        if condition.field.lower() == field.lower() and condition.comparison in ("=", ">", ">=")
    ]
    return None if query.alternatives else max(instants, default=None)


def _all_of(tests: list[Test]) -> Test:
    return lambda row: all(test(row) for test in tests)


def _key(keys: list[Callable[[Any], Any]]) -> Callable[[Any], Keyed]:
    if len(keys) == 1:
        (only,) = keys
        return lambda row: (row.id, only(row))
    return lambda row: (row.id, *(key(row) for key in keys))


def _any_of(entity: Entity, groups: tuple[tuple[Condition, ...], ...], reading: Reading) -> Test:
    compiled = [[_compile(entity, condition, reading) for condition in group] for group in groups]
    return lambda row: any(all(test(row) for test in tests) for tests in compiled)


def _sort_key(prop: Property) -> Callable[[Any], Any]:
    read = prop.read
    if prop.kind == "text":
        return lambda row: (read(row) or "").casefold()
    if prop.kind == "number":
        lowest = Decimal("-Infinity")
        return lambda row: lowest if read(row) is None else read(row)
    return read


def _compile(entity: Entity, condition: Condition, reading: Reading) -> Test:
    prop = entity.get_filterable(field=condition.field)
    read = _reader(prop, reading)
    if condition.comparison == "like":
        return _like(prop, condition.values[0], reading)
    if _asks_for_nothing(prop, condition, reading):
        return lambda row: read(row) in (None, "")
    values = [_value(prop, text, reading) for text in condition.values]
    if condition.comparison == "in":
        wanted = frozenset(values)
        return lambda row: read(row) in wanted
    compare, value = _COMPARE[condition.comparison], values[0]
    return lambda row: (have := read(row)) is not None and bool(compare(have, value))


def _asks_for_nothing(prop: Property, condition: Condition, reading: Reading) -> bool:
    """Say whether a condition compares with the empty text, which stands for no value."""
    is_empty = condition.comparison == "=" and not condition.values[0].strip()
    return is_empty and prop.kind == "text" and reading.empty_is_missing


def _reader(prop: Property, reading: Reading) -> Callable[[Any], Any]:
    read = prop.read
    if prop.kind != "text" or reading.is_case_sensitive:
        return read
    return lambda row: None if (text := read(row)) is None else text.casefold()


def _like(prop: Property, pattern: str, reading: Reading) -> Test:
    flags = re.DOTALL if reading.is_case_sensitive else re.DOTALL | re.IGNORECASE
    parts = (re.escape(part) for part in pattern.split("%"))
    wanted, read = re.compile(".*".join(parts), flags), prop.read
    return lambda row: (have := read(row)) is not None and bool(wanted.fullmatch(str(have)))


def _value(prop: Property, text: str, reading: Reading) -> object:
    match prop.kind:
        case "text":
            return text if reading.is_case_sensitive else text.casefold()
        case "boolean":
            if text.lower() not in ("true", "false"):
                raise QueryInvalid(f"QueryValidationError: value {text} is not a boolean")
            return text.lower() == "true"
        case "number":
            return _number(text)
        case _:
            return _instant(text, reading.zone)


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise QueryInvalid(f"QueryValidationError: value {text} is not a number")
    return number


def _instant(text: str, zone: tzinfo) -> float:
    try:
        if len(text) == len("2026-01-31"):
            day = date.fromisoformat(text)
            return datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        return moment.astimezone(UTC).timestamp()
    except (ValueError, OverflowError):
        raise QueryInvalid(f"QueryValidationError: value {text} is not a date and time") from None
