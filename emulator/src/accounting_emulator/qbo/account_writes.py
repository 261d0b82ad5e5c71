"""Accounts from bodies to commands (QBO API reference, Account)."""

from decimal import Decimal

from msgspec import UNSET, UnsetType

from accounting_emulator.books import AccountFields, Command, Refusal, SaveAccount
from accounting_emulator.objects import sheets
from accounting_emulator.qbo.bodies import Body
from accounting_emulator.qbo.choices import choice, details_of, kept_choice
from accounting_emulator.qbo.errors import missing
from accounting_emulator.qbo.references import number_of
from accounting_emulator.qbo.room import Room

_KNOWN = frozenset(
    {
        *("Name", "AcctNum", "Description", "AccountType", "AccountSubType", "Active"),
        *("SubAccount", "ParentRef", "OpeningBalance", "OpeningBalanceDate"),
    }
)


def account_command(body: Body, room: Room) -> Command:
    """Make the command that creates or edits an account.

    Raises:
        ApiFault: it has no name (2020).
        Refusal: it is a sub-account without a parent.
    """
    name = choice(body=body, name="Name")
    if name is None:
        raise missing(element="Name")
    is_new = body.id is None
    kind = kept_choice(body=body, name="AccountType")
    sub_type = kept_choice(body=body, name="AccountSubType")
    return SaveAccount(
        at=room.at,
        today=room.today,
        account_id=body.id,
        fields=AccountFields(
            name=name,
            number=choice(body=body, name="AcctNum"),
            description=choice(body=body, name="Description"),
            account_type=None if is_new and kind is UNSET else kind,
            account_sub_type=None if is_new and sub_type is UNSET else sub_type,
            parent_id=_parent(body),
            active=UNSET if is_new else kept_choice(body=body, name="Active"),
        ),
        details=details_of(body=body, sheet=sheets.ACCOUNT, known=_KNOWN),
        opening_balance=(body.given.get("OpeningBalance") if is_new else None) or Decimal(0),
        opened_on=body.given.get("OpeningBalanceDate") if is_new else None,
    )


def _parent(body: Body) -> int | UnsetType | None:
    is_sub = choice(body=body, name="SubAccount")
    parent: dict[str, str] | UnsetType | None = choice(body=body, name="ParentRef")
    if is_sub is False:
        return None
    if is_sub and not parent:
        if body.is_sparse and parent is UNSET:
            return UNSET
        raise Refusal("parent_missing", "A sub-account needs its ParentRef.", element="ParentRef")
    return parent if parent is UNSET else number_of(ref=parent)
