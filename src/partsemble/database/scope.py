"""Whose rows may be touched: fail-closed scoping for every table that belongs to a business.

Problem. One forgotten filter, and a business reads another's stock. A rule that people must
remember is not a rule, so the database and the ORM both refuse rows outside a declared scope.

Decision. A scope is entered with a context manager and lives in a context variable. Inside,
managers of business-owned models filter by it; outside, they raise `ScopeMissing`. Behind that
stands a second wall: on PostgreSQL the scope is a transaction with `set_config(…, true)`, which
row-level security policies read (`policies`), so that even raw SQL sees only that business; on
SQLite, which has no such thing, a guard on the connection refuses any statement that names a
business-owned table while no scope is entered (`guard`).

A scope on PostgreSQL is a transaction, so it must never span a call to a provider: services and
queries open it themselves, late, and close it early. On SQLite a scope opens no transaction,
because with IMMEDIATE transactions every read would take the write lock.

What was left out: a schema or a database per business. It makes migrations and job claiming
linear in the number of businesses, and the policies give the same wall.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.db import connection, transaction

from partsemble.kernel.errors import DomainError
from partsemble.kernel.ids import BusinessId, UserId

BUSINESS_SETTING: Final = "partsemble.business_id"
USER_SETTING: Final = "partsemble.user_id"
BEARER_SETTING: Final = "partsemble.bearer_hash"
COMPANY_SETTING: Final = "partsemble.company_id"
REACH_SETTING: Final = "partsemble.reach"


class Reach(StrEnum):
    """How far a scope reaches."""

    NOTHING = ""
    """No scope is entered."""
    BUSINESS = "business"
    """One business's rows."""
    USER = "user"
    """The memberships of one user, and the businesses they lead to; nothing else."""
    BEARER = "bearer"
    """The one row that a secret opens, found by the secret's hash; nothing else."""
    COMPANY = "company"
    """The one row that tells whose a set of books is; for what its provider sends us unasked."""
    WORKER = "worker"
    """The job table across businesses, so that work can be claimed; nothing else."""
    STAFF = "staff"
    """Every business, for support pages; entering it is logged by whoever enters it."""
    OWNER = "owner"
    """Maintenance by the role that owns the tables: migrations, restore, test teardown."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What is visible now."""

    reach: Reach
    business_id: BusinessId | None = None
    user_id: UserId | None = None
    secret_hash: str | None = None
    company_id: str | None = None


class ScopeMissing(DomainError):
    """Business-owned rows were asked for outside any scope that includes them."""

    code = "scope_missing"


class ScopeConflict(DomainError):
    """A scope was entered inside the scope of somebody else."""

    code = "scope_conflict"


_NOTHING: Final = Scope(reach=Reach.NOTHING)
_current: ContextVar[Scope | None] = ContextVar("partsemble_scope", default=None)


def current_scope() -> Scope | None:
    """This will give the scope that is entered now, or None."""
    return _current.get()


@contextmanager
def business_scope(business_id: BusinessId) -> Iterator[None]:
    """This will let the block see and write the rows of one business, and of no other.

    Entering it again for the same business inside costs nothing. Never hold it open across a
    call to a provider.

    Raises:
        ScopeConflict: if another business's scope is entered already.
    """
    outer = _current.get()
    if outer is not None and outer.business_id == business_id:
        yield
        return
    if outer is not None and outer.business_id is not None:
        raise ScopeConflict(wanted=business_id, entered=outer.business_id)
    with _entered(Scope(reach=Reach.BUSINESS, business_id=business_id)):
        yield


@contextmanager
def user_scope(user_id: UserId) -> Iterator[None]:
    """This will let the block see which businesses a user belongs to, and nothing else."""
    with _entered(Scope(reach=Reach.USER, user_id=user_id)):
        yield


@contextmanager
def bearer_scope(secret_hash: str) -> Iterator[None]:
    """This will let the block see the row that the holder of a secret may see, and nothing else.

    Arguments:
        secret_hash: of the secret that was shown; rows that carry another stay behind the wall.
    """
    with _entered(Scope(reach=Reach.BEARER, secret_hash=secret_hash)):
        yield


@contextmanager
def company_scope(company_id: str) -> Iterator[None]:
    """This will let the block see whose the books of that company are, and nothing else.

    Arguments:
        company_id: as the provider calls it; the caller has made sure that the provider speaks.
    """
    with _entered(Scope(reach=Reach.COMPANY, company_id=company_id)):
        yield


@contextmanager
def worker_scope() -> Iterator[None]:
    """This will let the block see the job table across businesses, and nothing else."""
    with _entered(Scope(reach=Reach.WORKER)):
        yield


@contextmanager
def staff_scope() -> Iterator[None]:
    """This will let the block see every business; the caller records who entered it and why."""
    with _entered(Scope(reach=Reach.STAFF)):
        yield


@contextmanager
def owner_scope() -> Iterator[None]:
    """This will let maintenance run: migrations, restore and the tests' teardown.

    On PostgreSQL it grants nothing by itself; only a connection as the owner role sees rows.
    """
    token = _current.set(Scope(reach=Reach.OWNER))
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def _entered(scope: Scope) -> Iterator[None]:
    outer = _current.get()
    token = _current.set(scope)
    try:
        if connection.vendor != "postgresql":
            yield
            return
        is_nested = connection.in_atomic_block
        with transaction.atomic():
            _announce(scope)
            yield
            # A released savepoint leaves its settings behind; a rolled back one takes them along.
            if is_nested:
                _announce(outer or _NOTHING)
    finally:
        _current.reset(token)


def _announce(scope: Scope) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config(%s, %s, true), set_config(%s, %s, true),"
            " set_config(%s, %s, true), set_config(%s, %s, true), set_config(%s, %s, true)",
            [
                *(BUSINESS_SETTING, str(scope.business_id or "")),
                *(USER_SETTING, str(scope.user_id or "")),
                *(BEARER_SETTING, scope.secret_hash or ""),
                *(COMPANY_SETTING, scope.company_id or ""),
                *(REACH_SETTING, str(scope.reach)),
            ],
        )
