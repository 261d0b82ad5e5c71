"""The chart of accounts a new company starts with.

The ids 79, 80 and 81 are the ones of the public sandbox company, because many published
samples and client tests name them.
"""

from accounting_emulator.named import Named

SALES_OF_PRODUCT_INCOME = 79
COST_OF_GOODS_SOLD = 80
INVENTORY_ASSET = 81
OPENING_BALANCE_EQUITY = 34
INVENTORY_SHRINKAGE = 91
SALES = 1
SERVICES = 48
SUPPLIES = 20
CHECKING = 35

DEBIT_CLASSES = ("Asset", "Expense")
BALANCE_SHEET_CLASSES = ("Asset", "Liability", "Equity")


class Account(Named, frozen=True, kw_only=True):
    """One ledger account, in the words of the QBO API reference, Account."""

    classification: str
    account_type: str
    account_sub_type: str
    number: str | None = None
    description: str | None = None


_ROWS = (
    (SALES, "Sales", "Revenue", "Income", "SalesOfProductIncome"),
    (SUPPLIES, "Workshop Supplies", "Expense", "Expense", "SuppliesMaterials"),
    (21, "Rent", "Expense", "Expense", "RentOrLeaseOfBuildings"),
    (22, "Packing & Postage", "Expense", "Expense", "ShippingFreightDelivery"),
    (30, "Wages", "Expense", "Expense", "PayrollExpenses"),
    (33, "Accounts Payable (A/P)", "Liability", "Accounts Payable", "AccountsPayable"),
    (OPENING_BALANCE_EQUITY, "Opening Balance Equity", "Equity", "Equity", "OpeningBalanceEquity"),
    (CHECKING, "Checking", "Asset", "Bank", "Checking"),
    (36, "Savings", "Asset", "Bank", "Savings"),
    (37, "Workshop Equipment", "Asset", "Fixed Asset", "MachineryAndEquipment"),
    (2, "Retained Earnings", "Equity", "Equity", "RetainedEarnings"),
    (41, "Visa", "Liability", "Credit Card", "CreditCard"),
    (SERVICES, "Repairs and Fitting", "Revenue", "Income", "ServiceFeeIncome"),
    (SALES_OF_PRODUCT_INCOME, "Sales of Product Income", "Revenue", "Income",
     "SalesOfProductIncome"),
    (COST_OF_GOODS_SOLD, "Cost of Goods Sold", "Expense", "Cost of Goods Sold",
     "SuppliesMaterialsCogs"),
    (INVENTORY_ASSET, "Inventory Asset", "Asset", "Other Current Asset", "Inventory"),
    (82, "Work in Progress", "Asset", "Other Current Asset", "OtherCurrentAssets"),
    (84, "Accounts Receivable (A/R)", "Asset", "Accounts Receivable", "AccountsReceivable"),
    (89, "Sales Tax Payable", "Liability", "Other Current Liability", "SalesTaxPayable"),
    (90, "Labor Applied", "Expense", "Cost of Goods Sold", "CostOfLaborCos"),
    (INVENTORY_SHRINKAGE, "Inventory Shrinkage", "Expense", "Cost of Goods Sold",
     "SuppliesMaterialsCogs"),
    (92, "Old Gallery Sales", "Revenue", "Income", "SalesOfProductIncome"),
)  # fmt: skip
_INACTIVE = {92}


def standard_chart(*, created_at: int) -> tuple[Account, ...]:
    """Make the accounts of a new US company; `created_at` is in seconds since 1970 UTC."""
    return tuple(
        Account(
            id=number,
            name=shown,
            full_name=shown,
            classification=classification,
            account_type=account_type,
            account_sub_type=sub_type,
            active=number not in _INACTIVE,
            created_at=created_at,
            updated_at=created_at,
            sync_token=1 if number in _INACTIVE else 0,
        )
        for number, name, classification, account_type, sub_type in _ROWS
        for shown in (f"{name} (deleted)" if number in _INACTIVE else name,)
    )
