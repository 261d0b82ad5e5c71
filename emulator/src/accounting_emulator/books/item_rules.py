"""What makes an item of each kind complete and right (QBO API reference, Item, create)."""

import msgspec
from msgspec import UNSET

from accounting_emulator.books.commands import Details, ItemFields
from accounting_emulator.books.names import MAX_LEVELS, checked_name, freed_suffix
from accounting_emulator.books.refusals import Refusal
from accounting_emulator.chart import Account
from accounting_emulator.items import Item, ItemShelf, ItemType

MAX_CATEGORY_LEVELS = 4
_CHANGEABLE: tuple[ItemType, ...] = ("Service", "NonInventory")
_INCOME_TYPES = ("Income", "Other Income", "Other Current Liability", "Other Current Asset")
_EXPENSE_TYPES = (
    "Expense",
    "Other Expense",
    "Cost of Goods Sold",
    "Other Current Asset",
    "Fixed Asset",
)
_TRACKED = {
    "IncomeAccountRef": ("Income", "SalesOfProductIncome"),
    "ExpenseAccountRef": ("Cost of Goods Sold", None),
    "AssetAccountRef": ("Other Current Asset", "Inventory"),
}


def switched_off(*, item: Item, shelf: ItemShelf) -> Item:
    """Switch an item off under a name that frees its own."""

    def is_taken(suffix: str) -> bool:
        return shelf.find_id_by_name(full_name=item.full_name + suffix) not in (None, item.id)

    suffix = freed_suffix(name=item.name, is_taken=is_taken)
    return msgspec.structs.replace(
        item, active=False, name=item.name + suffix, full_name=item.full_name + suffix
    )


def with_fields(*, item: Item, fields: ItemFields, details: Details) -> Item:
    """Lay what a person typed over an item; the name moves the end of the full name."""
    changes = {
        name: value
        for name, value in msgspec.structs.asdict(fields).items()
        if value is not UNSET and name not in ("name", "active")
    }
    if fields.name is not UNSET:
        name = checked_name(name=fields.name, what="An item")
        stem = item.full_name[: len(item.full_name) - len(item.name)]
        changes |= {"name": name, "full_name": stem + name}
    if details:
        changes["details"] = merged(old=item.details, new=details)
    return msgspec.structs.replace(item, **changes)


def merged(*, old: Details, new: Details) -> Details:
    """Merge details name by name; None takes a name away."""
    return {name: value for name, value in (old | new).items() if value is not None}


def expect_type_change(*, old: ItemType, new: ItemType) -> None:
    """Let an item change its kind only between service and non-inventory.

    Raises:
        Refusal: it is, or would become, something else.
    """
    if old != new and not (old in _CHANGEABLE and new in _CHANGEABLE):
        raise Refusal("rule", f"An item of type {old} cannot become one of type {new}.")


def expect_parent(*, item: Item, parent: Item) -> None:
    """Let an item stand below a category that is neither itself nor below itself.

    Raises:
        Refusal: the parent is no category, or its own child, or too deep already.
    """
    if parent.id == item.id or f"{parent.full_name}:".startswith(f"{item.full_name}:"):
        raise Refusal("own_parent", f"{item.full_name} cannot be its own parent.")
    if parent.type != "Category":
        raise Refusal("bad_parent", f"{parent.full_name} is not a category.")
    deepest = MAX_CATEGORY_LEVELS if item.type == "Category" else MAX_LEVELS
    if parent.level + 2 > deepest:
        raise Refusal("too_deep", f"Items nest up to {deepest} levels.")


def expect_accounts(*, item: Item, accounts: dict[int, Account]) -> None:
    """Let an item pass whose accounts exist, are active, and are of the right kind.

    Raises:
        Refusal: one is missing, unknown, inactive or of the wrong kind.
    """
    named = {
        "IncomeAccountRef": item.income_account,
        "ExpenseAccountRef": item.expense_account,
        "AssetAccountRef": item.asset_account,
    }
    for element, number in named.items():
        if number is not None:
            _expect_account(item, element, _usable_account(number=number, accounts=accounts))
        elif item.is_tracked:
            raise Refusal("missing", f"{element} is missing.", element=element)
    if item.type == "Service" and not (item.income_account or item.expense_account):
        raise Refusal("missing", "A service needs an account.", element="IncomeAccountRef")
    if item.type == "NonInventory" and not item.expense_account:
        raise Refusal("missing", "ExpenseAccountRef is missing.", element="ExpenseAccountRef")


def _usable_account(*, number: int, accounts: dict[int, Account]) -> Account:
    """Give an account that a new line or item may name.

    Raises:
        Refusal: there is none with this id, or it is inactive.
    """
    account = accounts.get(number)
    if account is None:
        raise Refusal("bad_reference", f"Accounts element id {number} not found")
    if not account.active:
        raise Refusal(
            "inactive_reference",
            "Something you're trying to use has been made inactive. "
            "Check the fields with accounts.",
        )
    return account


def _expect_account(item: Item, element: str, account: Account) -> None:
    if item.is_tracked:
        wanted, sub_type = _TRACKED[element]
        is_right = account.account_type == wanted
        is_right &= sub_type in (None, account.account_sub_type)
    elif element == "AssetAccountRef":
        is_right = True
    else:
        kinds = _INCOME_TYPES if element == "IncomeAccountRef" else _EXPENSE_TYPES
        is_right = account.account_type in kinds
    if not is_right:
        raise Refusal(
            "wrong_account",
            f"{account.name} is of type {account.account_type}, {account.account_sub_type}.",
            element=element,
        )
