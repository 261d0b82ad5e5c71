"""Writing many rows quickly, and in a way that lets people's own writes through.

The ORM spends more time on a row than the database does. Reading a catalog of 100,000 items
writes rows by the hundred thousand, so those few places hand plain tuples to the driver. Column
by column a converter is chosen once (how this database keeps a UUID, a millionth, an instant),
and a row then costs little more than its tuple. SQLite runs one prepared statement over all
tuples. PostgreSQL gets one statement with an array for each column: that costs half of what a
statement a row does there, however they are pipelined.

SQLite has one writer at a time. A long transaction would make every click wait, so there the
rows go in short transactions, sized so that each takes about `CHUNK_SECONDS`, with a pause of
similar length between them in which others get their turn. PostgreSQL needs neither. The pause
is one of the database and not of the processor: the next chunk is made ready in it, and what
has been made ready is only handed over while the transaction is open. PostgreSQL works in a
process of its own; while it does, a thread makes the next chunk ready.
"""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

import psycopg
from django.db import connection, models

from partsemble.database.fields import FixedPointField
from partsemble.kernel.numbers import to_units

CHUNK_SECONDS: Final = 0.015
"""Short enough that nobody at a screen notices waiting behind it."""
FIRST_CHUNK: Final = 500
SMALLEST_CHUNK: Final = 250
"""Below this the commit itself costs more than the rows."""
LARGEST_CHUNK: Final = 2000

_INSTANT_OFFSET: Final = -len("+00:00")

type Converter = Callable[[Any], object]


@dataclass(frozen=True, slots=True)
class _Table:
    """How columns of one table are written on this database, found out once."""

    name: str
    columns: tuple[str, ...]
    """Quoted."""
    types: tuple[str, ...]
    """What PostgreSQL calls a value of the column."""
    converters: tuple[Converter | None, ...]


@dataclass(frozen=True, slots=True)
class BulkWrite:
    """A statement with rows that are ready for this database's driver."""

    table: str
    sql: str
    columns: tuple[Sequence[object], ...]
    """Column by column; none at all where there are no rows."""

    def execute(self) -> int:
        """This will write the rows and give how many it were."""
        if not self.columns:
            return 0
        if connection.vendor != "postgresql":
            with connection.cursor() as cursor:
                cursor.executemany(self.sql, list(zip(*self.columns, strict=True)))
                return int(cursor.rowcount)
        connection.ensure_connection()
        # Django's own cursor would write the values into the text of the statement; this one
        # sends them beside it, binary, as one array a column.
        with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
            cursor.execute(self.sql, [list(values) for values in self.columns])
            return int(cursor.rowcount)


def insert_rows(
    *,
    model: type[models.Model],
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    ignore_conflicts: bool = False,
) -> int:
    """This will insert plain rows and give the number that was inserted, see `prepare_insert`."""
    return prepare_insert(
        model=model, columns=columns, rows=rows, ignore_conflicts=ignore_conflicts
    ).execute()


def prepare_insert(
    *,
    model: type[models.Model],
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    ignore_conflicts: bool = False,
) -> BulkWrite:
    """This will make plain rows ready to be inserted.

    Arguments:
        model: whose table it is.
        columns: attribute names of the model's fields, in the order of the values.
        rows: Python values, one sequence a row.
        ignore_conflicts: rows that a unique constraint refuses are left out.
    """
    table = _describe(model, tuple(columns), connection.vendor)
    names = ", ".join(table.columns)
    ending = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
    if connection.vendor == "postgresql":
        source = f"SELECT * FROM unnest({_list_arrays(table)})"  # noqa: S608 types of our own
    else:
        source = f"VALUES ({', '.join(['%s'] * len(columns))})"
    sql = f"INSERT INTO {table.name} ({names}) {source}{ending}"
    return _prepare(sql, table, rows)


def update_rows(
    *,
    model: type[models.Model],
    columns: Sequence[str],
    where: Sequence[str],
    rows: Sequence[Sequence[object]],
) -> int:
    """This will update plain rows and give the number that was found, see `prepare_update`."""
    return prepare_update(model=model, columns=columns, where=where, rows=rows).execute()


def prepare_update(
    *,
    model: type[models.Model],
    columns: Sequence[str],
    where: Sequence[str],
    rows: Sequence[Sequence[object]],
) -> BulkWrite:
    """This will make plain rows ready to update those that equal them.

    Arguments:
        model: whose table it is.
        columns: attribute names that are set.
        where: attribute names that must equal; no two of the rows may ask for the same.
        rows: values of `columns` followed by values of `where`.
    """
    table = _describe(model, (*columns, *where), connection.vendor)
    numbered = list(enumerate(table.columns))
    is_postgresql = connection.vendor == "postgresql"
    values = [f"given.c{number}" if is_postgresql else "%s" for number, _ in numbered]
    settings = ", ".join(f"{name} = {values[n]}" for n, name in numbered[: len(columns)])
    condition = " AND ".join(
        f"{table.name}.{name} = {values[n]}" for n, name in numbered[len(columns) :]
    )
    source = ""
    if is_postgresql:
        labels = ", ".join(f"c{number}" for number, _ in numbered)
        source = f" FROM unnest({_list_arrays(table)}) AS given ({labels})"
    sql = f"UPDATE {table.name} SET {settings}{source} WHERE {condition}"  # noqa: S608 likewise
    return _prepare(sql, table, rows)


@cache
def _describe(model: type[models.Model], columns: tuple[str, ...], vendor: str) -> _Table:
    quote = connection.ops.quote_name
    fields = {each.attname: each for each in model._meta.concrete_fields}
    chosen = [fields[column] for column in columns]
    return _Table(
        name=quote(model._meta.db_table),
        columns=tuple(quote(str(field.column)) for field in chosen),
        types=tuple(_name_type(field) for field in chosen),
        converters=tuple(_choose_converter(field, vendor) for field in chosen),
    )


def _name_type(field: "models.Field[Any, Any]") -> str:
    """A cast to a limited text would cut what is too long; the column itself refuses it."""
    name = str(field.db_type(connection))
    return "text" if name.startswith("varchar") else name


def _choose_converter(field: "models.Field[Any, Any]", vendor: str) -> Converter | None:
    """This will say how a field's values become what this database's driver takes as they are."""
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    if isinstance(target, FixedPointField):
        return to_units
    if isinstance(target, models.JSONField):
        return json.dumps
    if vendor != "sqlite":
        return None
    if isinstance(target, models.UUIDField):
        return _to_hex
    if isinstance(target, models.DateTimeField):
        return _to_instant
    return str if isinstance(target, models.DateField) else None


def iterate_chunks[Row, Ready](
    rows: Sequence[Row],
    *,
    prepare: Callable[[Sequence[Row]], Ready],
    read_clock: Callable[[], float] = time.perf_counter,
    pause: Callable[[float], None] = time.sleep,
) -> Iterator[Ready]:
    """This will give the rows in chunks, each made ready for one transaction of the caller's.

    On SQLite it measures how long the caller takes for a chunk, sizes the next one towards
    `CHUNK_SECONDS`, and leaves the database alone for as long in between, making the next one
    ready meanwhile; on PostgreSQL chunks are as large as allowed.

    Arguments:
        rows: all of them.
        prepare: what is to be done with a chunk before the transaction; it may not write.
    """
    if connection.vendor != "sqlite":
        for first in range(0, len(rows), LARGEST_CHUNK):
            yield prepare(rows[first : first + LARGEST_CHUNK])
        return
    size, position, rest = FIRST_CHUNK, 0, 0.0
    while position < len(rows):
        began = read_clock()
        chunk = rows[position : position + size]
        ready = prepare(chunk)
        left = rest - (read_clock() - began)
        if left > 0:
            pause(left)
        began = read_clock()
        yield ready
        took = read_clock() - began
        position += len(chunk)
        if took > 0:
            wanted = int(size * CHUNK_SECONDS / took)
            size = max(SMALLEST_CHUNK, min(LARGEST_CHUNK, wanted, size * 2))
        rest = min(took, CHUNK_SECONDS)


def iterate_ahead[Given, Ready](
    given: Iterable[Given], *, make: Callable[[Given], Iterable[Ready]]
) -> Iterator[Ready]:
    """This will give what is made of each thing, in order.

    On PostgreSQL the next is made in a thread while the caller writes; on SQLite, which works in
    this process and would be held up by that, it is made when it is asked for.

    Arguments:
        given: taken in the caller's thread, one ahead; it may read from the database.
        make: uses no database.
    """
    if connection.vendor == "sqlite":
        for each in given:
            yield from make(each)
        return
    pending: Future[tuple[Ready, ...]] | None = None
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="make-ahead") as pool:
        for each in given:
            following = pool.submit(lambda thing: tuple(make(thing)), each)
            if pending is not None:
                yield from pending.result()
            pending = following
        if pending is not None:
            yield from pending.result()


def _prepare(sql: str, table: _Table, rows: Sequence[Sequence[object]]) -> BulkWrite:
    """Values are converted column by column, so that a column costs one loop and no look-ups."""
    if not rows:
        return BulkWrite(table=table.name, sql=sql, columns=())
    columns = zip(zip(*rows, strict=True), table.converters, strict=True)
    ready = (
        values if convert is None else _convert(values, convert) for values, convert in columns
    )
    return BulkWrite(table=table.name, sql=sql, columns=tuple(ready))


def _convert(values: Sequence[Any], convert: Converter) -> list[object]:
    return [None if value is None else convert(value) for value in values]


def _list_arrays(table: _Table) -> str:
    return ", ".join(f"%b::{name}[]" for name in table.types)


def _to_hex(value: UUID | str) -> str:
    return value.hex if isinstance(value, UUID) else value


def _to_instant(value: datetime) -> str:
    """As Django stores it: in UTC, and without saying so."""
    if value.tzinfo is UTC:
        return str(value)[:_INSTANT_OFFSET]
    return value.astimezone(UTC).isoformat(" ").removesuffix("+00:00")
