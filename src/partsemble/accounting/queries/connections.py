"""Reading connections."""

from dataclasses import dataclass

from partsemble.accounting.errors import NotConnected
from partsemble.accounting.models.connections import Connection
from partsemble.accounting.registry import (
    LABELS,
    find_installation,
    get_environment,
    get_installation,
)
from partsemble.accounting.rules import LIVE_STATES, settle_mode
from partsemble.accounting.types import (
    AppCredentials,
    Books,
    ConnectionState,
    ConnectionView,
    Credentials,
    Installation,
    ProviderKey,
)
from partsemble.database.clock import read_database_clock
from partsemble.database.encryption import unseal
from partsemble.database.scope import business_scope, company_scope
from partsemble.kernel.actor import Actor
from partsemble.kernel.ids import BusinessId, ConnectionId
from partsemble.kernel.permissions import Permission


def find_connection(*, actor: Actor) -> ConnectionView | None:
    """This will show the business's connection, expired ones too, or None if there is none.

    Raises:
        PermissionMissing: without *view inventory*; it tells no more than which books it is.
    """
    actor.demand(Permission.VIEW_INVENTORY)
    return look_up_connection(business_id=actor.business_id)


def look_up_connection(*, business_id: BusinessId) -> ConnectionView | None:
    """This will show the same to a service that has demanded a permission of its own."""
    with business_scope(business_id):
        row = find_live_row()
    return None if row is None else view_connection(row=row)


@dataclass(frozen=True, slots=True)
class BooksLook:
    """The books of a business, and what of them can't be read now; empty names: all can."""

    connection: ConnectionView | None = None
    """The live one, expired or not."""
    expired: str = ""
    """Whose permission is gone (CONN-4)."""
    given_up: str = ""
    """Whose lists stay to be read although nobody is connected to it (CONN-7)."""


def look_at_books(*, business_id: BusinessId) -> BooksLook:
    """This will show the connection, and name the companies whose books can't be read now.

    Every page of a business asks, so that nobody works on for days without knowing.
    """
    with business_scope(business_id):
        rows = _list_by_turn()
    if not rows:
        return BooksLook()
    first = view_connection(row=rows[0])
    if first.state is ConnectionState.DISCONNECTED:
        return BooksLook(given_up=first.company_name)
    is_expired = first.state is ConnectionState.EXPIRED
    return BooksLook(connection=first, expired=first.company_name if is_expired else "")


def find_business_of_company(*, provider: ProviderKey, company_id: str) -> BusinessId | None:
    """This will tell whose the books of a company are, expired connections too, or None.

    For what the provider sends unasked, in the environment that this installation is set to.
    """
    with company_scope(company_id):
        found = (
            Connection.objects.filter(
                provider=provider,
                environment=get_environment(provider),
                state__in=[each.value for each in LIVE_STATES],
            )
            .values_list("business_id", flat=True)
            .first()
        )
    return None if found is None else BusinessId(found)


def get_connection(*, actor: Actor) -> ConnectionView:
    """This will show the business's connection, expired ones too.

    Raises:
        PermissionMissing: without *view inventory*.
        NotConnected: if there is none.
    """
    connection = find_connection(actor=actor)
    if connection is None:
        raise NotConnected
    return connection


def is_installed(*, provider: ProviderKey) -> bool:
    """This will tell whether this installation has keys of its own at a provider."""
    return find_installation(provider) is not None


def get_credentials(*, business_id: BusinessId) -> Credentials:
    """This will give what opening the business's books takes; never for an interface.

    Raises:
        NotConnected: if the business has no connection.
        SecretUnreadable: if the key that sealed the tokens is gone.
    """
    with business_scope(business_id):
        row = find_live_row()
        now = read_database_clock()
    if row is None:
        raise NotConnected(business_id=business_id)
    expires_at = row.access_token_expires_at or now
    issued_at = row.access_token_issued_at or expires_at
    return Credentials(
        connection_id=ConnectionId(row.id),
        business_id=business_id,
        books=Books(
            provider=ProviderKey(row.provider),
            environment=row.environment,
            company_id=row.company_id,
        ),
        state=ConnectionState(row.state),
        installation=_read_installation(row),
        access_token=unseal(row.access_token),
        access_seconds=(expires_at - now).total_seconds(),
        access_life_seconds=(expires_at - issued_at).total_seconds(),
        refresh_token=unseal(row.refresh_token),
        generation=row.token_generation,
    )


def get_authorizing_installation(*, business_id: BusinessId, provider: ProviderKey) -> Installation:
    """This will say as whom the business asks for consent: as its connection does, if it has one.

    Raises:
        ProviderNotConfigured: if the settings name no client id or secret.
        SecretUnreadable: if the key that sealed the connection's own client secret is gone.
    """
    with business_scope(business_id):
        row = find_live_row()
    return get_installation(provider) if row is None else _read_installation(row)


def view_connection(*, row: Connection) -> ConnectionView:
    """This will show a row of the table."""
    return ConnectionView(
        id=ConnectionId(row.id),
        business_id=BusinessId(row.business_id),
        provider=ProviderKey(row.provider),
        provider_label=LABELS[ProviderKey(row.provider)],
        environment=row.environment,
        company_id=row.company_id,
        company_name=row.company_name,
        country=row.country,
        currency=row.currency,
        offering=row.offering,
        state=ConnectionState(row.state),
        connected_by=row.connected_by_label,
        connected_at=row.connected_at,
        access_token_issued_at=row.access_token_issued_at,
        access_token_expires_at=row.access_token_expires_at,
        refresh_token_issued_at=row.refresh_token_issued_at,
        refresh_token_expires_at=row.refresh_token_expires_at,
        last_called_at=row.last_called_at,
        last_error_code=row.last_error_code,
        last_error_at=row.last_error_at,
        books_closed_until=row.books_closed_until,
        takes_adjustments=row.takes_adjustments,
        mode=settle_mode(chosen=row.inventory_mode, takes_adjustments=row.takes_adjustments),
        start_number=row.start_number,
        has_stragglers=row.has_stragglers,
    )


def find_shown_books(*, actor: Actor) -> ConnectionView | None:
    """This will show the books that lists show: the live ones, else those that were given up last.

    Raises:
        PermissionMissing: without *view inventory*.
    """
    actor.demand(Permission.VIEW_INVENTORY)
    with business_scope(actor.business_id):
        rows = _list_by_turn()
    return view_connection(row=rows[0]) if rows else None


def find_shown_connection() -> ConnectionId | None:
    """This will give the connection whose books lists show, inside the caller's scope (CONN-7)."""
    rows = _list_by_turn()
    return ConnectionId(rows[0].id) if rows else None


def list_hidden_connections() -> tuple[ConnectionId, ...]:
    """This will give the connections whose books no list shows now, inside the caller's scope.

    Most businesses never have any, and their lists need no further condition.
    """
    return tuple(ConnectionId(row.id) for row in _list_by_turn()[1:])


def _list_by_turn() -> list[Connection]:
    """Give the live connection, if there is one, and then the others, the latest first."""
    rows = list(Connection.objects.order_by("-connected_at", "-id"))
    return sorted(rows, key=lambda row: row.state not in LIVE_STATES)


def find_live_row() -> Connection | None:
    """This will give the row of the business's one connection, inside the caller's scope."""
    return Connection.objects.filter(state__in=[each.value for each in LIVE_STATES]).first()


def _read_installation(row: Connection) -> Installation:
    configured = find_installation(ProviderKey(row.provider))
    if configured is not None and configured.app.client_id == row.client_id:
        # The secret may have been changed at the provider since.
        app = configured.app
    else:
        app = AppCredentials(client_id=row.client_id, client_secret=unseal(row.client_secret))
    return Installation(environment=row.environment, app=app)
