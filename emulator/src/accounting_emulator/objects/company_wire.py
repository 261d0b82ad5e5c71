"""CompanyInfo and Preferences as JSON (QBO API reference; recorded sandbox answers).

What a company is founded with comes from its profile; what was changed since lies over it,
property by property at the top and section by section in Preferences.
"""

from collections.abc import Callable, Mapping
from typing import Any

from accounting_emulator.books import Books
from accounting_emulator.objects.wire import ENCODER, WireMeta
from accounting_emulator.profile import CompanyProfile

FIRST_TOKENS = {"CompanyInfo": 4, "Preferences": 1}
Facts = dict[str, Any]


def company_info_facts(*, books: Books, profile: CompanyProfile) -> Facts:
    """Give what CompanyInfo says, as JSON values."""
    return _founding_company_info(profile) | books.settings["CompanyInfo"].details


def preference_facts(*, books: Books, profile: CompanyProfile) -> Facts:
    """Give what Preferences say; BookCloseDate is absent unless the books are closed."""
    facts = _founding_preferences(profile) | books.settings["Preferences"].details
    accounting = dict(facts["AccountingInfoPrefs"])
    accounting.pop("BookCloseDate", None)
    if books.ledger.closed_through is not None:
        accounting["BookCloseDate"] = books.ledger.closed_through
    return facts | {"AccountingInfoPrefs": accounting}


FACTS: Mapping[str, Callable[..., Facts]] = {
    "CompanyInfo": company_info_facts,
    "Preferences": preference_facts,
}


def render_single(*, name: str, books: Books, profile: CompanyProfile, meta: WireMeta) -> bytes:
    """Give CompanyInfo or Preferences as JSON; the Id of either is always "1"."""
    token = FIRST_TOKENS[name] + books.settings[name].sync_token
    frame = {
        "domain": "QBO",
        "sparse": False,
        "Id": "1",
        "SyncToken": str(token),
        "MetaData": meta,
    }
    return ENCODER.encode(FACTS[name](books=books, profile=profile) | frame)


def _founding_company_info(profile: CompanyProfile) -> Facts:
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
    return {
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
    }


def _founding_preferences(profile: CompanyProfile) -> Facts:
    return {
        "AccountingInfoPrefs": {
            "FirstMonthOfFiscalYear": profile.place.fiscal_start,
            "UseAccountNumbers": False,
            "TaxYearMonth": "January",
            "ClassTrackingPerTxn": False,
            "TrackDepartments": False,
            "CustomerTerminology": "Customers",
        },
        "ProductAndServicesPrefs": {
            "ForSales": True,
            "ForPurchase": True,
            "QuantityWithPriceAndRate": True,
            "QuantityOnHand": profile.has_stock,
            "RevenueRecognition": False,
        },
        **_founding_forms(profile),
        "VendorAndPurchasesPrefs": {
            "BillableExpenseTracking": True,
            "TrackingByCustomer": True,
            "POCustomField": [],
        },
        "TimeTrackingPrefs": {
            "UseServices": True,
            "BillCustomers": True,
            "ShowBillRateToAll": False,
            "MarkTimeEntriesBillable": True,
            "WorkWeekStartDate": "Monday",
        },
        "TaxPrefs": {"UsingSalesTax": True, "PartnerTaxEnabled": profile.country == "US"},
        "CurrencyPrefs": {
            "MultiCurrencyEnabled": False,
            "HomeCurrency": {"value": profile.currency},
        },
        "ReportPrefs": {"ReportBasis": "Accrual", "CalcAgingReportFromTxnDate": False},
        "OtherPrefs": {
            "NameValue": [
                {"Name": "SalesFormsPrefs.DefaultCustomerMessage", "Value": _THANKS},
                {"Name": "SalesFormsPrefs.DefaultItem", "Value": "1"},
            ]
        },
    }


def _founding_forms(profile: CompanyProfile) -> Facts:
    return {
        "SalesFormsPrefs": {
            "CustomTxnNumbers": False,
            "AllowDeposit": True,
            "AllowDiscount": True,
            "AllowShipping": True,
            "DefaultTerms": {"value": "3"},
            "DefaultCustomerMessage": _THANKS,
            "UsingProgressInvoicing": False,
        },
        "EmailMessagesPrefs": {
            f"{form}Message": {"Subject": f"{form} from {profile.name}", "Message": _THANKS}
            for form in ("Invoice", "Estimate", "SalesReceipt", "Statement")
        },
    }


_THANKS = "Thank you, and may it burn for years."
