"""Posted rows never change: triggers that say so to everybody, raw SQL included (STOCK-1, I2).

Problem. A ledger is worth what its worst writer leaves of it: a forgotten `save()`, a data
migration, somebody with a shell. Services that never update are a habit; a database that refuses
is a fact.

Observations.

* SQLite drops a table's triggers when a migration remakes the table, and Django remakes tables for
  many changes. So triggers are no part of migrations: they are made from the models after every
  migrate, like the policies.
* SQLite renames a remade table into place, and first looks whether every trigger still finds what
  it names. A trigger that names another table would make that table's migration fail, so those
  alone are cleared before a migrate that has something to do.
* `INSERT OR REPLACE` removes the row that is in the way without asking a DELETE trigger. So on
  SQLite an insert is refused as well where one of its unique values is taken.
* A new line in an old entry changes the entry without changing a row. `AppendOnly.BELONGS` lets a
  model say what a new row has to meet.
* PostgreSQL lets a superuser switch triggers off for a session, by the role of a replica. Ours fire
  always.

Decision. One abstract class marks a table, this module writes its triggers, and one function lifts
them: `lifted_triggers`, for the tests' teardown and for the deletion of a whole demo. `doctor`,
`verify` and a test look whether they are in place.

Left out. Refusing DROP TABLE: who may change the schema may do anything.

Sources: SQLite documentation, CREATE TRIGGER, ALTER TABLE and ON CONFLICT; PostgreSQL
documentation, chapter 37, Triggers.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.apps import apps
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

from partsemble.database.models import AppendOnly

REFUSAL = "what is posted never changes"
"""Stands in every error that a trigger raises."""
_MARK = "partsemble_posted"


@dataclass(frozen=True, slots=True)
class Trigger:
    """One trigger: its table, its name, what removes it, and what makes it."""

    table: str
    name: str
    remove: tuple[str, ...]
    make: tuple[str, ...]
    names_others: bool = False
    """Whether it reads tables beside its own."""


def list_append_only_models() -> list[type[AppendOnly]]:
    """This will list every concrete model whose rows never change, in the order of tables."""
    found = [model for model in apps.get_models() if issubclass(model, AppendOnly)]
    return sorted(found, key=lambda model: model._meta.db_table)


def list_triggers(*, vendor: str) -> list[Trigger]:
    """This will list the triggers that the models ask for.

    Arguments:
        vendor: `postgresql` or `sqlite`.
    """
    write = _write_for_postgresql if vendor == "postgresql" else _write_for_sqlite
    return [each for model in list_append_only_models() for each in write(model)]


def clear_before_migrate(*, sender: object, using: str, plan: object, **_: object) -> None:
    """This will clear what would get in the way of remaking a table; Django calls it per app."""
    connection = connections[using]
    if getattr(sender, "label", "") != "database" or connection.vendor != "sqlite" or not plan:
        return
    with connection.cursor() as cursor:
        for trigger in list_triggers(vendor=connection.vendor):
            if trigger.names_others:
                _run(cursor.execute, trigger.remove)


def install_after_migrate(*, sender: object, using: str, **_: object) -> None:
    """This will put the triggers in place once all apps are migrated; Django calls it per app."""
    if getattr(sender, "label", "") == "database":
        install(connection=connections[using])


def install(*, connection: BaseDatabaseWrapper) -> None:
    """This will give every append-only table its triggers, where they are not in place.

    Arguments:
        connection: as the role that owns the tables.
    """
    existing = set(connection.introspection.table_names())
    missing = find_missing(connection=connection)
    with connection.cursor() as cursor:
        for trigger in list_triggers(vendor=connection.vendor):
            # On PostgreSQL a function may have another body than its former version.
            is_due = trigger.name in missing or connection.vendor == "postgresql"
            if is_due and trigger.table in existing:
                _run(cursor.execute, (*trigger.remove, *trigger.make))


def find_missing(*, connection: BaseDatabaseWrapper) -> tuple[str, ...]:
    """This will name the triggers that are not in place as the models ask for them."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'A'"
            )
            present = {name for (name,) in cursor.fetchall()}
            wanted = list_triggers(vendor="postgresql")
            return tuple(each.name for each in wanted if each.name not in present)
        cursor.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
        texts = dict(cursor.fetchall())
    wanted = list_triggers(vendor="sqlite")
    return tuple(each.name for each in wanted if texts.get(each.name) != each.make[0])


@contextmanager
def lifted_triggers(execute: Callable[[str], object], *, vendor: str) -> Iterator[None]:
    """This will let the block remove posted rows, and put the triggers back in the end.

    Only for the tests' teardown and for deleting all there is of a demo.

    Arguments:
        execute: runs a statement as the role that owns the tables.
        vendor: `postgresql` or `sqlite`.
    """
    triggers = list_triggers(vendor=vendor)
    for each in triggers:
        _run(execute, each.remove)
    try:
        yield
    finally:
        for each in triggers:
            _run(execute, each.make)


def _run(execute: Callable[[str], object], statements: tuple[str, ...]) -> None:
    for statement in statements:
        execute(statement)


def _write_for_sqlite(model: type[AppendOnly]) -> Iterator[Trigger]:
    table = model._meta.db_table
    yield _refuse_on_sqlite(table, "update", "BEFORE UPDATE")
    yield _refuse_on_sqlite(table, "delete", "BEFORE DELETE")
    taken = " OR ".join(
        f'EXISTS (SELECT 1 FROM "{table}" WHERE '  # noqa: S608 names of the model
        + " AND ".join(f'"{column}" = NEW."{column}"' for column in columns)
        + ")"
        for columns in _list_unique_columns(model)
    )
    yield _refuse_on_sqlite(table, "replace", "BEFORE INSERT", when=taken)
    if model.BELONGS:
        yield _refuse_on_sqlite(
            table, "belong", "BEFORE INSERT", when=f"NOT ({model.BELONGS})", names_others=True
        )


def _refuse_on_sqlite(
    table: str, name: str, event: str, *, when: str = "", names_others: bool = False
) -> Trigger:
    full_name = f"{table}_{name}"
    condition = f" WHEN {when}" if when else ""
    return Trigger(
        table=table,
        name=full_name,
        remove=(f'DROP TRIGGER IF EXISTS "{full_name}"',),
        make=(
            (
                f'CREATE TRIGGER "{full_name}" {event} ON "{table}"{condition} '
                f"BEGIN SELECT RAISE(ABORT, '{table}: {REFUSAL}'); END"
            ),
        ),
        names_others=names_others,
    )


def _write_for_postgresql(model: type[AppendOnly]) -> Iterator[Trigger]:
    table = model._meta.db_table
    yield _refuse_on_postgresql(table, "change", "BEFORE UPDATE OR DELETE", "FOR EACH ROW")
    yield _refuse_on_postgresql(table, "truncate", "BEFORE TRUNCATE", "FOR EACH STATEMENT")
    if model.BELONGS:
        yield _refuse_on_postgresql(
            table, "belong", "BEFORE INSERT", "FOR EACH ROW", unless=model.BELONGS
        )


def _refuse_on_postgresql(
    table: str, name: str, event: str, each: str, *, unless: str = "FALSE"
) -> Trigger:
    full_name = f"{table}_{name}"
    function = f"{_MARK}_{full_name}"
    body = (
        f"BEGIN IF NOT ({unless}) THEN "
        f"RAISE EXCEPTION '{table}: {REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; "
        "END IF; RETURN NEW; END"
    )
    return Trigger(
        table=table,
        name=full_name,
        remove=(f'DROP TRIGGER IF EXISTS "{full_name}" ON "{table}"',),
        make=(
            (
                f'CREATE OR REPLACE FUNCTION "{function}"() RETURNS trigger LANGUAGE plpgsql '
                f"AS $${body}$$"
            ),
            (
                f'CREATE TRIGGER "{full_name}" {event} ON "{table}" {each} '
                f'EXECUTE FUNCTION "{function}"()'
            ),
            f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER "{full_name}"',
        ),
    )


def _list_unique_columns(model: type[models.Model]) -> Iterator[tuple[str, ...]]:
    fields = model._meta
    for field in fields.concrete_fields:
        if field.unique:
            yield (str(field.column),)
    for constraint in fields.constraints:
        if isinstance(constraint, models.UniqueConstraint) and constraint.condition is None:
            columns = {field.name: str(field.column) for field in fields.concrete_fields}
            yield tuple(columns[name] for name in constraint.fields)
