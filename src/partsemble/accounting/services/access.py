"""Opening a business's books."""

from collections.abc import Iterator
from contextlib import contextmanager

from partsemble.accounting.errors import ConnectionReplaced
from partsemble.accounting.http import BACKGROUND, Patience
from partsemble.accounting.models.connections import Connection
from partsemble.accounting.provider import AccountingProvider, ProviderError, Reconnect
from partsemble.accounting.queries.connections import get_credentials
from partsemble.accounting.registry import make_authorizer, open_books
from partsemble.accounting.services.client import client_for
from partsemble.accounting.services.counting import write_counts
from partsemble.accounting.services.tokens import StoredTokens, expire_connection
from partsemble.accounting.types import Caller, Credentials
from partsemble.database.clock import read_database_clock
from partsemble.database.scope import business_scope
from partsemble.kernel.ids import BusinessId, ConnectionId, RunId


@contextmanager
def open_provider(
    *,
    business_id: BusinessId,
    connection_id: ConnectionId | None = None,
    patience: Patience = BACKGROUND,
    label: str = "Partsemble",
    run_id: RunId | None = None,
) -> Iterator[AccountingProvider]:
    """This will open the books behind a business's connection, for the length of the block.

    Tokens renew themselves meanwhile (CONN-3). If the provider takes its permission back, the
    connection is expired when the block ends (CONN-4). Never open it inside a scope.

    Arguments:
        business_id: whose books.
        connection_id: the one that it has to be, if what is read belongs to its mirror.
        patience: how long calls may wait for a provider that is busy or away.
        label: who or what wants to know, for the call log.
        run_id: the sync that it is done for, for the call log.

    Raises:
        NotConnected: if the business has no connection.
        ConnectionReplaced: if it has another one by now.
        Reconnect: if its connection is expired.
        ProviderError: whatever the block lets pass.
    """
    credentials = get_credentials(business_id=business_id)
    if connection_id not in (None, credentials.connection_id):
        raise ConnectionReplaced
    caller = _name_caller(credentials, label, run_id)
    client = client_for(caller=caller)
    tokens = StoredTokens(
        credentials=credentials,
        authorizer=make_authorizer(
            provider=credentials.books.provider,
            installation=credentials.installation,
            http=client,
        ),
    )
    provider = open_books(books=credentials.books, tokens=tokens, http=client, patience=patience)
    try:
        yield provider
    except ProviderError as error:
        if isinstance(error, Reconnect):
            expire_connection(credentials=tokens.credentials, claim=None)
        _record_failure(credentials, error)
        raise
    finally:
        write_counts(caller=caller)
    _record_success(credentials)


def _name_caller(credentials: Credentials, label: str, run_id: RunId | None) -> Caller:
    return Caller(
        business_id=credentials.business_id,
        label=label,
        provider=credentials.books.provider,
        client_id=credentials.installation.app.client_id,
        connection_id=credentials.connection_id,
        run_id=run_id,
    )


def _record_success(credentials: Credentials) -> None:
    with business_scope(credentials.business_id):
        Connection.objects.filter(id=credentials.connection_id).update(
            last_called_at=read_database_clock()
        )


def _record_failure(credentials: Credentials, error: ProviderError) -> None:
    with business_scope(credentials.business_id):
        Connection.objects.filter(id=credentials.connection_id).update(
            last_error_code=error.code, last_error_at=read_database_clock()
        )
