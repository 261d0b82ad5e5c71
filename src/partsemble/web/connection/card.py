"""What the card of the connection shows, put together from what is known of it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from urllib.parse import urlsplit

from partsemble.accounting.types import ConnectionState, ConnectionView
from partsemble.words.names import COUNTRY_WORDS, say_since
from partsemble.words.sentences import Refusal, explain_code

PROVIDER: Final = "QuickBooks"
_TONES: Final = {
    ConnectionState.ACTIVE: ("Connected", "ok"),
    ConnectionState.EXPIRED: ("Expired", "bad"),
}


@dataclass(frozen=True, slots=True)
class Card:
    """The connection, ready for its card; without a company there is none."""

    provider: str
    status: str = "Not connected"
    tone: str = "neutral"
    may_manage: bool = False
    can_connect: bool = True
    """Whether this installation has keys of its own at the provider."""
    former_company: str = ""
    """Whose books were given up last, if none are connected now."""
    company: str = ""
    country: str = ""
    currency: str = ""
    offering: str = ""
    environment: str = ""
    """Empty for the live books."""
    connected_by: str = ""
    connected_at: datetime | None = None
    access_ends_at: datetime | None = None
    permission_renewed: str = ""
    permission_ends_at: datetime | None = None
    last_called: str = "None yet"
    last_error: Refusal | None = None
    """Only while nothing has succeeded since."""
    last_failed: str = ""
    closed_until: date | None = None
    """Nothing dated earlier can be posted."""

    @property
    def is_connected(self) -> bool:
        """This will tell whether the books can be read now."""
        return self.tone == "ok"

    @property
    def is_expired(self) -> bool:
        """This will tell whether a person has to reconnect."""
        return self.tone == "bad"


def build_card(*, connection: ConnectionView | None, may_manage: bool, can_connect: bool) -> Card:
    """This will put the card together.

    Arguments:
        connection: of the business, or the one that was given up last, or None.
        may_manage: whether the person may connect and disconnect.
        can_connect: whether the installation has keys of its own.
    """
    if connection is None or connection.state is ConnectionState.DISCONNECTED:
        return Card(
            provider=PROVIDER,
            may_manage=may_manage,
            can_connect=can_connect,
            former_company=connection.company_name if connection else "",
        )
    status, tone = _TONES[connection.state]
    return Card(
        provider=connection.provider_label,
        status=status,
        tone=tone,
        may_manage=may_manage,
        company=connection.company_name,
        country=COUNTRY_WORDS.get(connection.country, connection.country),
        currency=connection.currency,
        offering=connection.offering or connection.provider_label,
        environment=say_environment(connection.environment),
        connected_by=connection.connected_by,
        connected_at=connection.connected_at,
        access_ends_at=connection.access_token_expires_at,
        permission_renewed=_say_since(connection.refresh_token_issued_at, never=""),
        permission_ends_at=connection.refresh_token_expires_at,
        last_called=_say_since(connection.last_called_at, never="None yet"),
        last_error=_find_error(connection),
        last_failed=_say_since(connection.last_error_at, never=""),
        closed_until=connection.books_closed_until,
    )


def say_environment(environment: str) -> str:
    """This will say which of a provider's worlds it is, and nothing for the real one."""
    if environment == "production":
        return ""
    if environment == "sandbox":
        return "Sandbox"
    return f"Test server at {urlsplit(environment).netloc}"


def _say_since(instant: datetime | None, *, never: str) -> str:
    return never if instant is None else say_since(instant)


def _find_error(connection: ConnectionView) -> Refusal | None:
    failed_at, called_at = connection.last_error_at, connection.last_called_at
    if failed_at is None or connection.state is ConnectionState.EXPIRED:
        return None
    if called_at is not None and called_at > failed_at:
        return None
    return explain_code(code=connection.last_error_code, facts={})
