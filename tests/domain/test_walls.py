"""Two walls around a business: scoped managers, and the database behind them (I8).

Raw SQL is what a mistake or an injection would be; it meets row-level security on PostgreSQL
and the connection's guard on SQLite.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connection, transaction
from tests.support.cast import Cast

from partsemble.database.models import Scoped, list_scoped_models
from partsemble.database.scope import (
    Reach,
    ScopeConflict,
    ScopeMissing,
    business_scope,
    current_scope,
    staff_scope,
    user_scope,
    worker_scope,
)
from partsemble.identity.models import Activity, Business, Membership
from partsemble.identity.services import record_activity

pytestmark = pytest.mark.django_db


def read_slugs() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT slug FROM identity_business")
        return {slug for (slug,) in cursor.fetchall()}


@contextmanager
def shows_nothing() -> Iterator[None]:
    """Without a scope raw SQL finds no row (PostgreSQL) or is refused (SQLite)."""
    if connection.vendor == "postgresql":
        yield
        return
    with pytest.raises(ScopeMissing):
        yield


def test_raw_sql_without_a_business_sees_nothing(cast: Cast) -> None:
    with shows_nothing():
        assert read_slugs() == set()


def test_raw_sql_with_a_business_sees_what_that_wall_promises(cast: Cast) -> None:
    with business_scope(cast.owner.business.id):
        seen = read_slugs()
    if connection.vendor == "postgresql":
        assert seen == {cast.owner.business.slug}
    else:
        assert cast.owner.business.slug in seen


def test_the_wall_stands_again_after_the_scope(cast: Cast) -> None:
    with business_scope(cast.owner.business.id):
        assert Business.objects.count() == 1
    assert current_scope() is None
    with shows_nothing():
        assert read_slugs() == set()


def test_the_wall_stands_again_after_an_error_inside(cast: Cast) -> None:
    with pytest.raises(LookupError), business_scope(cast.owner.business.id):
        raise LookupError
    with shows_nothing():
        assert read_slugs() == set()


@pytest.mark.parametrize("model", list_scoped_models(), ids=lambda model: model.__name__)
def test_no_manager_answers_without_a_scope(model: type[Scoped]) -> None:
    with pytest.raises(ScopeMissing):
        model.objects.count()
    with pytest.raises(ScopeMissing):
        model._base_manager.count()


@pytest.mark.parametrize("model", list_scoped_models(), ids=lambda model: model.__name__)
def test_raw_sql_finds_every_scoped_table_walled(model: type[Scoped], cast: Cast) -> None:
    table = connection.ops.quote_name(model._meta.db_table)
    with shows_nothing(), connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 a model's own table
        assert cursor.fetchone() == (0,)
        cursor.execute(
            "SELECT relrowsecurity, (SELECT count(*) FROM pg_policies WHERE tablename = relname) "
            "FROM pg_class WHERE relname = %s",
            [model._meta.db_table],
        )
        assert cursor.fetchone() == (True, 1)


def test_a_manager_shows_one_business_and_no_other(cast: Cast) -> None:
    record_activity(actor=cast.owner.actor, verb="lit", subject="lamp")
    record_activity(actor=cast.stranger.actor, verb="sat on", subject="chair")
    with business_scope(cast.owner.business.id):
        assert [row.verb for row in Activity.objects.all()] == ["lit"]
    with business_scope(cast.stranger.business.id):
        assert [row.verb for row in Activity.objects.all()] == ["sat on"]


def test_a_row_of_another_business_can_not_be_written_on_postgresql(cast: Cast) -> None:
    stranger = Activity(business_id=cast.stranger.business.id, actor_label="x", verb="forged")
    if connection.vendor == "postgresql":
        with (
            business_scope(cast.owner.business.id),
            pytest.raises(DatabaseError, match="row-level security"),
            transaction.atomic(),
        ):
            stranger.save(force_insert=True)
    with business_scope(cast.stranger.business.id):
        assert not Activity.objects.filter(verb="forged").exists()


def test_raw_sql_can_not_move_rows_of_another_business(cast: Cast) -> None:
    if connection.vendor != "postgresql":
        return
    with business_scope(cast.owner.business.id), connection.cursor() as cursor:
        cursor.execute("UPDATE identity_business SET name = 'taken'")
        assert cursor.rowcount == 1
        cursor.execute(
            "DELETE FROM identity_membership WHERE user_id = %s", [cast.stranger.user.id]
        )
        assert cursor.rowcount == 0


def test_a_user_sees_their_memberships_and_no_more(cast: Cast) -> None:
    with user_scope(cast.builder.user.id):
        assert [row.user_id for row in Membership.objects.all()] == [cast.builder.user.id]
        assert [row.slug for row in Business.objects.all()] == [cast.builder.business.slug]
        with pytest.raises(ScopeMissing):
            Activity.objects.count()


def test_a_worker_sees_no_business(cast: Cast) -> None:
    with worker_scope(), pytest.raises(ScopeMissing):
        Business.objects.count()


def test_staff_see_every_business(cast: Cast) -> None:
    with staff_scope():
        assert read_slugs() == {cast.owner.business.slug, cast.stranger.business.slug}


def test_the_scope_of_somebody_else_can_not_be_entered_inside(cast: Cast) -> None:
    with (
        business_scope(cast.owner.business.id),
        pytest.raises(ScopeConflict),
        business_scope(cast.stranger.business.id),
    ):
        pass


def test_an_inner_scope_gives_way_to_the_outer_one(cast: Cast) -> None:
    with staff_scope():
        with business_scope(cast.owner.business.id):
            assert Business.objects.count() == 1
        scope = current_scope()
        assert scope is not None
        assert scope.reach is Reach.STAFF
        assert len(read_slugs()) == 2
