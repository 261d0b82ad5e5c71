"""Kinds of ledger accounts: class, type and detail type (QBO API reference, Account).

The first detail type of each is what an account gets that names only its type.
"""

_ASSET, _LIABILITY, _EQUITY = "Asset", "Liability", "Equity"
_REVENUE, _EXPENSE = "Revenue", "Expense"

_TABLE: dict[str, tuple[str, str]] = {
    "Bank": (_ASSET, ("Checking CashOnHand MoneyMarket RentsHeldInTrust Savings TrustAccounts "
             "CashAndCashEquivalents OtherEarMarkedBankAccounts")),
    "Accounts Receivable": (_ASSET, "AccountsReceivable"),
    "Other Current Asset": (_ASSET, ("OtherCurrentAssets Inventory AllowanceForBadDebts "
                            "DevelopmentCosts EmployeeCashAdvances LoansToOfficers LoansToOthers "
                            "LoansToStockholders PrepaidExpenses Retainage UndepositedFunds "
                            "Investment_MortgageRealEstateLoans Investment_Other "
                            "Investment_TaxExemptSecurities Investment_USGovernmentObligations")),
    "Fixed Asset": (_ASSET, ("OtherFixedAssets AccumulatedAmortization AccumulatedDepletion "
                    "AccumulatedDepreciation Buildings DepletableAssets FixedAssetComputers "
                    "FixedAssetCopiers FixedAssetFurniture FixedAssetOtherToolsEquipment "
                    "FixedAssetPhone FixedAssetPhotoVideo FixedAssetSoftware "
                    "FurnitureAndFixtures IntangibleAssets Land LeaseholdImprovements "
                    "MachineryAndEquipment Vehicles")),
    "Other Asset": (_ASSET, ("OtherLongTermAssets AccumulatedAmortizationOfOtherAssets Goodwill "
                    "LeaseBuyout Licenses OrganizationalCosts SecurityDeposits")),
    "Accounts Payable": (_LIABILITY, "AccountsPayable"),
    "Credit Card": (_LIABILITY, "CreditCard"),
    "Other Current Liability": (_LIABILITY, ("OtherCurrentLiabilities DirectDepositPayable "
                                "FederalIncomeTaxPayable GlobalTaxPayable GlobalTaxSuspense "
                                "InsurancePayable LineOfCredit LoanPayable PayrollClearing "
                                "PayrollTaxPayable PrepaidExpensesPayable RentsInTrustLiability "
                                "SalesTaxPayable StateLocalIncomeTaxPayable "
                                "TrustAccountsLiabilities")),
    "Long Term Liability": (_LIABILITY, ("OtherLongTermLiabilities NotesPayable "
                            "ShareholderNotesPayable")),
    "Equity": (_EQUITY, ("OwnersEquity AccumulatedAdjustment CommonStock EstimatedTaxes "
               "Healthcare OpeningBalanceEquity PaidInCapitalOrSurplus PartnerContributions "
               "PartnerDistributions PartnersEquity PersonalExpense PersonalIncome "
               "PreferredStock RetainedEarnings TreasuryStock")),
    "Income": (_REVENUE, ("SalesOfProductIncome DiscountsRefundsGiven NonProfitIncome "
               "OtherPrimaryIncome ServiceFeeIncome UnappliedCashPaymentIncome")),
    "Other Income": (_REVENUE, ("OtherMiscellaneousIncome DividendIncome InterestEarned "
                     "OtherInvestmentIncome TaxExemptInterest")),
    "Cost of Goods Sold": (_EXPENSE, ("SuppliesMaterialsCogs CostOfLaborCos EquipmentRentalCos "
                           "OtherCostsOfServiceCos ShippingFreightDeliveryCos")),
    "Expense": (_EXPENSE, ("OtherMiscellaneousServiceCost AdvertisingPromotional Auto BadDebts "
                "BankCharges CharitableContributions CommissionsAndFees CostOfLabor "
                "DuesSubscriptions Entertainment EntertainmentMeals EquipmentRental "
                "FinanceCosts Insurance InterestPaid LegalProfessionalFees "
                "OfficeGeneralAdministrativeExpenses OtherBusinessExpenses PayrollExpenses "
                "PromotionalMeals RentOrLeaseOfBuildings RepairMaintenance "
                "ShippingFreightDelivery SuppliesMaterials TaxesPaid Travel TravelMeals "
                "UnappliedCashBillPaymentExpense Utilities")),
    "Other Expense": (_EXPENSE, ("OtherMiscellaneousExpense Amortization Depreciation "
                      "ExchangeGainOrLoss GasAndFuel HomeOffice PenaltiesSettlements")),
}  # fmt: skip

CLASSIFICATIONS = {name: row[0] for name, row in _TABLE.items()}
SUB_TYPES = {name: tuple(row[1].split()) for name, row in _TABLE.items()}
TYPE_OF_SUB_TYPE = {sub: name for name, subs in SUB_TYPES.items() for sub in subs}
