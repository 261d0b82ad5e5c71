"""What an accounting provider promises, and how it fails. Pure.

The errors are named by what the caller does next, because that is the only thing a caller
needs to know; each adapter translates its provider's codes into them in one table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from partsemble.accounting.documents import (
    Company,
    ItemPage,
    LedgerAccount,
    RecordPage,
    Vendor,
)
from partsemble.kernel.errors import DomainError
from partsemble.kernel.secret import Secret


class ProviderError(DomainError):
    """Base of everything that can go wrong with a call to a provider."""

    code = "provider_error"


class TryLater(ProviderError):
    """Certainly nothing happened: throttled, refused connection, outage of a read.

    The caller repeats the call after `wait_seconds`. Facts: `wait_seconds`, `reason`.
    """

    code = "provider_try_later"

    def __init__(self, *, wait_seconds: float, reason: str, **facts: object) -> None:
        self.wait_seconds = wait_seconds
        super().__init__(wait_seconds=wait_seconds, reason=reason, **facts)


class OutcomeUnknown(ProviderError):
    """A write was sent and no clear answer came; look for our reference before repeating."""

    code = "provider_outcome_unknown"


class Stale(ProviderError):
    """Their record moved on; read it again and plan again."""

    code = "provider_stale"


class Refused(ProviderError):
    """Understood and declined; a person must change something.

    Facts: `provider_code`, `provider_message`, `provider_detail` in their own words.
    """

    code = "provider_refused"


class Reconnect(ProviderError):
    """Our permission is gone; the connection is expired until a person reconnects (CONN-4)."""

    code = "provider_reconnect"


class Unexpected(ProviderError):
    """A reply that can't be read, which is a bug of ours until shown otherwise."""

    code = "provider_unexpected"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a provider can do; callers ask instead of knowing providers by name."""

    name: str
    """As people call it, for example `QuickBooks`."""
    item_page_size: int
    """Most rows of one page of items."""
    list_page_size: int
    """Most rows of one page of accounts or vendors."""
    item_lookup_size: int
    """Most ids of one look-up of items."""
    calls_in_flight: int
    """How many calls for one company may be under way at once."""


class AccessTokens(Protocol):
    """Where an adapter gets the token for its next call; safe to use from several threads."""

    def get(self) -> Secret:
        """This will give a token that has some life left, renewing it first if need be."""
        ...

    def renew(self, *, rejected: Secret) -> Secret:
        """This will give another token than the one that the provider just rejected.

        Raises:
            Reconnect: if the provider gives no more tokens.
            TryLater: if it can't be asked now.
        """
        ...


class AccountingProvider(Protocol):
    """One set of books, opened with one connection; safe to use from several threads.

    Every method may raise any `ProviderError`. Reads are repeated by the adapter's own client
    within its limits; what it raises has outlasted them.
    """

    @property
    def capabilities(self) -> Capabilities:
        """This will say what this provider can do."""
        ...

    def get_company(self) -> Company:
        """This will read whose books they are, and how they are set up."""
        ...

    def get_account_page(self, *, start: int, limit: int) -> RecordPage[LedgerAccount]:
        """This will read rows `start` (from 0) and following of the chart, active or not.

        The order is by the provider's own id and does not change while names do. A page with
        fewer rows than the limit is the last.
        """
        ...

    def get_vendor_page(self, *, start: int, limit: int) -> RecordPage[Vendor]:
        """This will read rows `start` (from 0) and following of the vendors, active or not.

        Order and end are those of `get_account_page`.
        """
        ...

    def count_items(self) -> int:
        """This will count all rows of the list of items, inactive ones and categories too."""
        ...

    def get_item_page(self, *, start: int, limit: int) -> ItemPage:
        """This will read rows `start` (from 0) and following, of all types, active or not.

        The order is by the provider's own id and does not change while names do. A page with
        fewer rows than the limit is the last.
        """
        ...

    def get_changed_item_page(self, *, since: datetime, start: int, limit: int) -> ItemPage:
        """This will read rows `start` (from 0) and following of those that changed.

        It gives what was created or changed at `since` or later by the provider's own clock, of
        all types, active or not; deactivated and merged away is changed. Order and end are those
        of `get_item_page`; a row that changes meanwhile moves others to later places only.
        """
        ...

    def find_deleted_items(self, *, since: datetime) -> frozenset[str] | None:
        """This will give ids of items that are said to be gone for good since an instant.

        Not every provider keeps book of everything that goes; whoever is named is asked for by
        id all the same. None: so much changed, or so long ago, that it can't be told.
        """
        ...

    def get_items(self, *, external_ids: Sequence[str]) -> ItemPage:
        """This will read the items with those ids, at most a look-up's worth, active or not.

        What is not in the answer is not in the books.
        """
        ...
