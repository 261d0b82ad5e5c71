"""API tokens: who may make one, what it may do, and that its row opens to its secret alone."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from tests.support.cast import Cast, Person
from tests.support.tokens import change_token, leave_business, make_token

from partsemble.cli.demo.people import ensure_owner, renew_token
from partsemble.database.clock import DatabaseClock, read_database_clock
from partsemble.database.scope import ScopeMissing, bearer_scope, business_scope
from partsemble.identity import services
from partsemble.identity.errors import (
    TokenExpired,
    TokenNotFound,
    TokenUnknown,
    TooManyCalls,
)
from partsemble.identity.models import Activity, ApiToken, Business, Membership, User
from partsemble.identity.queries import list_activity, list_tokens
from partsemble.identity.rules import DEFAULT_PERMISSIONS, hash_token
from partsemble.identity.services import issue_token, people, revoke_token, use_token
from partsemble.identity.types import Role
from partsemble.kernel.errors import InvalidInput, PermissionMissing
from partsemble.kernel.permissions import ALL_PERMISSIONS, Permission
from partsemble.kernel.secret import Secret

pytestmark = pytest.mark.django_db

VIEW = frozenset({Permission.VIEW_INVENTORY})


def test_a_token_acts_for_its_person_within_its_scopes(cast: Cast) -> None:
    call = use_token(token=make_token(cast.owner, scopes=VIEW, name="Shelf labels"))
    assert call.actor.business_id == cast.owner.business.id
    assert call.actor.user_id == cast.owner.user.id
    assert call.actor.permissions == call.scopes == VIEW
    assert call.actor.label == "Olivia Owner by the token Shelf labels"


@pytest.mark.parametrize("role", [Role.ADMIN, Role.ACCOUNTANT, Role.BUILDER])
def test_a_token_never_does_more_than_its_persons_role_now(cast: Cast, role: Role) -> None:
    token = make_token(cast.owner)
    services.add_member(actor=cast.owner.actor, user_id=cast.stranger.user.id, role=role)
    change_token(cast.owner, user_id=cast.stranger.user.id)
    call = use_token(token=token)
    assert call.scopes == ALL_PERMISSIONS
    assert call.actor.permissions == DEFAULT_PERMISSIONS[role]


def test_the_secret_is_seen_once_and_stored_as_a_hash(cast: Cast) -> None:
    issued = issue_token(actor=cast.owner.actor, name="x", scopes=VIEW)
    text = issued.secret.reveal()
    assert text.startswith("psb_")
    assert len(text) == len("psb_") + 54  # 320 bits
    assert text not in repr(issued)
    with business_scope(cast.owner.business.id):
        row = ApiToken.objects.values().get()
    assert text not in str(row)
    assert row["token_hash"] == hash_token(issued.secret)
    (shown,) = list_tokens(actor=cast.owner.actor)
    assert text.startswith(shown.prefix)
    assert len(shown.prefix) == 12


def test_using_a_token_is_remembered(cast: Cast) -> None:
    token = make_token(cast.owner)
    assert list_tokens(actor=cast.owner.actor)[0].last_used_at is None
    use_token(token=token)
    used_at = list_tokens(actor=cast.owner.actor)[0].last_used_at
    assert used_at is not None
    assert timedelta(0) <= read_database_clock() - used_at < timedelta(seconds=30)


def test_a_token_that_never_was_opens_nothing(cast: Cast) -> None:
    make_token(cast.owner)
    with pytest.raises(TokenUnknown):
        use_token(token=Secret("psb_" + "A" * 54))


def test_a_revoked_token_opens_nothing(cast: Cast) -> None:
    token = make_token(cast.owner, name="Old script")
    (shown,) = list_tokens(actor=cast.owner.actor)
    revoke_token(actor=cast.owner.actor, token_id=shown.id)
    with pytest.raises(TokenUnknown):
        use_token(token=token)
    assert list_tokens(actor=cast.owner.actor) == ()
    with pytest.raises(TokenNotFound):
        revoke_token(actor=cast.owner.actor, token_id=shown.id)
    told = [(each.verb, each.subject_label) for each in list_activity(actor=cast.owner.actor)]
    assert told == [("revoked", "Old script"), ("issued", "Old script")]


def test_a_token_of_another_business_can_not_be_revoked(cast: Cast) -> None:
    token = make_token(cast.owner)
    (shown,) = list_tokens(actor=cast.owner.actor)
    with pytest.raises(TokenNotFound):
        revoke_token(actor=cast.stranger.actor, token_id=shown.id)
    assert use_token(token=token).actor.business_id == cast.owner.business.id
    assert list_tokens(actor=cast.stranger.actor) == ()


def test_a_token_ends_when_its_time_is_over(cast: Cast) -> None:
    ends = read_database_clock() + timedelta(days=1)
    token = make_token(cast.owner, expires_at=ends)
    assert use_token(token=token)
    assert not list_tokens(actor=cast.owner.actor)[0].is_expired
    change_token(cast.owner, expires_at=DatabaseClock(plus_seconds=-1))
    with pytest.raises(TokenExpired):
        use_token(token=token)
    assert list_tokens(actor=cast.owner.actor)[0].is_expired


def test_a_token_ends_with_its_persons_membership(cast: Cast) -> None:
    token = make_token(cast.owner)
    change_token(cast.owner, user_id=cast.accountant.user.id)
    assert use_token(token=token).actor.label.startswith("Ada Accountant")
    leave_business(cast.accountant)
    with pytest.raises(TokenUnknown):
        use_token(token=token)


def test_a_token_ends_when_its_person_may_not_sign_in(cast: Cast) -> None:
    token = make_token(cast.owner)
    User.objects.filter(id=cast.owner.user.id).update(is_active=False)
    with pytest.raises(TokenUnknown):
        use_token(token=token)


def test_a_token_is_good_for_so_many_calls_a_minute(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "TOKEN_CALLS", 3)
    token, other = make_token(cast.owner), make_token(cast.stranger)
    for _ in range(3):
        use_token(token=token)
    with pytest.raises(TooManyCalls) as refused:
        use_token(token=token)
    wait_seconds = refused.value.facts["wait_seconds"]
    assert isinstance(wait_seconds, int)
    assert 30 < wait_seconds <= 60
    use_token(token=other)
    change_token(cast.owner, window_started_at=DatabaseClock(plus_seconds=-60))
    for _ in range(3):
        use_token(token=token)
    with pytest.raises(TooManyCalls):
        use_token(token=token)


@pytest.mark.parametrize("person", ["accountant", "builder"])
def test_tokens_are_made_by_those_who_manage_settings(cast: Cast, person: str) -> None:
    someone: Person = getattr(cast, person)
    token = issue_token(actor=cast.owner.actor, name="x", scopes=VIEW)
    with pytest.raises(PermissionMissing):
        issue_token(actor=someone.actor, name="x", scopes=VIEW)
    with pytest.raises(PermissionMissing):
        list_tokens(actor=someone.actor)
    with pytest.raises(PermissionMissing):
        revoke_token(actor=someone.actor, token_id=token.id)


def test_a_token_makes_no_stronger_token(cast: Cast) -> None:
    scopes = frozenset({Permission.MANAGE_SETTINGS})
    weak = use_token(token=make_token(cast.owner, scopes=scopes)).actor
    with pytest.raises(PermissionMissing):
        issue_token(actor=weak, name="stronger", scopes=ALL_PERMISSIONS)


@pytest.mark.parametrize(
    ("field", "terms"),
    [
        ("name", {"name": "  "}),
        ("name", {"name": "x" * 61}),
        ("scopes", {"scopes": frozenset()}),
        ("expires_at", {"expires_at": "past"}),
    ],
)
def test_terms_that_make_no_sense_are_refused(
    cast: Cast, field: str, terms: dict[str, Any]
) -> None:
    if "expires_at" in terms:
        terms = {"expires_at": read_database_clock()}
    with pytest.raises(InvalidInput) as refused:
        make_token(cast.owner, **terms)
    assert refused.value.facts["field"] == field
    assert list_tokens(actor=cast.owner.actor) == ()


def test_a_secret_opens_its_own_row_and_nothing_else(cast: Cast) -> None:
    token, other = make_token(cast.owner), make_token(cast.stranger)
    with bearer_scope(hash_token(token)):
        assert [row.user_id for row in ApiToken.objects.all()] == [cast.owner.user.id]
        assert not ApiToken.objects.filter(token_hash=hash_token(other)).exists()
        for model in (Business, Membership, Activity):
            with pytest.raises(ScopeMissing):
                model.objects.count()
    with bearer_scope(hash_token(Secret("psb_made-up"))):
        assert not ApiToken.objects.exists()


def test_raw_sql_finds_no_more_than_the_secret_opens(cast: Cast) -> None:
    token = make_token(cast.owner)
    make_token(cast.stranger)
    with bearer_scope(hash_token(token)), connection.cursor() as cursor:
        cursor.execute("SELECT user_id FROM identity_apitoken")
        found = len(cursor.fetchall())
        # SQLite's wall knows tables and no rows; there the managers are the one that narrows.
        assert found == (1 if connection.vendor == "postgresql" else 2)
        if connection.vendor == "postgresql":
            cursor.execute("SELECT count(*) FROM identity_membership")
            assert cursor.fetchone() == (0,)
        else:
            with pytest.raises(ScopeMissing):
                cursor.execute("SELECT count(*) FROM identity_membership")


def test_every_start_of_the_demo_replaces_its_token() -> None:
    first = renew_token(owner=ensure_owner())
    second = renew_token(owner=ensure_owner())
    assert use_token(token=second).scopes == ALL_PERMISSIONS
    with pytest.raises(TokenUnknown):
        use_token(token=first)
