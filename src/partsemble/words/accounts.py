"""What accounts of a chart are called."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from partsemble.accounting.documents import AccountType

ACCOUNT_TYPE_WORDS: Final[Mapping[AccountType, str]] = MappingProxyType(
    {
        AccountType.BANK: "Bank",
        AccountType.RECEIVABLE: "Accounts receivable",
        AccountType.OTHER_CURRENT_ASSET: "Other current asset",
        AccountType.FIXED_ASSET: "Fixed asset",
        AccountType.OTHER_ASSET: "Other asset",
        AccountType.PAYABLE: "Accounts payable",
        AccountType.CREDIT_CARD: "Credit card",
        AccountType.OTHER_CURRENT_LIABILITY: "Other current liability",
        AccountType.LONG_TERM_LIABILITY: "Long-term liability",
        AccountType.EQUITY: "Equity",
        AccountType.INCOME: "Income",
        AccountType.COST_OF_GOODS_SOLD: "Cost of goods sold",
        AccountType.EXPENSE: "Expense",
        AccountType.OTHER_INCOME: "Other income",
        AccountType.OTHER_EXPENSE: "Other expense",
        AccountType.OTHER: "Other",
    }
)
