"""The person in the books: turns edits into what the control API is asked."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tests.simulation.histories.books_view import BooksView, Known
from tests.simulation.histories.steps import Edit

Command = dict[str, Any]
"""Method, path below the company and body, as a planned fault takes it."""


def carry_out(*, edit: Edit, books: BooksView) -> None:
    """This will let the bookkeeper do it now; what the books refuse does not happen."""
    command = write_command(edit=edit, items=books.list_items())
    if command is not None:
        books.pull(command["method"], command["path"], command["body"])


def write_command(*, edit: Edit, items: list[Known]) -> Command | None:
    """This will write an edit for the items as they are, or give None if none fits."""
    if edit.kind in _BESIDE_ITEMS:
        return _BESIDE_ITEMS[edit.kind](edit)
    fitting = [item for item in items if _FITS[edit.kind](item)]
    if not fitting:
        return None
    item = fitting[edit.pick % len(fitting)]
    path = f"items/{item['id']}"
    if edit.kind == "merge":
        alike = [each for each in fitting if each["type"] == item["type"] and each is not item]
        if not alike:
            return None
        into = alike[edit.other % len(alike)]["id"]
        return {"method": "POST", "path": f"{path}/merge", "body": {"into": into}}
    if edit.kind == "namesake":
        body = _draft(edit) | {"name": item["name"].removesuffix(" (deleted)")}
        return {"method": "POST", "path": "items", "body": body}
    return {"method": "PATCH", "path": path, "body": _CHANGES[edit.kind](edit, item)}


def _is_active_item(item: Known) -> bool:
    return bool(item["active"]) and item["type"] != "Category"


def _is_plain(item: Known) -> bool:
    return _is_active_item(item) and item["type"] != "Group"


def _is_stock(item: Known) -> bool:
    return bool(item["active"]) and item["type"] == "Inventory"


_FITS: dict[str, Callable[[Known], bool]] = {
    "rename": _is_active_item,
    "reprice": _is_plain,
    "recost": _is_plain,
    "describe": _is_plain,
    "sku": _is_plain,
    "count": _is_stock,
    "empty": lambda item: _is_stock(item) and bool(item["quantity_on_hand"]),
    "deactivate": _is_active_item,
    "reactivate": lambda item: not item["active"],
    "merge": _is_plain,
    "retype": lambda item: bool(item["active"]) and item["type"] in ("Service", "NonInventory"),
    "recategorise": lambda item: item["type"] == "Category",
    "namesake": lambda item: not item["active"] and item["type"] != "Category",
}


def _price(number: int) -> float | None:
    """Give a price with up to seven decimals; sometimes none, sometimes nothing."""
    if number % 11 == 0:
        return None
    return 0.0 if number % 13 == 0 else float(Decimal(number).scaleb(-(number % 6) - 2))


def _retyped(_: Edit, item: Known) -> dict[str, object]:
    return {"type": "Service" if item["type"] == "NonInventory" else "NonInventory"}


def _reactivated(edit: Edit, _: Known) -> dict[str, object]:
    return {"active": True} | ({"name": f"Back {edit.number}"} if edit.number % 2 else {})


_CHANGES: dict[str, Callable[[Edit, Known], dict[str, object]]] = {
    "rename": lambda edit, _: {"name": f"Renamed {edit.number}"},
    "reprice": lambda edit, _: {"unit_price": _price(edit.number)},
    "recost": lambda edit, _: {"purchase_cost": _price(edit.number)},
    "describe": lambda edit, _: {"description": f"As of {edit.number} “new”"},
    "sku": lambda edit, _: {"sku": f"SKU-{edit.number}" if edit.number % 5 else None},
    "count": lambda edit, _: {"quantity_on_hand": edit.number % 90_000 / 1_000},
    "empty": lambda _edit, _: {"quantity_on_hand": 0},
    "deactivate": lambda _edit, _: {"active": False},
    "reactivate": _reactivated,
    "retype": _retyped,
    "recategorise": lambda edit, _: {"name": f"Shelf {edit.number}"},
}


def _rename_account(edit: Edit) -> Command:
    path = f"accounts/{_SOME_ACCOUNTS[edit.pick % len(_SOME_ACCOUNTS)]}"
    return {"method": "PATCH", "path": path, "body": {"name": f"Account {edit.number}"}}


def _change_vendor(edit: Edit) -> Command:
    if edit.number % 3 == 0:
        return {"method": "POST", "path": "vendors", "body": {"name": f"Vendor {edit.number}"}}
    change: dict[str, object] = {"active": bool(edit.number % 2)}
    if edit.number % 5 == 0:
        change = {"name": f"Renamed vendor {edit.number}"}
    path = f"vendors/{_SOME_VENDORS[edit.pick % len(_SOME_VENDORS)]}"
    return {"method": "PATCH", "path": path, "body": change}


def _create(edit: Edit) -> Command:
    return {"method": "POST", "path": "items", "body": _draft(edit)}


_SOME_ACCOUNTS = (4, 31, 35, 79, 80, 81)
_SOME_VENDORS = (5, 6, 7, 8)
_BESIDE_ITEMS: dict[str, Callable[[Edit], Command]] = {
    "create": _create,
    "account": _rename_account,
    "vendor": _change_vendor,
}


def _draft(edit: Edit) -> dict[str, object]:
    kind = ("Inventory", "Inventory", "Service", "NonInventory", "Category")[edit.pick % 5]
    draft: dict[str, object] = {"type": kind, "name": f"New {kind} {edit.number}"}
    if kind != "Category":
        draft |= {"unit_price": _price(edit.number), "sku": f"N-{edit.number}"}
    if kind == "Inventory":
        draft |= {"purchase_cost": 3.25, "quantity_on_hand": edit.number % 50}
    return draft
