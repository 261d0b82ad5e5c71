"""QuickBooks' records in the neutral language, and what is too odd to be one. Pure.

A page has a thousand items and a company can have a hundred pages, so the common case is one
call into C per number: a context of fifteen digits quantizes a number with at most nine digits
before the point and six after it exactly, and objects to any other, which then takes the long
way with its limits, its rounding and its sentences.

Source: QBO accounting API reference: Item (types Inventory, NonInventory, Service, Group,
Category), CompanyInfo, Preferences.
"""

from collections.abc import Container
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Context, Decimal, DecimalException, Inexact, InvalidOperation
from functools import cached_property
from hashlib import sha256
from types import MappingProxyType
from typing import Final

import msgspec

from partsemble.accounting.documents import (
    BookPreferences,
    Company,
    Item,
    ItemGlimpse,
    ItemPage,
    ItemType,
    OpenedItems,
    UnreadableItem,
)
from partsemble.accounting.qbo import wire
from partsemble.kernel.numbers import (
    PLACES,
    QUANTITY_LIMIT,
    STEP,
    UNIT_COST_LIMIT,
    Rounding,
    is_within,
    round_to_places,
)

EDITION: Final = "1"
"""One character, to be changed with everything that makes this module or `wire` read the same
bytes differently: it opens every record once more, however well it is known."""
FINGERPRINT_DIGITS: Final = 31
"""Of four bits; two records of a catalog sharing them is less likely than a broken disk."""
CATEGORY: Final = "Category"
"""A folder of items; it is none itself (SYNC-2)."""
ITEM_TYPES: Final = MappingProxyType(
    {
        "Inventory": ItemType.INVENTORY,
        "NonInventory": ItemType.NON_INVENTORY,
        "Service": ItemType.SERVICE,
        "Group": ItemType.GROUP,
        "Bundle": ItemType.BUNDLE,
    }
)
ADJUSTING_COUNTRY: Final = "US"
ADJUSTING_PLANS: Final = ("Plus", "Advanced")
"""Where quantities of items can be adjusted; no other plan or country has the entity. Source:
QBO API reference, InventoryAdjustment."""
DELETED_MARK: Final = "deleted"
"""QuickBooks appends it, in brackets and in varying case, to the name of a record that is
deactivated; behind the second of the same name stands `(deleted 1)`."""
OFFERING: Final = "OfferingSku"
COUNTRY_CODES: Final = MappingProxyType(
    {
        "ARE": "AE",
        "AUS": "AU",
        "CAN": "CA",
        "FRA": "FR",
        "GBR": "GB",
        "HKG": "HK",
        "IND": "IN",
        "IRL": "IE",
        "MEX": "MX",
        "MYS": "MY",
        "NZL": "NZ",
        "SGP": "SG",
        "USA": "US",
        "ZAF": "ZA",
    }
)
"""Since 2025 QuickBooks writes countries with three letters in some fields, two in others."""

_WHOLE_DIGITS = 9
_exact = Context(prec=_WHOLE_DIGITS + PLACES, traps=[Inexact, InvalidOperation])
_quantize = _exact.quantize
_ZERO = Decimal(0).quantize(STEP)
_NO_REF = wire.Ref()
_NO_TIMES = wire.Times()


class FigureTooLarge(Exception):
    """A figure of an item lies beyond the limit of its kind."""

    def __init__(self, figure: str, number: Decimal) -> None:
        super().__init__(figure)
        self.figure = figure
        self.number = number


@dataclass(frozen=True)
class SentPage(ItemPage):
    """A page of QuickBooks' items as it was sent; categories are dropped, but count as rows."""

    sent: wire.ItemsSent

    def glimpse(self) -> tuple[ItemGlimpse, ...]:
        """This will show all items unopened."""
        rows = zip(self._marks or (), self.sent.pieces, strict=False)
        find_type = ITEM_TYPES.get
        return tuple(
            [
                ItemGlimpse(mark.id, find_type(mark.type, ItemType.OTHER), _fingerprint(piece))
                for mark, piece in rows
                if mark.type != CATEGORY
            ]
        )

    def open_rows(self, *, but: Container[str] = ()) -> OpenedItems:
        """This will read the records in full, except those."""
        if not but or self._marks is None:
            return _map_rows(wire.read_items(self.sent))
        pieces = zip(self._marks, self.sent.pieces, strict=True)
        wanted = (piece for mark, piece in pieces if mark.id not in but and mark.type != CATEGORY)
        return _map_rows(wire.read_pieces(wanted))

    @cached_property
    def _marks(self) -> list[wire.ItemMark] | None:
        return wire.mark_items(self.sent)


def map_page(*, start: int, page: wire.ItemsSent) -> ItemPage:
    """This will turn a page of QuickBooks' items into a page of items.

    Arguments:
        start: the position of the first row, from 0.
        page: as it was sent.
    """
    return SentPage(start=start, row_count=len(page.pieces), observed_at=page.time, sent=page)


def _map_rows(read: wire.ItemsRead) -> OpenedItems:
    items: list[Item] = []
    unreadable = [_describe_malformed(each) for each in read.malformed]
    for row, piece in zip(read.rows, read.pieces, strict=True):
        if row.type == CATEGORY:
            continue
        try:
            items.append(map_item(row, fingerprint=_fingerprint(piece)))
        except FigureTooLarge as problem:
            unreadable.append(_describe_too_large(row, problem))
    return OpenedItems(items=tuple(items), unreadable=tuple(unreadable))


def _fingerprint(piece: msgspec.Raw) -> str:
    """SHA-256, because processors have instructions for it: twice as fast here as BLAKE2."""
    return EDITION + sha256(piece).hexdigest()[:FINGERPRINT_DIGITS]


def map_item(row: wire.Item, *, fingerprint: str = "") -> Item:
    """This will turn one of QuickBooks' items into an item.

    Numbers come out with exactly six places; what had more is rounded half-even and noted.
    The mark that QuickBooks puts behind the name of a deactivated item is left off (SYNC-6).

    Raises:
        FigureTooLarge: if a figure lies beyond the limit of its kind.
    """
    notes: list[str] = []
    return Item(
        external_id=row.id,
        name=former_name(name=row.name, is_active=row.active),
        full_name=former_name(name=row.fully_qualified_name or row.name, is_active=row.active),
        sku=row.sku,
        type=ITEM_TYPES.get(row.type, ItemType.OTHER),
        description=row.description,
        unit_price=_take(row.unit_price, "Unit price", UNIT_COST_LIMIT, notes),
        purchase_cost=_take(row.purchase_cost, "Purchase cost", UNIT_COST_LIMIT, notes),
        quantity_on_hand=_take(row.qty_on_hand, "Quantity on hand", QUANTITY_LIMIT, notes),
        inventory_start_date=row.inv_start_date,
        income_account_id=(row.income_account_ref or _NO_REF).value,
        expense_account_id=(row.expense_account_ref or _NO_REF).value,
        asset_account_id=(row.asset_account_ref or _NO_REF).value,
        is_active=row.active,
        revision=row.sync_token,
        updated_at=_to_utc((row.times or _NO_TIMES).updated),
        notes=tuple(notes),
        fingerprint=fingerprint,
    )


def former_name(*, name: str, is_active: bool) -> str:
    """This will give a name as it was before QuickBooks marked it as deleted (SYNC-6)."""
    if is_active or not name.endswith(")"):
        return name
    former, _, mark = name[:-1].rpartition(" (")
    word, _, number = mark.lower().partition(" ")
    is_marked = word == DELETED_MARK and (not number or number.isdecimal())
    return former if is_marked and former else name


def map_company(
    *, company_id: str, info: wire.CompanyInfo, preferences: wire.Preferences
) -> Company:
    """This will say whose books they are (CONN-1).

    Arguments:
        company_id: the realm id under which they were read; CompanyInfo's own id is always 1.
        info: who the company is.
        preferences: how it set up its books.
    """
    offerings = (each.value for each in info.name_value if each.name == OFFERING)
    offering, country = next(offerings, ""), COUNTRY_CODES.get(info.country, info.country)
    tracks_quantity = preferences.product_and_services_prefs.quantity_on_hand
    return Company(
        external_id=company_id,
        name=info.company_name,
        legal_name=info.legal_name or info.company_name,
        country=country,
        offering=offering,
        takes_adjustments=tracks_quantity
        and country == ADJUSTING_COUNTRY
        and offering.endswith(ADJUSTING_PLANS),
        preferences=BookPreferences(
            home_currency=preferences.currency_prefs.home_currency.value,
            is_multicurrency=preferences.currency_prefs.multi_currency_enabled,
            tracks_quantity=tracks_quantity,
            has_own_numbers=preferences.sales_forms_prefs.custom_txn_numbers,
            books_closed_until=preferences.accounting_info_prefs.book_close_date,
        ),
    )


def _to_utc(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC) if moment else None


def _take(number: Decimal | None, figure: str, limit: Decimal, notes: list[str]) -> Decimal | None:
    if number is None:
        return None
    try:
        exact = _quantize(number, STEP)
    except DecimalException:
        return _take_inexact(number, figure, limit, notes)
    if exact.is_nan():
        raise FigureTooLarge(figure, number)
    return exact or _ZERO


def _take_inexact(number: Decimal, figure: str, limit: Decimal, notes: list[str]) -> Decimal:
    if not is_within(number=number, limit=limit):
        raise FigureTooLarge(figure, number)
    rounded = round_to_places(number=number, rounding=Rounding.HALF_EVEN)
    if not is_within(number=rounded, limit=limit):
        raise FigureTooLarge(figure, number)
    notes.append(f"{figure} {number} was rounded to {rounded.normalize():f}.")
    return rounded


def _describe_too_large(row: wire.Item, problem: FigureTooLarge) -> UnreadableItem:
    limit = QUANTITY_LIMIT if problem.figure == "Quantity on hand" else UNIT_COST_LIMIT
    return UnreadableItem(
        external_id=row.id,
        name=row.name,
        code="number_too_large",
        sentence=(
            f"{problem.figure} of {_name(row.id, row.name)} is {problem.number}, and Partsemble "
            f"keeps figures below {limit:,f}. Correct it in QuickBooks, then sync again."
        ),
    )


def _describe_malformed(row: wire.MalformedRow) -> UnreadableItem:
    return UnreadableItem(
        external_id=row.label.id,
        name=row.label.name,
        code="malformed",
        sentence=(
            f"QuickBooks sent {_name(row.label.id, row.label.name)} in a form that Partsemble "
            f"can't read ({row.problem}). It was left as it was; please report this."
        ),
    )


def _name(external_id: str, name: str) -> str:
    return f"“{name}” (item {external_id})" if name else f"item {external_id or 'without id'}"
