"""Writing many rows quickly, and in a way that lets people's own writes through.

The ORM spends more time on a row than the database does. Reading a catalog of 100,000 items
writes rows by the hundred thousand, so those few places hand plain tuples to the driver. Column
by column a converter is chosen once (how this database keeps a UUID, a millionth, an instant),
and a row then costs little more than its tuple.

SQLite has one writer at a time. A long transaction would make every click wait, so there the
rows go in short transactions, sized so that each takes about `CHUNK_SECONDS`, with a pause of
similar length between them in which others get their turn. PostgreSQL needs neither.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
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

type Converter = Callable[[object], object]


def insert_rows(
    *,
    model: type[models.Model],
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    ignore_conflicts: bool = False,
) -> int:
    """This will insert plain rows and give the number that was inserted.

    Arguments:
        model: whose table it is.
        columns: attribute names of the model's fields, in the order of the values.
        rows: Python values, one sequence a row.
        ignore_conflicts: rows that a unique constraint refuses are left out.
    """
    if not rows:
        return 0
    converters = [_choose_converter(model, column) for column in columns]
    names = ", ".join(_quote_columns(model, columns))
    marks = ", ".join(["%s"] * len(columns))
    table = connection.ops.quote_name(model._meta.db_table)
    ending = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
    return _execute(
        f"INSERT INTO {table} ({names}) VALUES ({marks}){ending}",  # noqa: S608 names of our own
        [_convert(row, converters) for row in rows],
    )


def update_rows(
    *,
    model: type[models.Model],
    columns: Sequence[str],
    where: Sequence[str],
    rows: Sequence[Sequence[object]],
) -> int:
    """This will update plain rows by equality and give the number that was found.

    Arguments:
        model: whose table it is.
        columns: attribute names that are set.
        where: attribute names that must equal.
        rows: values of `columns` followed by values of `where`.
    """
    if not rows:
        return 0
    converters = [_choose_converter(model, column) for column in (*columns, *where)]
    settings = ", ".join(f"{name} = %s" for name in _quote_columns(model, columns))
    condition = " AND ".join(f"{name} = %s" for name in _quote_columns(model, where))
    table = connection.ops.quote_name(model._meta.db_table)
    return _execute(
        f"UPDATE {table} SET {settings} WHERE {condition}",  # noqa: S608 names of our own
        [_convert(row, converters) for row in rows],
    )


def _choose_converter(model: type[models.Model], column: str) -> Converter | None:
    """This will say how a field's values become what this database's driver takes as they are."""
    field = next(each for each in model._meta.concrete_fields if each.attname == column)
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    if isinstance(target, FixedPointField):
        return _to_units
    if isinstance(target, models.UUIDField):
        return None if connection.features.has_native_uuid_field else _to_hex
    if isinstance(target, models.DateTimeField):
        return _to_instant
    if isinstance(target, models.DateField):
        return _to_text if connection.vendor == "sqlite" else None
    return None


def iterate_chunks[Row](
    rows: Sequence[Row],
    *,
    read_clock: Callable[[], float] = time.perf_counter,
    pause: Callable[[float], None] = time.sleep,
) -> Iterator[Sequence[Row]]:
    """This will give the rows in chunks, each meant for one transaction of the caller's.

    On SQLite it measures how long the caller takes for a chunk, sizes the next one towards
    `CHUNK_SECONDS`, and pauses as long in between; on PostgreSQL chunks are as large as allowed.
    """
    if connection.vendor != "sqlite":
        for first in range(0, len(rows), LARGEST_CHUNK):
            yield rows[first : first + LARGEST_CHUNK]
        return
    size, position = FIRST_CHUNK, 0
    while position < len(rows):
        chunk = rows[position : position + size]
        began = read_clock()
        yield chunk
        took = read_clock() - began
        position += len(chunk)
        if took > 0:
            wanted = int(size * CHUNK_SECONDS / took)
            size = max(SMALLEST_CHUNK, min(LARGEST_CHUNK, wanted, size * 2))
        pause(min(took, CHUNK_SECONDS))


def _execute(sql: str, rows: Sequence[Sequence[object]]) -> int:
    with _open_cursor() as cursor:
        cursor.executemany(sql, rows)
        return int(cursor.rowcount)


def _open_cursor() -> Any:  # noqa: ANN401 two drivers' cursors, alike in what is used
    """Django's own cursor writes values into the text of a statement and asks once per row;
    psycopg's binds them and sends all rows of a chunk before it waits."""
    if connection.vendor != "postgresql":
        return connection.cursor()
    connection.ensure_connection()
    return psycopg.Cursor(connection.connection)


def _convert(row: Sequence[object], converters: Sequence[Converter | None]) -> tuple[object, ...]:
    return tuple(
        value if convert is None or value is None else convert(value)
        for value, convert in zip(row, converters, strict=True)
    )


def _quote_columns(model: type[models.Model], columns: Sequence[str]) -> list[str]:
    by_name = {field.attname: str(field.column) for field in model._meta.concrete_fields}
    return [connection.ops.quote_name(by_name[column]) for column in columns]


def _to_units(value: object) -> object:
    return to_units(value)  # type: ignore[arg-type]  # a FixedPointField holds decimals


def _to_hex(value: object) -> object:
    return value.hex if isinstance(value, UUID) else value


def _to_instant(value: object) -> object:
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value


def _to_text(value: object) -> object:
    return str(value)
