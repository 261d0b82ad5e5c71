"""CompanyInfo and Preferences as JSON (QBO API reference; recorded sandbox answers)."""

from typing import Any

import msgspec

from accounting_emulator.profile import CompanyProfile
from accounting_emulator.qbo.wire import WireMeta


def render_company_info(*, profile: CompanyProfile, meta: WireMeta) -> bytes:
    """Give CompanyInfo as JSON; its Id is always "1"."""
    place = profile.place
    address = {
        "Id": "1",
        "Line1": place.line,
        "City": place.city,
        "Country": place.code,
        "CountrySubDivisionCode": place.region,
        "PostalCode": place.postal_code,
    }
    pairs = {
        "NeoEnabled": "true",
        "IsQbdtMigrated": "false",
        "SubscriptionStatus": "SUBSCRIBED",
        "OfferingSku": profile.offering,
        "QBOIndustryType": "Lighting Fixture Manufacturing",
        "ItemCategoriesFeature": "true",
    }
    return msgspec.json.encode(
        {
            "CompanyName": profile.name,
            "LegalName": profile.name,
            "CompanyAddr": address,
            "CustomerCommunicationAddr": address,
            "LegalAddr": address,
            "CompanyEmailAddr": {"Address": "workshop@example.com"},
            "PrimaryPhone": {"FreeFormNumber": place.phone},
            "CompanyStartDate": profile.founded_on,
            "FiscalYearStartMonth": place.fiscal_start,
            "Country": profile.country,
            "Email": {"Address": "workshop@example.com"},
            "WebAddr": {},
            "SupportedLanguages": "en",
            "DefaultTimeZone": profile.time_zone,
            "NameValue": [{"Name": name, "Value": value} for name, value in pairs.items()],
            "domain": "QBO",
            "sparse": False,
            "Id": "1",
            "SyncToken": "4",
            "MetaData": meta,
        }
    )


def render_preferences(*, profile: CompanyProfile, meta: WireMeta) -> bytes:
    """Give Preferences as JSON; BookCloseDate is absent unless the books are closed."""
    accounting: dict[str, Any] = {
        "FirstMonthOfFiscalYear": profile.place.fiscal_start,
        "UseAccountNumbers": False,
        "TaxYearMonth": "January",
        "ClassTrackingPerTxn": False,
        "TrackDepartments": False,
        "CustomerTerminology": "Customers",
    }
    if profile.closed_through is not None:
        accounting["BookCloseDate"] = profile.closed_through
    home_currency = {"value": profile.currency}
    return msgspec.json.encode(
        {
            "AccountingInfoPrefs": accounting,
            "ProductAndServicesPrefs": {
                "ForSales": True,
                "ForPurchase": True,
                "QuantityWithPriceAndRate": True,
                "QuantityOnHand": profile.has_stock,
                "RevenueRecognition": {"Enabled": False},
            },
            "SalesFormsPrefs": {
                "CustomTxnNumbers": False,
                "AllowDeposit": True,
                "AllowDiscount": True,
                "AllowShipping": True,
                "DefaultTerms": {"value": "3"},
                "UsingProgressInvoicing": False,
            },
            "EmailMessagesPrefs": {},
            "VendorAndPurchasesPrefs": {
                "BillableExpenseTracking": True,
                "TrackingByCustomer": True,
                "POCustomField": [],
            },
            "TimeTrackingPrefs": {"UseServices": True, "WorkWeekStartDate": "Monday"},
            "TaxPrefs": {"UsingSalesTax": True, "PartnerTaxEnabled": profile.country == "US"},
            "CurrencyPrefs": {"MultiCurrencyEnabled": False, "HomeCurrency": home_currency},
            "ReportPrefs": {"ReportBasis": "Accrual", "CalcAgingReportFromTxnDate": False},
            "OtherPrefs": {"NameValue": [{"Name": "SalesFormsPrefs.DefaultItem", "Value": "1"}]},
            "domain": "QBO",
            "sparse": False,
            "Id": "1",
            "SyncToken": "1",
            "MetaData": meta,
        }
    )
