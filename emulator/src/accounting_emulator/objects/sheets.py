"""The property tables of all objects this emulator has (QBO API reference; Intuit's schema)."""

from accounting_emulator.objects.fields import Sheet, fixed, plain, reckoned, ref, text

_CONTACTS = (
    *plain("phone", "PrimaryPhone AlternatePhone Mobile Fax", "f"),
    *plain("email", "PrimaryEmailAddr", "f"),
    *plain("web", "WebAddr"),
    *plain("rest", "OtherContactInfo OtherAddr"),
)
_PERSON = (
    text("Title", 16),
    text("GivenName", 100, "fs"),
    text("MiddleName", 100, "fs"),
    text("FamilyName", 100, "fs"),
    text("Suffix", 16),
    text("DisplayName", 500, "fs"),
    text("PrintOnCheckName", 110, "f"),
    *plain("flag", "Active", "f"),
    *plain("flag", "Organization"),
    *fixed("UserId V4IDPseudonym"),
    *_CONTACTS,
)

ITEM = Sheet(
    name="Item",
    fields=(
        text("Name", 100, "fs"),
        text("Sku", 100, "f"),
        text("Description", 4_000),
        text("PurchaseDesc", 1_000),
        text("Type", 30, "fs"),
        *plain("flag", "Active", "f"),
        *plain("flag", "SubItem Taxable SalesTaxIncluded PurchaseTaxIncluded TrackQtyOnHand "
               "DeferredRevenue"),
        *plain("number", "PurchaseCost QtyOnHand ReorderPoint"),
        *plain("number", "UnitPrice", "s"),
        *plain("day", "InvStartDate"),
        ref("ParentRef", "Item"),
        ref("IncomeAccountRef", "Account"),
        ref("ExpenseAccountRef", "Account"),
        ref("AssetAccountRef", "Account"),
        ref("PrefVendorRef", "Vendor"),
        ref("ClassRef", "Class"),
        ref("SalesTaxCodeRef", "TaxCode"),
        ref("PurchaseTaxCodeRef", "TaxCode"),
        ref("TaxClassificationRef", ""),
        text("ItemCategoryType", 100),
        text("ServiceType", 100),
        *plain("number", "AbatementRate ReverseChargeRate"),
        *plain("rest", "CustomExtensions"),
        *fixed("FullyQualifiedName", "f"),
        *fixed("Level AvgCost QtyOnPurchaseOrder QtyOnSalesOrder BuildPoint COGSAccountRef "
               "ItemGroupDetail PrintGroupedItems ItemAssemblyDetail Source ManPartNum "
               "PaymentMethodRef UOMSetRef DepositToAccountRef RatePercent PercentBased "
               "SpecialItem SpecialItemType ItemEx UQCDisplayText UQCId"),
    ),
)  # fmt: skip

ACCOUNT = Sheet(
    name="Account",
    fields=(
        text("Name", 100, "fs"),
        text("AcctNum", 20, "fs"),
        text("Description", 4_000, "f"),
        text("AccountType", 100, "fs"),
        text("AccountSubType", 100, "f"),
        *plain("flag", "Active", "f"),
        *plain("flag", "SubAccount", "f"),
        ref("ParentRef", "Account", "f"),
        ref("TaxCodeRef", "TaxCode"),
        ref("CurrencyRef", ""),
        text("AccountAlias", 100),
        text("TxnLocationType", 100),
        *plain("number", "OpeningBalance"),
        *plain("day", "OpeningBalanceDate"),
        *fixed("FullyQualifiedName", "fs"),
        *fixed("Classification", "f"),
        *reckoned("CurrentBalance", "fs"),
        *fixed("CurrentBalanceWithSubAccounts AccountPurposes AcctNumExtn BankNum TaxAccount "
               "OnlineBankingEnabled FIName JournalCodeRef AccountEx"),
    ),
)  # fmt: skip

CUSTOMER = Sheet(
    name="Customer",
    fields=(
        *_PERSON,
        text("CompanyName", 100, "fs"),
        text("Notes", 2_000),
        text("ResaleNum", 16),
        text("PreferredDeliveryMethod", 20),
        text("PrimaryTaxIdentifier", 20),
        text("SecondaryTaxIdentifier", 20),
        text("BusinessNumber", 10),
        text("GSTIN", 15),
        text("GSTRegistrationType", 15),
        text("TaxExemptionReasonId", 4),
        text("AcctNum", 100),
        *plain("flag", "Taxable BillWithParent IsProject"),
        *plain("flag", "Job", "f"),
        *plain("day", "OpenBalanceDate"),
        *plain("address", "BillAddr ShipAddr"),
        *plain("number", "CreditLimit"),
        ref("ParentRef", "Customer"),
        ref("SalesTermRef", "Term"),
        ref("PaymentMethodRef", "PaymentMethod"),
        ref("DefaultTaxCodeRef", "TaxCode"),
        ref("ARAccountRef", "Account"),
        ref("CurrencyRef", ""),
        ref("CustomerTypeRef", ""),
        *fixed("FullyQualifiedName", "fs"),
        *reckoned("Balance", "fs"),
        *fixed("BalanceWithJobs Level RootCustomerRef ContactName AltContactName SalesRepRef "
               "TaxGroupCodeRef TaxRateRef CCDetail PriceLevelRef OverDueBalance TotalRevenue "
               "TotalExpense JobInfo TDSEnabled CustomerEx ClientCompanyId ClientEntityId "
               "IsCISContractor Source TaxRegime"),
    ),
)  # fmt: skip

VENDOR = Sheet(
    name="Vendor",
    fields=(
        *_PERSON,
        text("CompanyName", 100, "fs"),
        text("AcctNum", 100, "f"),
        text("TaxIdentifier", 20),
        text("TaxReportingBasis", 20),
        text("BusinessNumber", 10),
        text("GSTIN", 15),
        text("GSTRegistrationType", 15),
        text("Notes", 1_024),
        *plain("flag", "Vendor1099 T4AEligible T5018Eligible HasTPAR IsSubContractor"),
        *plain("number", "BillRate CostRate CreditLimit"),
        *plain("address", "BillAddr ShipAddr"),
        ref("TermRef", "Term"),
        ref("APAccountRef", "Account"),
        ref("CurrencyRef", ""),
        *reckoned("Balance", "fs"),
        *fixed("FullyQualifiedName DefaultTaxCodeRef ContactName AltContactName TaxCountry "
               "TaxIdEffectiveDate ParentRef VendorTypeRef PrefillAccountRef OpenBalanceDate "
               "TDSEnabled TDSEntityTypeId TDSSectionTypeId TDSOverrideThreshold VendorEx "
               "SubcontractorType CISRate VendorPaymentBankDetail Source "
               "AgencyVerificationStatus AgencyVerificationStatusMsg AgencyVerificationTSUTC "
               "CompanyRegistrationNumber"),
    ),
)  # fmt: skip

EMPLOYEE = Sheet(
    name="Employee",
    fields=(
        *_PERSON,
        text("EmployeeNumber", 100),
        text("EmployeeType", 30),
        text("SSN", 100),
        text("Gender", 10),
        text("Notes", 4_000),
        *plain("flag", "BillableTime"),
        *plain("number", "BillRate CostRate"),
        *plain("day", "BirthDate HiredDate ReleasedDate"),
        *plain("address", "PrimaryAddr"),
        *plain("email", "EmailAddress"),
        *fixed("FullyQualifiedName CompanyName DefaultTaxCodeRef UseTimeEntry EmployeeEx"),
    ),
)

TERM = Sheet(
    name="Term",
    fields=(
        text("Name", 31, "fs"),
        *plain("flag", "Active", "f"),
        *plain("number", "DiscountPercent"),
        *plain("whole", "DueDays DiscountDays DayOfMonthDue DueNextMonthDays DiscountDayOfMonth"),
        *fixed("Type SalesTermEx"),
    ),
)

PAYMENT_METHOD = Sheet(
    name="PaymentMethod",
    fields=(
        text("Name", 31, "fs"),
        text("Type", 20, "f"),
        *plain("flag", "Active", "f"),
        *fixed("PaymentMethodEx"),
    ),
)

CLASS = Sheet(
    name="Class",
    fields=(
        text("Name", 100, "fs"),
        *plain("flag", "Active SubClass", "f"),
        ref("ParentRef", "Class"),
        *fixed("FullyQualifiedName", "fs"),
        *fixed("ClassEx"),
    ),
)

DEPARTMENT = Sheet(
    name="Department",
    fields=(
        text("Name", 100, "fs"),
        *plain("flag", "Active SubDepartment", "f"),
        *plain("address", "Address"),
        ref("ParentRef", "Department"),
        *fixed("FullyQualifiedName", "fs"),
        *fixed("DepartmentEx"),
    ),
)

TAX_CODE = Sheet(
    name="TaxCode",
    fields=(
        *fixed("Name", "fs"),
        *fixed("Active", "f"),
        *fixed("Description Hidden Taxable TaxGroup SalesTaxRateList PurchaseTaxRateList "
               "AdjustmentTaxRateList TaxCodeEx TaxCodeConfigType"),
    ),
)  # fmt: skip

TAX_RATE = Sheet(
    name="TaxRate",
    fields=(
        *fixed("Name", "fs"),
        *fixed("Active", "f"),
        *fixed("Description RateValue AgencyRef TaxReturnLineRef EffectiveTaxRate "
               "SpecialTaxType DisplayType TaxRateEx OriginalTaxRate"),
    ),
)  # fmt: skip

COMPANY_INFO = Sheet(
    name="CompanyInfo",
    fields=(
        text("CompanyName", 1_024),
        text("LegalName", 1_024),
        *plain("address", "CompanyAddr CustomerCommunicationAddr LegalAddr"),
        *plain("phone", "PrimaryPhone Mobile Fax"),
        *plain("email", "Email CompanyEmailAddr CustomerCommunicationEmailAddr"),
        *plain("web", "WebAddr CompanyURL"),
        *fixed("CompanyStartDate EmployerId FiscalYearStartMonth TaxYearStartMonth QBVersion "
               "Country ShipAddr OtherAddr LastImportedTime LastSyncTime SupportedLanguages "
               "DefaultTimeZone MultiByteCharsSupported NameValue FifoCalculationStatus "
               "CompanyInfoEx OtherContactInfo CompanyFileName FlavorStratum SampleFile "
               "CompanyUserId CompanyUserAdminEmail"),
    ),
)  # fmt: skip

PREFERENCES = Sheet(
    name="Preferences",
    fields=plain(
        "section",
        "AccountingInfoPrefs AdvancedInventoryPrefs ProductAndServicesPrefs SalesFormsPrefs "
        "EmailMessagesPrefs PrintDocumentPrefs VendorAndPurchasesPrefs TimeTrackingPrefs "
        "TaxPrefs FinanceChargesPrefs CurrencyPrefs ReportPrefs OtherPrefs",
    ),
)

TREE_FLAGS = {"Customer": "Job", "Class": "SubClass", "Department": "SubDepartment"}
"""What each list that is a tree calls an entry below another."""

BY_NAME = {
    sheet.name.lower(): sheet
    for sheet in (
        *(ITEM, ACCOUNT, CUSTOMER, VENDOR, EMPLOYEE, TERM, PAYMENT_METHOD, CLASS, DEPARTMENT),
        *(TAX_CODE, TAX_RATE, COMPANY_INFO, PREFERENCES),
    )
}
