"""Which connection a consent renews, and which it can't (CONN-5, CONN-7, CONN-10)."""

from dataclasses import replace
from uuid import UUID

import pytest

from partsemble.accounting.documents import BookPreferences, Company
from partsemble.accounting.errors import CurrencyDiffers, DifferentCompany
from partsemble.accounting.rules import (
    LIVE_STATES,
    TRANSITIONS,
    KnownConnection,
    choose_connection,
    settle_mode,
)
from partsemble.accounting.types import (
    Books,
    ConnectionEvent,
    ConnectionState,
    InventoryMode,
    ProviderKey,
)
from partsemble.kernel.ids import ConnectionId

LAMPS = Books(provider=ProviderKey.QBO, environment="production", company_id="1001")
CHAIRS = replace(LAMPS, company_id="2002")
LAMPS_IN_SANDBOX = replace(LAMPS, environment="sandbox")
COMPANY = Company(
    external_id="1001",
    name="Hollow Reed Lamps",
    legal_name="Hollow Reed Lamps LLC",
    country="US",
    offering="QuickBooks Online Plus",
    takes_adjustments=True,
    preferences=BookPreferences(
        home_currency="USD",
        is_multicurrency=False,
        tracks_quantity=True,
        has_own_numbers=False,
        books_closed_until=None,
    ),
)


def know(number: int, books: Books, state: ConnectionState) -> KnownConnection:
    return KnownConnection(
        id=ConnectionId(UUID(int=number)), books=books, company_name=f"No. {number}", state=state
    )


def choose(*known: KnownConnection, offered: Books = LAMPS, currency: str = "USD") -> int | None:
    chosen = choose_connection(known=known, offered=offered, company=COMPANY, currency=currency)
    return None if chosen is None else chosen.int


@pytest.mark.parametrize(
    ("chosen", "takes_adjustments", "mode"),
    [
        ("", True, InventoryMode.SYNC),
        ("sync", True, InventoryMode.SYNC),
        ("partsemble_only", True, InventoryMode.PARTSEMBLE_ONLY),
        ("", False, InventoryMode.PARTSEMBLE_ONLY),
        ("sync", False, InventoryMode.PARTSEMBLE_ONLY),
        ("partsemble_only", False, InventoryMode.PARTSEMBLE_ONLY),
    ],
)
def test_quantities_are_kept_where_the_books_take_them(
    chosen: str, mode: InventoryMode, *, takes_adjustments: bool
) -> None:
    assert settle_mode(chosen=chosen, takes_adjustments=takes_adjustments) is mode


def test_the_first_company_is_new_and_brings_its_currency() -> None:
    assert choose() is None
    assert choose(currency="NZD") is None


@pytest.mark.parametrize("state", ConnectionState)
def test_the_same_company_gets_its_connection_back(state: ConnectionState) -> None:
    assert choose(know(7, LAMPS, state)) == 7


@pytest.mark.parametrize("state", sorted(LIVE_STATES))
@pytest.mark.parametrize("connected", [CHAIRS, LAMPS_IN_SANDBOX])
def test_another_company_is_refused_by_both_names(state: ConnectionState, connected: Books) -> None:
    with pytest.raises(DifferentCompany) as refusal:
        choose(know(7, connected, state))
    assert refusal.value.facts == {"connected": "No. 7", "offered": "Hollow Reed Lamps"}


def test_after_disconnecting_another_company_starts_anew_and_the_old_one_can_come_back() -> None:
    gone = know(7, CHAIRS, ConnectionState.DISCONNECTED)
    assert choose(gone) is None
    assert choose(gone, offered=CHAIRS) == 7
    back = know(8, LAMPS, ConnectionState.DISCONNECTED)
    assert choose(gone, back) == 8


def test_books_in_another_currency_are_refused_once_there_were_books() -> None:
    gone = know(7, CHAIRS, ConnectionState.DISCONNECTED)
    with pytest.raises(CurrencyDiffers) as refusal:
        choose(gone, currency="NZD")
    assert refusal.value.facts["business"] == "NZD"
    assert refusal.value.facts["books"] == "USD"


def test_every_event_has_its_place_in_the_table() -> None:
    assert set(TRANSITIONS) == set(ConnectionEvent)
    assert TRANSITIONS[ConnectionEvent.EXPIRE].sources == {ConnectionState.ACTIVE}
    assert ConnectionState.DISCONNECTED not in TRANSITIONS[ConnectionEvent.DISCONNECT].sources
