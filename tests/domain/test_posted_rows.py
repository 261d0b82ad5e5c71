"""Posted rows never change, whoever asks the database (STOCK-1, I2)."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from tests.support.cast import Cast
from tests.support.environment import POSTGRES
from tests.support.products import make_product
from tests.support.stock import adjust, audit

from partsemble.database import triggers
from partsemble.database.apps import DatabaseConfig
from partsemble.database.scope import business_scope, owner_scope
from partsemble.database.triggers import (
    REFUSAL,
    find_missing,
    lifted_triggers,
    list_append_only_models,
)
from partsemble.stock.models import StockEntry, StockMove
from partsemble.stock.queries.verifying import Flaw, verify_triggers

OWNER = "default" if POSTGRES is None else "owner"
"""As whom tables are changed."""
pytestmark = pytest.mark.django_db(transaction=True, databases={"default", OWNER})

_COPY = (
    "INSERT INTO stock_stockmove (id, number, position, kind, occurred_on, counterpart, quantity,"
    " value, shortage, on_hand_after, value_after, shortage_after, business_id, entry_id,"
    " product_id) SELECT {{fresh}}, {number}, {position}, kind, occurred_on, counterpart, quantity,"
    " value, shortage, on_hand_after, value_after, shortage_after, business_id, entry_id,"
    " product_id FROM stock_stockmove WHERE number = 2"
)
ATTEMPTS = {
    "update a value": "UPDATE stock_stockmove SET value = value + 1000000",
    "update notes": "UPDATE stock_stockentry SET notes = 'It was like this.'",
    "update nothing": "UPDATE stock_stockmove SET quantity = quantity",
    "delete a move": "DELETE FROM stock_stockmove WHERE number = 2",
    "delete an entry": "DELETE FROM stock_stockentry WHERE number = 2",
    "add to an entry": _COPY.format(number="number", position="position + 1"),
    "add under another number": _COPY.format(number="number + 1", position="position"),
    "remove all": "DELETE FROM stock_stockmove",
}
REPLACEMENTS = {
    "replace an entry": "INSERT OR REPLACE INTO stock_stockentry SELECT * FROM stock_stockentry",
    "replace a move": "INSERT OR REPLACE INTO stock_stockmove SELECT * FROM stock_stockmove",
    "replace by number": (
        "INSERT OR REPLACE INTO stock_stockentry (id, number, kind, occurred_on, recorded_at,"
        " actor_label, source_kind, key, fingerprint, reason, notes, move_count, business_id)"
        " SELECT {fresh}, number, kind, occurred_on, recorded_at, actor_label, source_kind,"
        " 'another key', fingerprint, reason, notes, move_count, business_id FROM stock_stockentry"
    ),
}
"""SQLite's own way of removing what is in the way."""


@pytest.fixture
def posted(cast: Cast) -> Iterator[Cast]:
    """Two posted entries, which have to be there, unchanged, in the end."""
    product = make_product(cast.owner.actor, "BOLT-8")
    adjust(cast.owner.actor, product.id, "5")
    adjust(cast.owner.actor, product.id, "-2")
    yield cast
    audit(cast.owner.actor)
    with business_scope(cast.owner.business.id):
        assert (StockEntry.objects.count(), StockMove.objects.count()) == (2, 2)


def attempt(cast: Cast, statement: str) -> None:
    fresh = "gen_random_uuid()" if POSTGRES else "lower(hex(randomblob(16)))"
    with business_scope(cast.owner.business.id), transaction.atomic(), connection.cursor() as raw:
        raw.execute(statement.format(fresh=fresh))


def refuse_all(cast: Cast) -> None:
    attempts = ATTEMPTS if POSTGRES else ATTEMPTS | REPLACEMENTS
    for statement in attempts.values():
        with pytest.raises(IntegrityError, match=REFUSAL):
            attempt(cast, statement)


def remake(owner: BaseDatabaseWrapper) -> None:
    """Make the tables anew, as migrations do on SQLite, or lose their triggers otherwise."""
    if POSTGRES is None:
        with owner.schema_editor() as editor:
            for model in (StockEntry, StockMove):
                editor._remake_table(model)  # type: ignore[attr-defined]  # SQLite's editor has it
        return
    with owner.cursor() as cursor:
        for each in triggers.list_triggers(vendor="postgresql"):
            for statement in each.remove:
                cursor.execute(statement)


def test_after_all_migrations_nothing_posted_changes(posted: Cast) -> None:
    assert {model.__name__ for model in list_append_only_models()} == {"StockEntry", "StockMove"}
    assert find_missing(connection=connection) == ()
    refuse_all(posted)


def test_the_models_themselves_are_refused(posted: Cast) -> None:
    with business_scope(posted.owner.business.id):
        move = StockMove.objects.get(number=2)
        for change in (move.save, move.delete, StockMove.objects.all().delete):
            with pytest.raises(IntegrityError, match=REFUSAL), transaction.atomic():
                change()


def test_after_a_table_was_remade_nothing_posted_changes(posted: Cast) -> None:
    owner = connections[OWNER]
    with owner_scope():
        # What Django announces before a migrate that has something to do.
        triggers.clear_before_migrate(sender=_Sender, using=OWNER, plan=["a migration"])
        remake(owner)
        missing = find_missing(connection=owner)
        assert {each.table for each in triggers.list_triggers(vendor=owner.vendor)} == {
            each.rpartition("_")[0] for each in missing
        }
        assert {each.flaw for each in verify_triggers()} == {Flaw.TRIGGER}
        call_command("migrate", database=OWNER, verbosity=0, interactive=False)
    assert find_missing(connection=connection) == ()
    refuse_all(posted)


class _Sender(DatabaseConfig):
    """The app for which Django announces a migrate."""

    label = "database"

    def __init__(self) -> None:
        """Only its label is asked for."""


def test_its_owner_does_not_empty_a_table_either(posted: Cast) -> None:
    with owner_scope(), connections[OWNER].cursor() as raw:
        for table in ("stock_stockmove", "stock_stockentry CASCADE"):
            emptying = f"TRUNCATE {table}" if POSTGRES else f"DELETE FROM {table.split()[0]}"  # noqa: S608 ours
            with pytest.raises(DatabaseError, match=REFUSAL):
                raw.execute(emptying)


def test_triggers_are_lifted_for_a_block_and_stand_again(posted: Cast) -> None:
    owner = connections[OWNER]
    with owner_scope(), transaction.atomic(using=OWNER), owner.cursor() as raw:
        with lifted_triggers(raw.execute, vendor=owner.vendor):
            assert len(find_missing(connection=owner)) == len(
                triggers.list_triggers(vendor=owner.vendor)
            )
        assert find_missing(connection=owner) == ()
    refuse_all(posted)
