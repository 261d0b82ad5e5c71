"""One accounting item with all that is mirrored of it, in words; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from partsemble.accounting.documents import Item, ItemType
from partsemble.accounting.queries.one_item import ItemAccount
from partsemble.words.changes import Setting
from partsemble.words.figures import NONE, show_money, show_quantity
from partsemble.words.items import BUNDLE_HINT, FIELD_WORDS, TYPE_WORDS

_ACCOUNT_FIELDS: Final = ("income_account_id", "expense_account_id", "asset_account_id")


@dataclass(frozen=True, slots=True)
class Fact:
    """One line about the item; `note` is said smaller."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ItemPage:
    """What the page of an item shows."""

    name: str
    path: str
    is_active: bool
    price: str
    cost: str
    quantity: str
    description: str
    facts: tuple[Fact, ...]
    origin: tuple[Fact, ...]
    """What the books know of the record itself."""


def describe_item(item: Item, *, accounts: Mapping[str, ItemAccount], setting: Setting) -> ItemPage:
    """This will put an item into words and figures.

    Arguments:
        accounts: those of the item that are mirrored, by their ids in the books.
    """
    return ItemPage(
        name=item.name,
        path=item.full_name.rpartition(":")[0].replace(":", " › "),
        is_active=item.is_active,
        price=show_money(item.unit_price),
        cost=show_money(item.purchase_cost),
        quantity=show_quantity(item.quantity_on_hand),
        description=item.description,
        facts=(
            Fact("SKU", item.sku or NONE),
            Fact("Type", TYPE_WORDS[item.type], _explain_type(item)),
            *(_describe_account(item, field, accounts) for field in _ACCOUNT_FIELDS),
            Fact(
                FIELD_WORDS["inventory_start_date"],
                f"{item.inventory_start_date:%-d %B %Y}" if item.inventory_start_date else NONE,
            ),
        ),
        origin=(
            Fact("Number in the books", item.external_id),
            Fact(FIELD_WORDS["revision"], item.revision or NONE),
            Fact(FIELD_WORDS["updated_at"], _say_edited(item, setting)),
        ),
    )


def _explain_type(item: Item) -> str:
    return BUNDLE_HINT if item.type is ItemType.GROUP else ""


def _say_edited(item: Item, setting: Setting) -> str:
    if item.updated_at is None:
        return NONE
    return f"{item.updated_at.astimezone(ZoneInfo(setting.time_zone)):%-d %B %Y, %H:%M}"


def _describe_account(item: Item, field: str, accounts: Mapping[str, ItemAccount]) -> Fact:
    label, external_id = FIELD_WORDS[field], str(getattr(item, field))
    if not external_id:
        return Fact(label, NONE)
    account = accounts.get(external_id)
    if account is None:
        return Fact(label, f"Account {external_id} of the books", "Its name is not read yet.")
    name = f"{account.number} {account.full_name}".strip().replace(":", " › ")
    return Fact(label, name, "" if account.is_usable else "No longer in use there.")
