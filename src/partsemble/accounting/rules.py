"""What a connection may become, and whether a company may be connected. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from partsemble.accounting.documents import Company
from partsemble.accounting.errors import CurrencyDiffers, DifferentCompany
from partsemble.accounting.types import Books, ConnectionEvent, ConnectionState, InventoryMode
from partsemble.kernel.ids import ConnectionId


@dataclass(frozen=True, slots=True)
class Transition:
    """From which states an event leads, and where to."""

    sources: frozenset[ConnectionState]
    target: ConnectionState


LIVE_STATES: Final = frozenset({ConnectionState.ACTIVE, ConnectionState.EXPIRED})
"""States in which the connection is the business's one connection."""
TRANSITIONS: Final = MappingProxyType(
    {
        ConnectionEvent.CONNECT: Transition(frozenset(ConnectionState), ConnectionState.ACTIVE),
        ConnectionEvent.EXPIRE: Transition(
            frozenset({ConnectionState.ACTIVE}), ConnectionState.EXPIRED
        ),
        ConnectionEvent.DISCONNECT: Transition(LIVE_STATES, ConnectionState.DISCONNECTED),
    }
)


def settle_mode(*, chosen: str, takes_adjustments: bool) -> InventoryMode:
    """This will say where quantities are kept: as was chosen, within what the books take (CONN-8).

    Arguments:
        chosen: value of a mode; empty if nobody chose.
        takes_adjustments: whether quantities can be adjusted in the books now.
    """
    if not takes_adjustments or chosen == InventoryMode.PARTSEMBLE_ONLY:
        return InventoryMode.PARTSEMBLE_ONLY
    return InventoryMode.SYNC


@dataclass(frozen=True, slots=True)
class KnownConnection:
    """What deciding about a new consent needs to know of a connection that is there."""

    id: ConnectionId
    books: Books
    company_name: str
    state: ConnectionState


def choose_connection(
    *, known: Sequence[KnownConnection], offered: Books, company: Company, currency: str
) -> ConnectionId | None:
    """This will choose the connection that a person's consent renews, or None for a new one.

    The same company gets its old connection back, with its mirror and links (CONN-5); another
    one is refused while the business is connected (CONN-7). The first company ever connected
    brings its currency along; later ones have to match it (CONN-10).

    Arguments:
        known: every connection that the business has or had.
        offered: the books that the person consented to.
        company: what those books say about themselves.
        currency: the business's, an ISO 4217 code.

    Raises:
        DifferentCompany: if the business is connected to another company.
        CurrencyDiffers: if the books are kept in another currency than the business's.
    """
    for each in known:
        if each.state in LIVE_STATES and each.books != offered:
            raise DifferentCompany(connected=each.company_name, offered=company.name)
    if known and company.home_currency != currency:
        raise CurrencyDiffers(business=currency, books=company.home_currency, offered=company.name)
    return next((each.id for each in known if each.books == offered), None)
