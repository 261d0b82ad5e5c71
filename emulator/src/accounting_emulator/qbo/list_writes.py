"""Name list entries from bodies to commands (QBO API reference: Customer, Vendor, Term, …)."""

from collections.abc import Callable

from msgspec import UNSET, UnsetType

from accounting_emulator.books import (
    PEOPLE,
    Command,
    Details,
    ListEntry,
    ListName,
    Refusal,
    SaveEntry,
)
from accounting_emulator.objects import sheets
from accounting_emulator.qbo.bodies import Body
from accounting_emulator.qbo.choices import choice, details_of, kept_choice
from accounting_emulator.qbo.errors import missing
from accounting_emulator.qbo.references import number_of
from accounting_emulator.qbo.room import Room

_NAME_PARTS = ("Title", "GivenName", "MiddleName", "FamilyName", "Suffix")
_DEFAULTS: dict[str, Details] = {
    "Customer": {
        "Taxable": True,
        "BillWithParent": False,
        "PreferredDeliveryMethod": "Print",
        "DefaultTaxCodeRef": {"value": "2"},
    },
    "Vendor": {"Vendor1099": False},
    "Employee": {"BillableTime": False},
    "PaymentMethod": {"Type": "NON_CREDIT_CARD"},
}


def list_command(name: ListName) -> Callable[[Body, Room], Command]:
    """Give the function that makes commands for one list."""

    def compose(body: Body, room: Room) -> Command:
        old = None if body.id is None else room.company.books.lists[name].rows[body.id]
        return SaveEntry(
            at=room.at,
            today=room.today,
            list=name,
            entry_id=body.id,
            name=_name(name, body, old),
            parent_id=_parent(name, body, old),
            active=UNSET if old is None else kept_choice(body=body, name="Active"),
            details=_details(name, body),
        )

    return compose


def _name(name: ListName, body: Body, old: ListEntry | None) -> str | UnsetType:
    if name not in PEOPLE:
        chosen: str | UnsetType | None = choice(body=body, name="Name")
        if chosen is None:
            raise missing(element="Name")
        return chosen
    chosen = kept_choice(body=body, name="DisplayName")
    if chosen is not UNSET:
        return chosen
    composed = " ".join(body.given[part] for part in _NAME_PARTS if body.given.get(part))
    if old is None or (body.is_full and composed):
        if not composed:
            raise Refusal(
                "no_name",
                "At least one of Title, GivenName, MiddleName, FamilyName, DisplayName, Suffix "
                "is required.",
            )
        return composed
    return UNSET


def _details(name: ListName, body: Body) -> Details:
    flag = sheets.TREE_FLAGS.get(name, "")
    known = frozenset({"Name", "DisplayName", "Active", "ParentRef", flag})
    sheet = sheets.BY_NAME[name.lower()]
    details = details_of(body=body, sheet=sheet, known=known)
    defaults = dict(_DEFAULTS.get(name, {}))
    if name in PEOPLE and body.is_full:
        defaults["PrintOnCheckName"] = body.given.get("DisplayName") or _composed(body)
    if name == "Term" and body.is_full:
        details["Type"] = "DATE_DRIVEN" if body.given.get("DayOfMonthDue") else "STANDARD"
    if body.is_full:
        for key, value in defaults.items():
            if details.get(key) is None:
                details[key] = value
    return details


def _composed(body: Body) -> str:
    return " ".join(body.given[part] for part in _NAME_PARTS if body.given.get(part))


def _parent(name: ListName, body: Body, old: ListEntry | None) -> int | UnsetType | None:
    """Settle where an entry stands; the flag and ParentRef belong together."""
    flag = sheets.TREE_FLAGS.get(name)
    if flag is None:
        return UNSET
    is_sub = choice(body=body, name=flag)
    parent: dict[str, str] | UnsetType | None = choice(body=body, name="ParentRef")
    if is_sub is False:
        return None
    if is_sub and not parent:
        if body.is_sparse and parent is UNSET and old is not None and old.parent_id is not None:
            return UNSET
        raise Refusal("parent_missing", f"With {flag} goes a ParentRef.", element="ParentRef")
    return parent if parent is UNSET else number_of(ref=parent)
