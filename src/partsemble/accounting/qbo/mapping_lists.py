"""QuickBooks' accounts and vendors in the neutral language. Pure.

Source: QBO accounting API reference: Account (AccountType, Classification), Vendor.
"""

from types import MappingProxyType
from typing import Final

from partsemble.accounting.documents import (
    AccountClass,
    AccountType,
    LedgerAccount,
    RecordPage,
    Vendor,
)
from partsemble.accounting.qbo import wire_lists as wire
from partsemble.accounting.qbo.mapping import former_name
from partsemble.accounting.qbo.wire import Ref

ACCOUNT_TYPES: Final = MappingProxyType(
    {
        "Bank": AccountType.BANK,
        "Accounts Receivable": AccountType.RECEIVABLE,
        "Other Current Asset": AccountType.OTHER_CURRENT_ASSET,
        "Fixed Asset": AccountType.FIXED_ASSET,
        "Other Asset": AccountType.OTHER_ASSET,
        "Accounts Payable": AccountType.PAYABLE,
        "Credit Card": AccountType.CREDIT_CARD,
        "Other Current Liability": AccountType.OTHER_CURRENT_LIABILITY,
        "Long Term Liability": AccountType.LONG_TERM_LIABILITY,
        "Equity": AccountType.EQUITY,
        "Income": AccountType.INCOME,
        "Cost of Goods Sold": AccountType.COST_OF_GOODS_SOLD,
        "Expense": AccountType.EXPENSE,
        "Other Income": AccountType.OTHER_INCOME,
        "Other Expense": AccountType.OTHER_EXPENSE,
    }
)
CLASSIFICATIONS: Final = MappingProxyType(
    {
        "Asset": AccountClass.ASSET,
        "Liability": AccountClass.LIABILITY,
        "Equity": AccountClass.EQUITY,
        "Revenue": AccountClass.REVENUE,
        "Expense": AccountClass.EXPENSE,
    }
)
_NO_REF: Final = Ref()


def map_account_page(page: wire.RowsRead[wire.Account]) -> RecordPage[LedgerAccount]:
    """This will turn a page of QuickBooks' accounts into a page of ledger accounts."""
    return RecordPage(
        records=tuple(map(map_account, page.rows)),
        row_count=len(page.rows) + page.malformed_count,
        unreadable_count=page.malformed_count,
    )


def map_account(row: wire.Account) -> LedgerAccount:
    """This will turn one of QuickBooks' accounts into a ledger account.

    The mark that QuickBooks puts behind the name of a deactivated account is left off.
    """
    return LedgerAccount(
        external_id=row.id,
        number=row.acct_num,
        name=former_name(name=row.name, is_active=row.active),
        full_name=former_name(name=row.fully_qualified_name or row.name, is_active=row.active),
        type=ACCOUNT_TYPES.get(row.account_type, AccountType.OTHER),
        subtype=row.account_sub_type,
        classification=CLASSIFICATIONS.get(row.classification, AccountClass.OTHER),
        currency=(row.currency_ref or _NO_REF).value,
        is_active=row.active,
        parent_id=(row.parent_ref or _NO_REF).value,
        revision=row.sync_token,
    )


def map_vendor_page(page: wire.RowsRead[wire.Vendor]) -> RecordPage[Vendor]:
    """This will turn a page of QuickBooks' vendors into a page of vendors."""
    return RecordPage(
        records=tuple(map(map_vendor, page.rows)),
        row_count=len(page.rows) + page.malformed_count,
        unreadable_count=page.malformed_count,
    )


def map_vendor(row: wire.Vendor) -> Vendor:
    """This will turn one of QuickBooks' vendors into a vendor."""
    return Vendor(
        external_id=row.id,
        name=former_name(name=row.display_name, is_active=row.active),
        currency=(row.currency_ref or _NO_REF).value,
        is_active=row.active,
        revision=row.sync_token,
    )
