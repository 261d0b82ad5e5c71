"""QuickBooks' JSON as typed values, only the fields that are read. Pure.

msgspec fills a `Decimal` from the characters of a JSON number, never by way of a float, so no
digit is lost. Absent fields are None, because absent is not zero (SYNC-3). Structs that hold no
containers are kept out of garbage collection: a page makes a few thousand of them.

Source: QBO accounting API reference: Item, CompanyInfo, Preferences, query operations.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Final

import msgspec

ID_LENGTH: Final = 64
"""QuickBooks' own ids have up to twenty digits."""
_ESCAPED_NUL: Final = rb"\u0000"
_NO_JSON: Final = "no valid JSON"
_REPLACEMENT: Final = rb"\ufffd"
_ESCAPES: Final = re.compile(
    rb"\\\\|\\u[dD][89abAB]..\\u[dD][c-fC-F]..|(\\u0000|\\u[dD][89a-fA-F]..)"
)
"""Backslashes, whole pairs of surrogates, and (in the group) what is no text: NUL, which
PostgreSQL can't keep, and half a pair, which a cut through an emoji leaves behind."""

type ShortId = Annotated[str, msgspec.Meta(max_length=ID_LENGTH)]
type RecordId = Annotated[str, msgspec.Meta(min_length=1, max_length=ID_LENGTH)]


class Ref(msgspec.Struct, frozen=True, gc=False):
    """A reference to another record."""

    value: ShortId = ""


class Times(msgspec.Struct, frozen=True, gc=False):
    """MetaData of a record; the offset is the company's own."""

    updated: datetime | None = msgspec.field(default=None, name="LastUpdatedTime")


class Item(msgspec.Struct, frozen=True, gc=False, rename="pascal"):
    """A product or service, a bundle (`Group`), or a category."""

    id: RecordId
    name: str = ""
    fully_qualified_name: str = ""
    sku: str = ""
    type: str = ""
    description: str = ""
    active: bool = True
    unit_price: Decimal | None = None
    purchase_cost: Decimal | None = None
    qty_on_hand: Decimal | None = None
    inv_start_date: date | None = None
    income_account_ref: Ref | None = None
    expense_account_ref: Ref | None = None
    asset_account_ref: Ref | None = None
    sync_token: ShortId = ""
    times: Times | None = msgspec.field(default=None, name="MetaData")


class ItemRows(msgspec.Struct, frozen=True):
    """The rows of a query; a query without result has no `Item` at all."""

    items: list[Item] = msgspec.field(default_factory=list, name="Item")


class ItemReply(msgspec.Struct, frozen=True):
    """The answer to a query of items."""

    rows: ItemRows = msgspec.field(name="QueryResponse")
    time: datetime | None = None


class RawItemRows(msgspec.Struct, frozen=True):
    """The same rows, each as it was sent."""

    items: list[msgspec.Raw] = msgspec.field(default_factory=list, name="Item")


class RawItemReply(msgspec.Struct, frozen=True):
    """The answer to a query of items, rows as they were sent."""

    rows: RawItemRows = msgspec.field(name="QueryResponse")
    time: datetime | None = None


class ItemMark(msgspec.Struct, frozen=True, gc=False, rename="pascal"):
    """What tells one row from another without reading it."""

    id: RecordId
    type: str = ""


class MarkedItemRows(msgspec.Struct, frozen=True):
    """The same rows, only marked."""

    items: list[ItemMark] = msgspec.field(default_factory=list, name="Item")


class MarkedItemReply(msgspec.Struct, frozen=True):
    """The answer to a query of items, rows only marked."""

    rows: MarkedItemRows = msgspec.field(name="QueryResponse")


class ItemLabel(msgspec.Struct, frozen=True, rename="pascal"):
    """What identifies a row that can't be read otherwise."""

    id: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class MalformedRow:
    """A row that is not as documented; `problem` names the place, never the value."""

    label: ItemLabel
    problem: str


@dataclass(frozen=True, slots=True)
class ItemsSent:
    """A page of items, cut into rows, each still as it was sent."""

    body: bytes
    pieces: list[msgspec.Raw]
    time: datetime | None


@dataclass(frozen=True, slots=True)
class ItemsRead:
    """Rows of a page, decoded as far as possible; `pieces` are the `rows` as they were sent."""

    rows: list[Item]
    pieces: list[msgspec.Raw]
    malformed: list[MalformedRow]


class Count(msgspec.Struct, frozen=True):
    """The row of a counting query."""

    total: int = msgspec.field(name="totalCount")


class CountReply(msgspec.Struct, frozen=True):
    """The answer to a counting query."""

    rows: Count = msgspec.field(name="QueryResponse")


class NameValue(msgspec.Struct, frozen=True, rename="pascal"):
    """One entry of CompanyInfo's open list."""

    name: str = ""
    value: str = ""


class CompanyInfo(msgspec.Struct, frozen=True, rename="pascal"):
    """Whose books they are."""

    company_name: str
    legal_name: str = ""
    country: str = ""
    name_value: list[NameValue] = []


class CompanyInfoReply(msgspec.Struct, frozen=True, rename="pascal"):
    """The answer to a read of CompanyInfo."""

    company_info: CompanyInfo


class AccountingInfo(msgspec.Struct, frozen=True, rename="pascal"):
    """The accountant's preferences."""

    book_close_date: date | None = None


class ProductPreferences(msgspec.Struct, frozen=True, rename="pascal"):
    """Preferences about products and services."""

    quantity_on_hand: bool = False


class CurrencyPreferences(msgspec.Struct, frozen=True, rename="pascal"):
    """Preferences about currencies."""

    home_currency: Ref
    multi_currency_enabled: bool = False


class FormPreferences(msgspec.Struct, frozen=True, rename="pascal"):
    """Preferences about sales forms."""

    custom_txn_numbers: bool = False


class Preferences(msgspec.Struct, frozen=True, rename="pascal"):
    """How the company set up its books."""

    currency_prefs: CurrencyPreferences
    accounting_info_prefs: AccountingInfo = AccountingInfo()
    product_and_services_prefs: ProductPreferences = ProductPreferences()
    sales_forms_prefs: FormPreferences = FormPreferences()


class PreferencesReply(msgspec.Struct, frozen=True, rename="pascal"):
    """The answer to a read of Preferences."""

    preferences: Preferences


_decode_count = msgspec.json.Decoder(CountReply).decode
_decode_company_info = msgspec.json.Decoder(CompanyInfoReply).decode
_decode_preferences = msgspec.json.Decoder(PreferencesReply).decode
_decode_items = msgspec.json.Decoder(ItemReply).decode
_decode_raw_items = msgspec.json.Decoder(RawItemReply).decode
_decode_marked_items = msgspec.json.Decoder(MarkedItemReply).decode
_decode_item = msgspec.json.Decoder(Item).decode
_decode_label = msgspec.json.Decoder(ItemLabel).decode


def decode_items(body: bytes) -> ItemsSent:
    """This will cut a page of items into its rows.

    Raises:
        msgspec.DecodeError: if it is no answer to a query of items at all.
    """
    sound = mend(body) if _ESCAPED_NUL in body else body
    try:
        reply = _decode_raw_items(sound)
    except msgspec.DecodeError:
        sound = mend(body)
        reply = _decode_raw_items(sound)
    return ItemsSent(body=sound, pieces=reply.rows.items, time=reply.time)


def mark_items(sent: ItemsSent) -> list[ItemMark] | None:
    """This will mark the rows of a page, or give None if a row can't be marked."""
    try:
        return _decode_marked_items(sent.body).rows.items
    except msgspec.DecodeError:
        return None


def read_items(sent: ItemsSent) -> ItemsRead:
    """This will decode all rows of a page; one odd row does not cost the others."""
    try:
        rows = _decode_items(sent.body).rows.items
    except (msgspec.DecodeError, UnicodeDecodeError):
        return read_pieces(sent.pieces)
    return ItemsRead(rows=rows, pieces=sent.pieces, malformed=[])


def read_pieces(pieces: Iterable[msgspec.Raw]) -> ItemsRead:
    """This will decode some rows; one odd row does not cost the others."""
    read = ItemsRead(rows=[], pieces=[], malformed=[])
    for piece in pieces:
        try:
            read.rows.append(_decode_item(piece))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            problem = str(error) if isinstance(error, msgspec.ValidationError) else _NO_JSON
            read.malformed.append(MalformedRow(label=_read_label(piece), problem=problem))
        else:
            read.pieces.append(piece)
    return read


def decode_count(body: bytes) -> int:
    """This will decode the answer to a counting query.

    Raises:
        msgspec.DecodeError: if it is none.
    """
    return _decode_count(body).rows.total


def decode_company_info(body: bytes) -> CompanyInfo:
    """This will decode CompanyInfo.

    Raises:
        msgspec.DecodeError: if it is none.
    """
    return _decode_company_info(body).company_info


def decode_preferences(body: bytes) -> Preferences:
    """This will decode Preferences.

    Raises:
        msgspec.DecodeError: if it is none.
    """
    return _decode_preferences(body).preferences


def _read_label(row: msgspec.Raw) -> ItemLabel:
    try:
        label = _decode_label(row)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ItemLabel()
    return ItemLabel(id=label.id[:ID_LENGTH], name=label.name)


def mend(body: bytes) -> bytes:
    """This will put the replacement character where an escape stands for no character."""
    return _ESCAPES.sub(lambda found: _REPLACEMENT if found[1] else found[0], body)
