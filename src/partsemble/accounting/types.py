"""Public values of accounting's connections."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from partsemble.kernel.ids import BusinessId, ConnectionId, RunId
from partsemble.kernel.secret import Secret


class ProviderKey(StrEnum):
    """Whose books they are; the value is stable and stored."""

    QBO = "qbo"


class ConnectionState(StrEnum):
    """Where a connection stands (CONN-4, CONN-7); the value is stable and stored."""

    ACTIVE = "active"
    EXPIRED = "expired"
    """Permission is gone; everything is kept until a person reconnects."""
    DISCONNECTED = "disconnected"
    """Given up by a person; the mirror stays for the day the company comes back."""


class InventoryMode(StrEnum):
    """Where quantities are kept (CONN-8); the value is stable and stored."""

    SYNC = "sync"
    """In the items of the books too; while Receiving is off, the books are their master."""
    PARTSEMBLE_ONLY = "partsemble_only"


class ConnectionEvent(StrEnum):
    """What moves a connection from one state to the next."""

    CONNECT = "connect"
    EXPIRE = "expire"
    DISCONNECT = "disconnect"


@dataclass(frozen=True, slots=True)
class Books:
    """Which set of books it is, among all that all providers keep."""

    provider: ProviderKey
    environment: str
    """`production`, `sandbox`, or the URL of a discovery document."""
    company_id: str


@dataclass(frozen=True, slots=True)
class AppCredentials:
    """How this installation names itself to a provider."""

    client_id: str
    client_secret: Secret


@dataclass(frozen=True, slots=True)
class Installation:
    """How this installation meets a provider: in which environment, and as whom."""

    environment: str
    app: AppCredentials


@dataclass(frozen=True, slots=True)
class IssuedTokens:
    """What a provider's token endpoint gave."""

    access_token: Secret
    access_seconds: int
    """How long the access token lives from now."""
    refresh_token: Secret
    refresh_seconds: int | None
    """How long the refresh token lives from now, where the provider says so."""


@dataclass(frozen=True, slots=True)
class Caller:
    """On whose behalf a provider is called, for those who keep a record of calls (LOG-1)."""

    business_id: BusinessId
    label: str
    """Who or what wants to know, in a person's words."""
    provider: ProviderKey
    client_id: str
    """As whom this installation calls; what a provider meters, it meters by this."""
    connection_id: ConnectionId | None = None
    """None before there is one: while a consent is turned into tokens."""
    run_id: RunId | None = None


class CallOutcome(StrEnum):
    """What came of a call to a provider (LOG-1); the value is stable and stored."""

    ANSWERED = "answered"
    REFUSED = "refused"
    """Understood and declined: a status from 400 on, or a fault that came with a success."""
    FAILED = "failed"
    """The provider's own trouble: a status from 500 on."""
    UNANSWERED = "unanswered"
    """No whole answer came."""


@dataclass(frozen=True, slots=True)
class Callback:
    """What a provider put into the address with which it sends a person back."""

    code: Secret
    company_id: str
    error: str


@dataclass(frozen=True, slots=True)
class GivenTokens:
    """A connection made elsewhere, for example by the emulator's ready file."""

    books: Books
    app: AppCredentials
    tokens: IssuedTokens


@dataclass(frozen=True, slots=True)
class Credentials:
    """What opening the books of a connection takes, as it is stored now."""

    connection_id: ConnectionId
    business_id: BusinessId
    books: Books
    state: ConnectionState
    installation: Installation
    """As whom the connection was made."""
    access_token: Secret
    access_seconds: float
    """How much life the access token has left by the database's clock."""
    access_life_seconds: float
    """How much it had when it was issued."""
    refresh_token: Secret
    generation: int
    """Grows with every pair of tokens."""


@dataclass(frozen=True, slots=True)
class ConnectionView:
    """A connection as a person sees it (CONN-6); holds no secret."""

    id: ConnectionId
    business_id: BusinessId
    provider: ProviderKey
    provider_label: str
    environment: str
    company_id: str
    company_name: str
    country: str
    currency: str
    offering: str
    state: ConnectionState
    connected_by: str
    connected_at: datetime
    access_token_issued_at: datetime | None
    access_token_expires_at: datetime | None
    refresh_token_issued_at: datetime | None
    refresh_token_expires_at: datetime | None
    last_called_at: datetime | None
    last_error_code: str
    last_error_at: datetime | None
    takes_adjustments: bool
    """Whether quantities of items can be adjusted there, so that *Sync* can be chosen."""
    mode: InventoryMode
    start_number: int
    """The stock entry up to which the books are even with us whatever they say (EXP-0)."""
    has_stragglers: bool
    """Whether linked products may be behind their items, since they did not follow (ITEM-6)."""
    books_closed_until: date | None
    """The accountant closed them up to that day."""


@dataclass(frozen=True, slots=True)
class ListChange:
    """What was written to the mirror of a list."""

    created: int = 0
    changed: int = 0
    absent: int = 0


class CallKind(StrEnum):
    """What a call to a provider does to our budget (CONN-9)."""

    READ = "read"
    """Gets something out, and is metered."""
    WRITE = "write"
    """Puts something in, and is free."""


class ReadStage(StrEnum):
    """What may still be read this month, from everything to nothing (CONN-9)."""

    FREE = "free"
    CHANGES = "changes"
    """Only what changed."""
    DAILY = "daily"
    """Only what changed, and schedules once a day."""
    PEOPLE = "people"
    """Only what changed, and only when a person asks."""
    CLOSED = "closed"
    """Nothing; the rest is kept for looking before writing."""

    @property
    def may_read_all(self) -> bool:
        """Whether a run may read everything when reading what changed would do."""
        return self is ReadStage.FREE

    @property
    def may_read_on_schedule(self) -> bool:
        """Whether runs that nobody waits for may start, if only once a day."""
        return self in {ReadStage.FREE, ReadStage.CHANGES, ReadStage.DAILY}


@dataclass(frozen=True, slots=True)
class ReadBudget:
    """Where a connection stands in its month (CONN-6, CONN-9)."""

    month: date
    """Its first day."""
    resets_on: date
    limit: int
    used: int
    """By all businesses of this installation."""
    own: int
    """By this connection."""
    own_writes: int
    forecast: int
    stage: ReadStage


class NoticedKind(StrEnum):
    """Of what kind a record is that a provider says something about."""

    ITEM = "item"
    OTHER = "other"
    """Anything whose changes start nothing yet."""


class NoticedChange(StrEnum):
    """What a provider says that happened to a record; the value is stable and stored."""

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"
    MERGED = "merged"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ChangeNotice:
    """A provider's word that something changed; what it is now has to be read."""

    key: str
    """The same for the same event, however often and in whatever body it comes; 64 characters."""
    company_id: str
    kind: NoticedKind
    change: NoticedChange
    external_id: str
    gone_id: str
    """The record that is no more, deleted or merged into another; empty if none is."""
    happened_at: datetime
    """By the provider's clock, in UTC."""
