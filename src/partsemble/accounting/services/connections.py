"""Connecting to books, reconnecting, disconnecting (CONN-1, CONN-5, CONN-7)."""

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import structlog
from django.db import IntegrityError, transaction

from partsemble.accounting.documents import Company
from partsemble.accounting.errors import (
    CallbackIncomplete,
    CompanyTaken,
    ConsentDeclined,
    NotConnected,
)
from partsemble.accounting.http import INTERACTIVE, HttpClient
from partsemble.accounting.models.connections import Connection
from partsemble.accounting.provider import ProviderError
from partsemble.accounting.queries.connections import (
    get_authorizing_installation,
    get_connection,
    get_credentials,
)
from partsemble.accounting.registry import (
    make_authorizer,
    open_books,
    write_redirect_uri,
)
from partsemble.accounting.rules import KnownConnection, choose_connection
from partsemble.accounting.services.client import client_for
from partsemble.accounting.services.lists import list_company_columns
from partsemble.accounting.services.tokens import FreshTokens, list_token_columns
from partsemble.accounting.services.transitions import move_connection
from partsemble.accounting.types import (
    Books,
    Callback,
    Caller,
    ConnectionEvent,
    ConnectionState,
    ConnectionView,
    GivenTokens,
    Installation,
    ProviderKey,
)
from partsemble.database.clock import read_database_clock
from partsemble.database.encryption import SecretUnreadable, seal
from partsemble.database.ids import new_id
from partsemble.database.scope import business_scope
from partsemble.identity.queries import get_business
from partsemble.identity.services import adopt_company_terms, record_activity
from partsemble.jobs.services import enqueue_job
from partsemble.kernel.actor import Actor
from partsemble.kernel.ids import ConnectionId
from partsemble.kernel.permissions import Permission

RECONNECTED_JOB: Final = "accounting.reconnected"
"""The job that is asked for when a connection is there again (CONN-5)."""
COMPANY_ID: Final = re.compile(r"[A-Za-z0-9-]{1,64}")
"""It becomes a part of addresses, so nothing else may be in it."""

_NO_TOKENS: Final = MappingProxyType(
    {
        "access_token": "",
        "access_token_issued_at": None,
        "access_token_expires_at": None,
        "refresh_token": "",
        "refresh_token_issued_at": None,
        "refresh_token_expires_at": None,
    }
)
_log = structlog.get_logger("partsemble.accounting.connections")


def complete_connection(
    *, actor: Actor, callback: Callback, provider: ProviderKey = ProviderKey.QBO
) -> ConnectionView:
    """This will connect the business to the books that a person consented to (CONN-1).

    For the company that was connected before, only tokens change (CONN-5). Permission that was
    given for nothing is not revoked: the provider would end it for every connection of that
    company, another business's included.

    Arguments:
        actor: as `redeem_state` gave it.
        callback: what the provider sent the person back with.
        provider: whose address they came back to.

    Raises:
        PermissionMissing: without *manage connection*.
        ConsentDeclined: if the person, or the provider, said no.
        CallbackIncomplete: if code or company are missing.
        DifferentCompany: if the business is connected to another company.
        CompanyTaken: if another business is connected to this company.
        CurrencyDiffers: if the books are kept in another currency than the business's.
        ProviderError: if tokens or company can't be had.
    """
    actor.demand(Permission.MANAGE_CONNECTION)
    if callback.error:
        raise ConsentDeclined(reason=callback.error)
    if not callback.code or not COMPANY_ID.fullmatch(callback.company_id):
        raise CallbackIncomplete(missing="company" if callback.code else "code")
    installation = get_authorizing_installation(business_id=actor.business_id, provider=provider)
    http = _open_client(actor, provider, installation)
    authorizer = make_authorizer(provider=provider, installation=installation, http=http)
    issued = authorizer.exchange(code=callback.code, redirect_uri=write_redirect_uri(provider))
    return _connect(
        _Consent(
            actor=actor,
            books=Books(
                provider=provider,
                environment=installation.environment,
                company_id=callback.company_id,
            ),
            installation=installation,
            tokens=FreshTokens(issued, authorizer),
            http=http,
        )
    )


def connect_with_tokens(*, actor: Actor, given: GivenTokens) -> ConnectionView:
    """This will connect the business with tokens that were obtained elsewhere.

    Raises:
        PermissionMissing: without *manage connection*.
        DifferentCompany: if the business is connected to another company.
        CompanyTaken: if another business is connected to this company.
        CurrencyDiffers: if the books are kept in another currency than the business's.
        ProviderError: if the company can't be read with them.
    """
    actor.demand(Permission.MANAGE_CONNECTION)
    installation = Installation(environment=given.books.environment, app=given.app)
    provider = given.books.provider
    http = _open_client(actor, provider, installation)
    authorizer = make_authorizer(provider=provider, installation=installation, http=http)
    return _connect(
        _Consent(
            actor=actor,
            books=given.books,
            installation=installation,
            tokens=FreshTokens(given.tokens, authorizer),
            http=http,
        )
    )


def disconnect(*, actor: Actor) -> bool:
    """This will give the connection up, and tell whether the provider has heard of it.

    Our tokens are gone in any case; if the provider can't be reached, the person can end the
    permission there. The mirror stays, for the day the company comes back (CONN-7).

    Raises:
        PermissionMissing: without *manage connection*.
        NotConnected: if there is no connection.
    """
    actor.demand(Permission.MANAGE_CONNECTION)
    connection = get_connection(actor=actor)
    is_revoked = _revoke(actor)
    with business_scope(actor.business_id), transaction.atomic():
        if not move_connection(
            rows=Connection.objects.filter(id=connection.id),
            event=ConnectionEvent.DISCONNECT,
            columns=_NO_TOKENS,
        ):
            raise NotConnected
        record_activity(
            actor=actor,
            verb="disconnected",
            subject="connection",
            subject_id=connection.id,
            subject_label=connection.company_name,
        )
    return is_revoked


@dataclass(frozen=True, slots=True)
class _Consent:
    """A person's consent, with everything that was got for it."""

    actor: Actor
    books: Books
    installation: Installation
    tokens: FreshTokens
    http: HttpClient


def _connect(consent: _Consent) -> ConnectionView:
    company = open_books(
        books=consent.books, tokens=consent.tokens, http=consent.http, patience=INTERACTIVE
    ).get_company()
    actor = consent.actor
    for is_last_attempt in (False, True):
        try:
            with business_scope(actor.business_id), transaction.atomic():
                _store(consent, company)
                break
        except IntegrityError:
            # The first time it may have been another consent for this business, which the
            # second attempt sees; what it does not see belongs to another business.
            if is_last_attempt:
                raise CompanyTaken(offered=company.name) from None
    return get_connection(actor=actor)


def _store(consent: _Consent, company: Company) -> None:
    actor, books = consent.actor, consent.books
    known = {row.id: row for row in Connection.objects.all()}
    chosen = choose_connection(
        known=[_describe(row) for row in known.values()],
        offered=books,
        company=company,
        currency=get_business(actor=actor).currency,
    )
    columns = _list_columns(consent, company)
    if chosen is None:
        chosen = ConnectionId(new_id())
        Connection.objects.create(
            id=chosen,
            business_id=actor.business_id,
            provider=books.provider.value,
            environment=books.environment,
            company_id=books.company_id,
            state=ConnectionState.ACTIVE.value,
            **{**columns, "token_generation": 1},
        )
    else:
        move_connection(
            rows=Connection.objects.filter(id=chosen),
            event=ConnectionEvent.CONNECT,
            columns=columns,
        )
        # Whoever waits for the books registers what runs under that name.
        enqueue_job(
            name=RECONNECTED_JOB,
            business_id=actor.business_id,
            user_id=actor.user_id,
            actor_label=actor.label,
            dedupe_key=RECONNECTED_JOB,
        )
    adopt_company_terms(actor=actor, currency=company.home_currency)
    record_activity(
        actor=actor,
        verb="reconnected" if chosen in known else "connected",
        subject="connection",
        subject_id=chosen,
        subject_label=company.name,
    )


def _list_columns(consent: _Consent, company: Company) -> dict[str, Any]:
    app, now = consent.installation.app, read_database_clock()
    return {
        **list_company_columns(company=company),
        "currency": company.home_currency,
        "connected_by_id": consent.actor.user_id,
        "connected_by_label": consent.actor.label,
        "connected_at": now,
        "last_called_at": now,
        "client_id": app.client_id,
        "client_secret": seal(app.client_secret),
        "last_error_code": "",
        "last_error_at": None,
        **list_token_columns(issued=consent.tokens.issued, before=None),
    }


def _describe(row: Connection) -> KnownConnection:
    return KnownConnection(
        id=ConnectionId(row.id),
        books=Books(
            provider=ProviderKey(row.provider),
            environment=row.environment,
            company_id=row.company_id,
        ),
        company_name=row.company_name,
        state=ConnectionState(row.state),
    )


def _open_client(
    actor: Actor,
    provider: ProviderKey,
    installation: Installation,
    connection_id: ConnectionId | None = None,
) -> HttpClient:
    return client_for(
        caller=Caller(
            business_id=actor.business_id,
            label=actor.label,
            provider=provider,
            client_id=installation.app.client_id,
            connection_id=connection_id,
        )
    )


def _revoke(actor: Actor) -> bool:
    """Tell the provider that it is over; a connection is given up even if it does not hear."""
    try:
        credentials = get_credentials(business_id=actor.business_id)
        provider, installation = credentials.books.provider, credentials.installation
        make_authorizer(
            provider=provider,
            installation=installation,
            http=_open_client(actor, provider, installation, credentials.connection_id),
        ).revoke(token=credentials.refresh_token)
    except (ProviderError, SecretUnreadable) as error:
        _log.warning("revocation_failed", business=str(actor.business_id), error=error.code)
        return False
    return True
