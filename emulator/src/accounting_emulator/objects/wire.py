"""Items and accounts as JSON: names and omissions as in the QBO API reference and its samples."""

from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any

import msgspec

from accounting_emulator import chart
from accounting_emulator.books import Books, ListName
from accounting_emulator.items import Item
from accounting_emulator.layers import ZERO
from accounting_emulator.profile import CompanyProfile

ENCODER = msgspec.json.Encoder(decimal_format="number")


class Ref(msgspec.Struct, frozen=True, omit_defaults=True):
    """A reference to another object."""

    value: str
    name: str | None = None
    type: str | None = None


class WireMeta(msgspec.Struct, frozen=True, rename="pascal"):
    """When an object was made and last changed, to the second, with the local offset."""

    create_time: str
    last_updated_time: str


class WireGroupLine(msgspec.Struct, frozen=True, rename="pascal"):
    """One component of a bundle."""

    qty: Decimal
    item_ref: Ref


class WireGroup(msgspec.Struct, frozen=True, rename="pascal"):
    """The components of a bundle."""

    item_group_line: tuple[WireGroupLine, ...]


_FIXED = {"domain": "domain", "sparse": "sparse"}


def _pascal(name: str) -> str:
    special = {"purchase_desc": "PurchaseDesc", "inv_start_date": "InvStartDate"}
    return (
        _FIXED.get(name)
        or special.get(name)
        or "".join(part.capitalize() for part in name.split("_"))
    )


class WireItem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename=_pascal):
    """One Item; what is None is left out."""

    name: str
    sku: str | None = None
    description: str | None = None
    active: bool
    sub_item: bool | None = None
    parent_ref: Ref | None = None
    level: int | None = None
    fully_qualified_name: str
    taxable: bool | None = None
    unit_price: Decimal | None = None
    type: str
    income_account_ref: Ref | None = None
    purchase_desc: str | None = None
    purchase_cost: Decimal | None = None
    expense_account_ref: Ref | None = None
    asset_account_ref: Ref | None = None
    track_qty_on_hand: bool | None = None
    qty_on_hand: Decimal | None = None
    reorder_point: Decimal | None = None
    inv_start_date: str | None = None
    print_grouped_items: bool | None = None
    item_group_detail: WireGroup | None = None
    domain: str
    sparse: bool
    id: str
    sync_token: str
    meta_data: WireMeta


_REFS: dict[str, tuple[ListName, str]] = {
    "PrefVendorRef": ("Vendor", "name"),
    "ClassRef": ("Class", "full_name"),
    "SalesTaxCodeRef": ("TaxCode", "name"),
    "PurchaseTaxCodeRef": ("TaxCode", "name"),
}


class ItemWire:
    """Renders the items of one company."""

    def __init__(self, *, books: Books, zone: tzinfo) -> None:
        self._books = books
        self._zone = zone

    def render(self, *, item: Item) -> bytes:
        """Give one item as JSON."""
        body = self._render_known(item)
        if not item.details:
            return body
        return body[:-1] + b"," + ENCODER.encode(self._details(item))[1:]

    def _details(self, item: Item) -> dict[str, Any]:
        """Show what the books only keep; references get their names."""
        shown = dict(item.details)
        for name, (list_name, value) in _REFS.items():
            if name in shown:
                number = shown[name]["value"]
                row = self._books.lists[list_name].rows.get(
                    int(number) if number.isdecimal() else 0
                )
                shown[name] = Ref(number, getattr(row, value, None))
        return shown

    def _render_known(self, item: Item) -> bytes:
        is_category, is_group = item.type == "Category", item.type == "Group"
        parent = None if item.parent_id is None else self._books.shelf.find(item_id=item.parent_id)
        return ENCODER.encode(
            WireItem(
                name=item.name,
                sku=item.sku,
                description=item.description,
                active=item.active,
                sub_item=True if parent else None,
                parent_ref=Ref(str(parent.id), parent.full_name) if parent else None,
                level=item.level if parent else None,
                fully_qualified_name=item.full_name,
                taxable=None if is_category else item.taxable,
                unit_price=ZERO if is_group else item.unit_price,
                type=item.type,
                income_account_ref=self._account(item.income_account),
                purchase_desc=item.purchase_description,
                purchase_cost=ZERO if is_group else item.purchase_cost,
                expense_account_ref=self._account(item.expense_account),
                asset_account_ref=self._account(item.asset_account),
                track_qty_on_hand=None if is_category else item.is_tracked,
                qty_on_hand=item.on_hand if item.is_tracked else None,
                reorder_point=item.reorder_point,
                inv_start_date=item.started_on,
                print_grouped_items=False if is_group else None,
                item_group_detail=self._group(item) if is_group else None,
                domain="QBO",
                sparse=False,
                id=str(item.id),
                sync_token=str(item.sync_token),
                meta_data=WireMeta(
                    local_time(seconds=item.created_at, zone=self._zone),
                    local_time(seconds=item.updated_at, zone=self._zone),
                ),
            )
        )

    def _account(self, number: int | None) -> Ref | None:
        if number is None:
            return None
        account = self._books.accounts.get(number)
        return Ref(str(number), account.name if account else None)

    def _group(self, item: Item) -> WireGroup:
        lines = []
        for line in item.group_lines:
            member = self._books.get_item(item_id=line.item_id)
            ref = Ref(str(member.id), member.full_name, member.type)
            lines.append(WireGroupLine(line.quantity, ref))
        return WireGroup(tuple(lines))


def local_time(*, seconds: float, zone: tzinfo) -> str:
    """Write an instant in whole seconds with the company's offset, never Z."""
    return datetime.fromtimestamp(int(seconds), zone).isoformat()


def render_account(
    *, account: chart.Account, books: Books, profile: CompanyProfile, zone: tzinfo
) -> bytes:
    """Give one account as JSON; only balance sheet accounts carry a balance."""
    parent = None if account.parent_id is None else books.accounts[account.parent_id]
    fields: dict[str, Any] = {
        "Name": account.name,
        "SubAccount": parent is not None,
        "ParentRef": Ref(str(parent.id), parent.full_name) if parent else None,
        "Description": account.description,
        "FullyQualifiedName": account.full_name,
        "Active": account.active,
        "Classification": account.classification,
        "AccountType": account.account_type,
        "AccountSubType": account.account_sub_type,
        "AcctNum": account.number,
        "CurrentBalance": balance_of(account=account, books=books),
        "CurrentBalanceWithSubAccounts": _balance_below(account, books),
        "CurrencyRef": Ref(profile.currency, profile.currency_name),
        **account.details,
        "domain": "QBO",
        "sparse": False,
        "Id": str(account.id),
        "SyncToken": str(account.sync_token),
        "MetaData": WireMeta(
            local_time(seconds=account.created_at, zone=zone),
            local_time(seconds=account.updated_at, zone=zone),
        ),
    }
    return ENCODER.encode({name: value for name, value in fields.items() if value is not None})


def balance_of(*, account: chart.Account, books: Books) -> Decimal:
    """Give what is on a balance sheet account, as positive as people expect it."""
    if account.classification not in chart.BALANCE_SHEET_CLASSES or not account.active:
        return ZERO
    balance = books.balances.get(account.id, ZERO)
    return balance if account.classification in chart.DEBIT_CLASSES else -balance


def _balance_below(account: chart.Account, books: Books) -> Decimal:
    lead = f"{account.full_name}:"
    below = (row for row in books.accounts.values() if row.full_name.startswith(lead))
    return sum(
        (balance_of(account=row, books=books) for row in below),
        balance_of(account=account, books=books),
    )
