"""Access tokens that do not run out, whoever else renews them (CONN-3).

Problem. An access token lives an hour, and any of several threads, workers and machines may be
the first to notice that it ends. QuickBooks rotates refresh tokens: whoever uses one may be
given another, and if that one is lost the connection is lost with it.

Decision. Renewing is claimed by one conditional update of the connection's row, which can win
only once and lasts thirty seconds by the database's clock. The winner calls the provider outside
any transaction and stores what came back under its claim as a fence. The others go on with the
old token while it lives, else wait and read again. If a claimant dies, its claim runs out and
the next one asks with the same old refresh token, which the provider accepts for about a day
after it has given out another. A claimant that wakes up late finds its claim gone, throws away
what it got, and uses what was stored, or waits for it like anybody else: the old token, which it
still has, may be the one that was just rejected.

Within one process a lock lets one thread of a provider do all this for the others.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from threading import Lock
from typing import Any, Final
from uuid import UUID

from django.db.models import F

from partsemble.accounting.errors import NotConnected
from partsemble.accounting.models.connections import Connection
from partsemble.accounting.provider import ProviderError, Reconnect, TryLater
from partsemble.accounting.queries.connections import get_credentials
from partsemble.accounting.registry import Authorizer
from partsemble.accounting.services.transitions import move_connection
from partsemble.accounting.types import (
    ConnectionEvent,
    ConnectionState,
    Credentials,
    IssuedTokens,
)
from partsemble.database.borrowing import own_connection_closed
from partsemble.database.clock import read_database_clock
from partsemble.database.encryption import seal
from partsemble.database.ids import new_id
from partsemble.database.scope import business_scope, current_scope
from partsemble.identity.services import record_activity
from partsemble.kernel.actor import Actor
from partsemble.kernel.secret import Secret

CLAIM_SECONDS: Final = 30.0
MARGIN_SECONDS: Final = 120.0
"""An access token with less life than this is renewed before it is used: longer than a call."""
MARGIN_SHARE: Final = 0.1
"""One that was given a short life is renewed in the last tenth of it."""
LAST_CALL_SHARE: Final = 0.1
"""Of that margin: with more life than this it is good for a call while somebody else renews."""
POLL_SECONDS: Final = 0.1


class StoredTokens:
    """The access tokens of a stored connection, for an adapter; shared by its threads."""

    def __init__(
        self,
        *,
        credentials: Credentials,
        authorizer: Authorizer,
        claim_seconds: float = CLAIM_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._authorizer = authorizer
        self._claim_seconds = claim_seconds
        self._monotonic = monotonic
        self._sleep = sleep
        self._lock = Lock()
        self._adopt(credentials)

    @property
    def credentials(self) -> Credentials:
        """This will give the credentials in use."""
        return self._credentials

    def get(self) -> Secret:
        """This will give a token that has some life left, renewing it first if need be.

        Raises:
            Reconnect: if the connection is expired, or the provider gives no more tokens.
            TryLater: if the provider can't be asked now.
        """
        if current_scope() is not None:
            raise AssertionError("A provider is never called inside a scope (it may be a lock).")
        with self._lock:
            if self._seconds_left() <= self._margin_seconds:
                self._renew(is_rejected=False)
            return self._credentials.access_token

    def renew(self, *, rejected: Secret) -> Secret:
        """This will give another token than the one that the provider just rejected.

        Raises:
            Reconnect: if the connection is expired, or the provider gives no more tokens.
            TryLater: if the provider can't be asked now.
        """
        with self._lock:
            if self._credentials.access_token == rejected:
                self._renew(is_rejected=True)
            return self._credentials.access_token

    def _seconds_left(self) -> float:
        return self._ends_at - self._monotonic()

    def _adopt(self, credentials: Credentials) -> None:
        if credentials.state is not ConnectionState.ACTIVE:
            raise Reconnect(state=credentials.state.value)
        self._credentials = credentials
        self._ends_at = self._monotonic() + credentials.access_seconds
        self._margin_seconds = min(MARGIN_SECONDS, MARGIN_SHARE * credentials.access_life_seconds)

    def _renew(self, *, is_rejected: bool) -> None:
        known = self._credentials
        give_up_at = self._monotonic() + 2 * self._claim_seconds
        while True:
            claim = self._claim(known)
            if claim is not None:
                self._refresh(known, claim)
            else:
                self._adopt(self._read())
            if self._credentials.generation != known.generation:
                return
            if not is_rejected and self._seconds_left() > self._margin_seconds * LAST_CALL_SHARE:
                return
            if self._monotonic() > give_up_at:
                raise TryLater(wait_seconds=self._claim_seconds, reason="tokens are being renewed")
            self._sleep(POLL_SECONDS)

    def _refresh(self, known: Credentials, claim: UUID) -> None:
        try:
            issued = self._authorizer.refresh(refresh_token=known.refresh_token)
        except Reconnect:
            # Unless others stored newer tokens meanwhile, with which it goes on.
            with own_connection_closed():
                expire_connection(credentials=known, claim=claim)
        except ProviderError:
            self._release(known, claim)
            raise
        else:
            self._store(known, claim, issued)
        self._adopt(self._read())

    def _read(self) -> Credentials:
        try:
            with own_connection_closed():
                found = get_credentials(business_id=self._credentials.business_id)
        except NotConnected:
            raise Reconnect(state=ConnectionState.DISCONNECTED.value) from None
        if found.connection_id != self._credentials.connection_id:
            raise Reconnect(state=ConnectionState.DISCONNECTED.value)
        return found

    def _claim(self, known: Credentials) -> UUID | None:
        """Win the right to renew this generation, or give None."""
        claim = new_id()
        with own_connection_closed(), business_scope(known.business_id):
            now = read_database_clock()
            life = timedelta(seconds=self._claim_seconds)
            is_won = (
                Connection.objects.filter(
                    id=known.connection_id,
                    state=ConnectionState.ACTIVE.value,
                    token_generation=known.generation,
                )
                # One that would last much longer than any does is of before the clock was set back.
                .exclude(refresh_claimed_until__gt=now, refresh_claimed_until__lte=now + 2 * life)
                .update(refresh_claim=claim, refresh_claimed_until=now + life)
            )
        return claim if is_won else None

    def _store(self, known: Credentials, claim: UUID, issued: IssuedTokens) -> None:
        with own_connection_closed(), business_scope(known.business_id):
            Connection.objects.filter(id=known.connection_id, refresh_claim=claim).update(
                **list_token_columns(issued=issued, before=known.refresh_token),
            )

    def _release(self, known: Credentials, claim: UUID) -> None:
        with own_connection_closed(), business_scope(known.business_id):
            Connection.objects.filter(id=known.connection_id, refresh_claim=claim).update(
                refresh_claim=None, refresh_claimed_until=None
            )


class FreshTokens:
    """Tokens that are not stored yet, for reading whose they are; renewed in memory."""

    def __init__(self, issued: IssuedTokens, authorizer: Authorizer) -> None:
        self.issued = issued
        self._authorizer = authorizer

    def get(self) -> Secret:
        """This will give the access token as it was issued."""
        return self.issued.access_token

    def renew(self, *, rejected: Secret) -> Secret:
        """This will give another access token than the one that the provider just rejected."""
        if self.issued.access_token == rejected:
            self.issued = self._authorizer.refresh(refresh_token=self.issued.refresh_token)
        return self.issued.access_token


def list_token_columns(*, issued: IssuedTokens, before: Secret | None) -> dict[str, Any]:
    """This will list what the columns of a connection become when it gets tokens; in a scope.

    Any claim ends with it, so that a renewal under way is thrown away.

    Arguments:
        issued: what the provider gave, just now.
        before: the refresh token until now, to know whether it is another one.
    """
    now = read_database_clock()
    columns: dict[str, Any] = {
        "access_token": seal(issued.access_token),
        "access_token_issued_at": now,
        "access_token_expires_at": now + timedelta(seconds=issued.access_seconds),
        "refresh_token": seal(issued.refresh_token),
        "token_generation": F("token_generation") + 1,
        "refresh_claim": None,
        "refresh_claimed_until": None,
    }
    if issued.refresh_token != before:
        columns["refresh_token_issued_at"] = now
    if issued.refresh_seconds is not None:
        columns["refresh_token_expires_at"] = now + timedelta(seconds=issued.refresh_seconds)
    return columns


def expire_connection(*, credentials: Credentials, claim: UUID | None) -> bool:
    """This will mark a connection as expired, unless it got other tokens meanwhile (CONN-4).

    Arguments:
        credentials: with which the provider refused us.
        claim: of whoever tried to renew them, or None if the provider refused fresh ones.
    """
    with business_scope(credentials.business_id):
        rows = Connection.objects.filter(
            id=credentials.connection_id, token_generation=credentials.generation
        )
        if claim is not None:
            rows = rows.filter(refresh_claim=claim)
        is_expired = move_connection(rows=rows, event=ConnectionEvent.EXPIRE, columns={})
        if is_expired:
            record_activity(
                actor=Actor(
                    business_id=credentials.business_id,
                    user_id=None,
                    label="Partsemble",
                    permissions=frozenset(),
                ),
                verb="lost permission for",
                subject="connection",
                subject_id=credentials.connection_id,
                subject_label=str(Connection.objects.get(id=credentials.connection_id)),
            )
    return is_expired
