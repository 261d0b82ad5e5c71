"""The name lists every new company starts with: a few people to deal with, and the usual terms."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from accounting_emulator.books import ListEntry, ListName

_PLACES = {
    "Port Townsend": ("WA", "98368"),
    "Seattle": ("WA", "98104"),
    "Portland": ("OR", "97209"),
    "Astoria": ("OR", "97103"),
}


def _place(line: str, city: str) -> dict[str, str]:
    state, code = _PLACES[city]
    return {"Line1": line, "City": city, "CountrySubDivisionCode": state, "PostalCode": code}


_Row = tuple[ListName, str, int | None, dict[str, Any]]


def _customer(name: str, parent: int | None = None, **more: object) -> _Row:
    fixed = {
        "Taxable": True,
        "BillWithParent": False,
        "PreferredDeliveryMethod": "Print",
        "PrintOnCheckName": name,
    }
    return ("Customer", name, parent, fixed | more)


def _vendor(name: str, **more: object) -> _Row:
    return ("Vendor", name, None, {"Vendor1099": False, "PrintOnCheckName": name} | more)


_ROWS: tuple[_Row, ...] = (
    _customer(
        "Gull & Anchor Inn",
        CompanyName="Gull & Anchor Inn",
        BillAddr=_place("3 Harbor Row", "Astoria"),
        PrimaryEmailAddr={"Address": "inn@example.com"},
        PrimaryPhone={"FreeFormNumber": "(503) 555-0110"},
        SalesTermRef={"value": "3"},
    ),
    _customer("Dining room", 1, BillAddr=_place("3 Harbor Row", "Astoria")),
    _customer("O'Hara Interiors", CompanyName="O'Hara Interiors",
              BillAddr=_place("88 Pine St", "Seattle")),
    _customer("Ines Duarte", GivenName="Ines", FamilyName="Duarte",
              PrimaryPhone={"FreeFormNumber": "(360) 555-0131"}),
    _vendor("Brightwire Supply", CompanyName="Brightwire Supply", AcctNum="HR-204",
            BillAddr=_place("1200 Mill Rd", "Portland"), TermRef={"value": "3"},
            PrimaryEmailAddr={"Address": "orders@example.com"}),
    _vendor("Kelso Timber & Veneer", CompanyName="Kelso Timber & Veneer"),
    _vendor("Saltmarsh Reed", CompanyName="Saltmarsh Reed", WebAddr={"URI": "http://example.com"}),
    _vendor("Old Foundry (deleted)", is_active=False),
    ("Employee", "Maeve Lindqvist", None,
     {"GivenName": "Maeve", "FamilyName": "Lindqvist", "BillableTime": False,
      "PrintOnCheckName": "Maeve Lindqvist", "HiredDate": "2024-01-15"}),
    ("Employee", "Tomas Reyes", None,
     {"GivenName": "Tomas", "FamilyName": "Reyes", "BillableTime": False,
      "PrintOnCheckName": "Tomas Reyes"}),
    ("Term", "Due on receipt", None, {"Type": "STANDARD", "DueDays": 0}),
    ("Term", "Net 15", None, {"Type": "STANDARD", "DueDays": 15}),
    ("Term", "Net 30", None, {"Type": "STANDARD", "DueDays": 30}),
    ("Term", "2% 10 Net 30", None,
     {"Type": "STANDARD", "DueDays": 30, "DiscountDays": 10, "DiscountPercent": Decimal(2)}),
    ("PaymentMethod", "Cash", None, {"Type": "NON_CREDIT_CARD"}),
    ("PaymentMethod", "Check", None, {"Type": "NON_CREDIT_CARD"}),
    ("PaymentMethod", "Visa", None, {"Type": "CREDIT_CARD"}),
    ("Class", "Retail", None, {}),
    ("Class", "Trade", None, {}),
    ("Class", "Hotels", 2, {}),
    ("Department", "Workshop", None, {}),
    ("Department", "Shop", None, {}),
    ("TaxRate", "Washington", None,
     {"RateValue": Decimal("9.1"), "AgencyRef": {"value": "1"}, "SpecialTaxType": "NONE",
      "DisplayType": "ReadOnly"}),
    ("TaxCode", "Out of scope", None,
     {"Description": "Nothing to tax", "Taxable": False, "TaxGroup": False}),
    ("TaxCode", "Washington", None,
     {"Description": "Washington", "Taxable": True, "TaxGroup": True,
      "SalesTaxRateList": {"TaxRateDetail": [
          {"TaxRateRef": {"value": "1", "name": "Washington"},
           "TaxTypeApplicable": "TaxOnAmount", "TaxOrder": 0}]}}),
)  # fmt: skip


def standard_lists(*, created_at: int) -> Iterator[tuple[ListName, ListEntry]]:
    """Make the entries of a new US company's lists; `created_at` in seconds since 1970 UTC."""
    counts: dict[str, int] = {}
    names: dict[tuple[str, int], str] = {}
    for list_name, name, parent, details in _ROWS:
        kept = dict(details)
        is_active = kept.pop("is_active", True)
        ids = "people" if list_name in ("Customer", "Vendor", "Employee") else list_name
        number = counts[ids] = counts.get(ids, 0) + 1
        full_name = f"{names[list_name, parent]}:{name}" if parent else name
        names[list_name, number] = full_name
        yield (
            list_name,
            ListEntry(
                id=number,
                name=name,
                full_name=full_name,
                parent_id=parent,
                level=full_name.count(":"),
                active=is_active,
                created_at=created_at,
                updated_at=created_at,
                sync_token=0 if is_active else 1,
                details=kept,
            ),
        )
