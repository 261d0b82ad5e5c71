"""Fact sheet sections 11.3 to 11.5: accounts, customers, vendors, small lists, settings."""

from itertools import count
from typing import Any

import pytest

from conftest import Running

NUMBERS = count(1)


def name(word: str) -> str:
    return f"{word} {next(NUMBERS)}"


def update(entity: dict[str, Any], **changes: object) -> dict[str, Any]:
    return {"Id": entity["Id"], "SyncToken": entity["SyncToken"], "sparse": True} | changes


def account(server: Running, **more: object) -> dict[str, Any]:
    return server.save("Account", {"Name": name("Account"), "AccountType": "Expense"} | more)


def customer(server: Running, **more: object) -> dict[str, Any]:
    return server.save("Customer", {"DisplayName": name("Customer")} | more)


def test_11_3_an_account_as_documented(writable: Running) -> None:
    made = account(writable, AccountType="Income", AccountSubType="ServiceFeeIncome")
    assert set(made) == {
        *("Name", "SubAccount", "FullyQualifiedName", "Active", "Classification"),
        *("AccountType", "AccountSubType", "CurrentBalance", "CurrentBalanceWithSubAccounts"),
        *("CurrencyRef", "domain", "sparse", "Id", "SyncToken", "MetaData"),
    }
    assert list(made["MetaData"]) == ["CreateTime"]
    again = writable.read(f"account/{made['Id']}").json()["Account"]
    assert again["MetaData"]["LastUpdatedTime"] == made["MetaData"]["CreateTime"]
    assert made["Classification"] == "Revenue"
    assert made["CurrencyRef"] == {"value": "USD", "name": "United States Dollar"}
    assert made["CurrentBalance"] == 0


@pytest.mark.parametrize(
    ("sent", "kind", "sub_type", "classification"),
    [
        ({"AccountType": "Bank"}, "Bank", "Checking", "Asset"),
        ({"AccountSubType": "CashOnHand"}, "Bank", "CashOnHand", "Asset"),
        ({"AccountSubType": "Inventory"}, "Other Current Asset", "Inventory", "Asset"),
        ({"AccountType": "Credit Card", "AccountSubType": ""}, "Credit Card", "CreditCard",
         "Liability"),
        ({"AccountSubType": "SuppliesMaterialsCogs"}, "Cost of Goods Sold",
         "SuppliesMaterialsCogs", "Expense"),
    ],
)  # fmt: skip
def test_11_3_type_and_detail_type_bring_each_other(
    writable: Running, sent: dict[str, str], kind: str, sub_type: str, classification: str
) -> None:
    made = writable.save("Account", {"Name": name("Account")} | sent)
    assert (made["AccountType"], made["AccountSubType"]) == (kind, sub_type)
    assert made["Classification"] == classification


def test_6010_an_account_has_a_type(writable: Running) -> None:
    assert writable.refused("Account", {"Name": name("Account")})["code"] == "6010"
    wrong = {"Name": name("Account"), "AccountType": "Bank", "AccountSubType": "Inventory"}
    assert writable.refused("Account", wrong)["code"] == "2170"
    assert writable.refused("Account", wrong | {"AccountType": "Purse"})["code"] == "2170"


@pytest.mark.parametrize("bad", ["a:b", 'a"b', "a\tb", "a\nb"])
def test_2040_signs_that_names_cannot_hold(writable: Running, bad: str) -> None:
    error = writable.refused("Account", {"Name": bad, "AccountType": "Bank"})
    assert (error["code"], error["Message"]) == ("2040", "Invalid String")
    if '"' not in bad:
        assert writable.refused("Customer", {"DisplayName": bad})["code"] == "2040"
        assert writable.refused("Class", {"Name": bad})["code"] == "2040"


def test_2050_texts_have_their_lengths(writable: Running) -> None:
    error = writable.refused("Account", {"Name": "x" * 101, "AccountType": "Bank"})
    assert (error["code"], error["Message"]) == ("2050", "Invalid String Length")
    assert error["Detail"].endswith("Min:0 Max:100 supported. Supplied length:101")
    error = writable.refused("Vendor", {"DisplayName": name("V"), "Notes": "x" * 1_025})
    assert error["Detail"].endswith("Min:0 Max:1,024 supported. Supplied length:1,025")
    long_line = {"BillAddr": {"Line1": "x" * 501}}
    assert writable.refused("Vendor", {"DisplayName": name("V")} | long_line)["code"] == "2050"
    writable.save("Account", {"Name": "x" * 100, "AccountType": "Bank"})


def test_11_3_sub_accounts(writable: Running) -> None:
    top = account(writable)
    made = account(writable, SubAccount=True, ParentRef={"value": top["Id"]})
    assert made["FullyQualifiedName"] == f"{top['Name']}:{made['Name']}"
    assert made["ParentRef"] == {"value": top["Id"], "name": top["Name"]}
    writable.save("Account", update(top, Name="Above all"))
    after = writable.read(f"account/{made['Id']}").json()["Account"]
    assert after["FullyQualifiedName"] == f"Above all:{made['Name']}"
    error = writable.refused("Account", {"Name": name("A"), "AccountType": "Bank",
                                       "SubAccount": True})  # fmt: skip
    assert error["code"] == "6150"
    other = {"Name": name("A"), "AccountType": "Bank", "SubAccount": True,
             "ParentRef": {"value": top["Id"]}}  # fmt: skip
    assert writable.refused("Account", other)["code"] == "700"
    below = {"SubAccount": True, "ParentRef": {"value": made["Id"]}}
    renamed = writable.read(f"account/{top['Id']}").json()["Account"]
    assert writable.refused("Account", update(renamed, **below))["code"] == "900"
    assert writable.refused("Account", update(renamed, Active=False))["code"] == "6000"


def test_6180_accounts_nest_five_levels(writable: Running) -> None:
    level = account(writable)
    for _ in range(4):
        level = account(writable, SubAccount=True, ParentRef={"value": level["Id"]})
    sent = {"Name": name("A"), "AccountType": "Expense", "SubAccount": True,
            "ParentRef": {"value": level["Id"]}}  # fmt: skip
    assert writable.refused("Account", sent)["code"] == "6180"


def test_11_3_balances_of_sub_accounts_add_up(writable: Running) -> None:
    opened = {"OpeningBalance": 40, "OpeningBalanceDate": "2025-03-01", "AccountType": "Bank"}
    top = account(writable, **opened)
    account(writable, SubAccount=True, ParentRef={"value": top["Id"]}, **opened)
    after = writable.read(f"account/{top['Id']}").json()["Account"]
    assert (after["CurrentBalance"], after["CurrentBalanceWithSubAccounts"]) == (40, 80)


def test_6060_an_opening_balance_has_a_date(writable: Running) -> None:
    sent = {"Name": name("Account"), "AccountType": "Bank", "OpeningBalance": 5}
    assert writable.refused("Account", sent)["code"] == "6060"


@pytest.mark.parametrize("number", ["34", "2", "33", "84", "81"])
def test_11_3_accounts_that_the_books_need_stay(writable: Running, number: str) -> None:
    found = writable.read(f"account/{number}").json()["Account"]
    assert writable.refused("Account", update(found, Active=False))["code"] == "6000"


def test_11_4_a_customer_as_recorded(writable: Running) -> None:
    made = writable.save("Customer", {"DisplayName": "Doe5, Jane"})
    assert set(made) == {
        *("Taxable", "Job", "BillWithParent", "Balance", "BalanceWithJobs", "CurrencyRef"),
        *("PreferredDeliveryMethod", "domain", "sparse", "Id", "SyncToken", "MetaData"),
        *("FullyQualifiedName", "DisplayName", "PrintOnCheckName", "Active"),
        "DefaultTaxCodeRef",
    }
    assert (made["Taxable"], made["Job"], made["PreferredDeliveryMethod"]) == (
        *(True, False, "Print"),
    )
    assert made["DefaultTaxCodeRef"] == {"value": "2"}


def test_11_4_a_vendor_as_recorded(writable: Running) -> None:
    made = writable.save("Vendor", {"DisplayName": "Boraski Family Store"})
    assert set(made) == {
        *("Balance", "Vendor1099", "CurrencyRef", "domain", "sparse", "Id", "SyncToken"),
        *("MetaData", "DisplayName", "PrintOnCheckName", "Active"),
    }


def test_6080_a_person_has_a_name(writable: Running) -> None:
    error = writable.refused("Customer", {"CompanyName": "Nobody & Sons"})
    assert error["code"] == "6080"
    made = writable.save(
        "Vendor", {"Title": "Ms.", "GivenName": "Ada", "FamilyName": name("Reed"), "Suffix": "Sr."}
    )
    composed = f"Ms. Ada {made['FamilyName']} Sr."
    assert made["DisplayName"] == made["PrintOnCheckName"] == composed


def test_6240_a_display_name_is_one_of_all_people(writable: Running) -> None:
    made = customer(writable)
    for entity in ("Customer", "Vendor", "Employee"):
        error = writable.refused(entity, {"DisplayName": made["DisplayName"].upper()})
        assert (error["code"], error["Message"], error["Detail"]) == (
            "6240",
            "Duplicate Name Exists Error",
            f"The name supplied already exists. : Id={made['Id']}",
        )
    assert writable.save("Class", {"Name": made["DisplayName"]})["Name"] == made["DisplayName"]


def test_11_4_people_share_one_row_of_ids(writable: Running) -> None:
    made = [
        int(writable.save(entity, {"DisplayName": name("Person")})["Id"])
        for entity in ("Customer", "Vendor", "Employee", "Customer")
    ]
    assert made == list(range(made[0], made[0] + 4))


def test_11_4_sub_customers(writable: Running) -> None:
    top = customer(writable)
    job = customer(writable, Job=True, ParentRef={"value": top["Id"]}, BillWithParent=True)
    assert job["FullyQualifiedName"] == f"{top['DisplayName']}:{job['DisplayName']}"
    assert (job["Job"], job["Level"], job["BillWithParent"]) == (True, 1, True)
    assert job["ParentRef"] == {"value": top["Id"], "name": top["DisplayName"]}
    assert writable.refused("Customer", {"DisplayName": name("C"), "Job": True})["code"] == "6150"
    assert writable.refused("Customer", update(top, Active=False))["code"] == "6000"
    error = writable.refused("Customer", update(top, Job=True, ParentRef={"value": job["Id"]}))
    assert error["code"] == "900"
    assert [row["Id"] for row in writable.rows(
        f"select * from Customer where Job = true and DisplayName = '{job['DisplayName']}'"
    )] == [job["Id"]]  # fmt: skip


def test_11_4_contacts_come_back(writable: Running) -> None:
    sent = {
        "DisplayName": name("Vendor"),
        "BillAddr": {"Line1": "123 Main", "City": "Half Moon Bay", "Line2": "", "Id": "7"},
        "PrimaryPhone": {"FreeFormNumber": "555-555-5555"},
        "PrimaryEmailAddr": {"Address": "test@example.com"},
        "WebAddr": {"URI": "http://example.com"},
        "TermRef": {"value": "3"},
        "TaxIdentifier": "99-9999875",
        "AcctNum": "A-1",
        "BillRate": 12.5,
        "Mobile": {"FreeFormNumber": ""},
    }
    made = writable.save("Vendor", sent)
    assert made["BillAddr"] == {
        "Id": made["BillAddr"]["Id"],
        "Line1": "123 Main",
        "City": "Half Moon Bay",
    }
    assert made["TermRef"] == {"value": "3", "name": "Net 30"}
    assert made["TaxIdentifier"] == "XXXXX9875"
    assert made["BillRate"] == 12.5
    assert "Mobile" not in made
    for field in ("PrimaryPhone", "PrimaryEmailAddr", "WebAddr", "AcctNum"):
        assert made[field] == sent[field]


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"PrimaryEmailAddr": {"Address": "no address"}}, "2210"),
        ({"TermRef": {"value": "99"}}, "2500"),
        ({"BillAddr": {"Street": "x"}}, "2010"),
        ({"Vendor1099": "maybe"}, "2010"),
        ({"BillRate": "much"}, "2010"),
        ({"BillRate": 10**12}, "2090"),
        ({"CurrencyRef": {"value": "EUR"}}, "6000"),
        ({"TermRef": {"name": "Net 30"}}, "2020"),
        ({"BillAddr": "3 Harbor Row"}, "2010"),
    ],
)
def test_8_values_that_do_not_fit(writable: Running, sent: dict[str, Any], code: str) -> None:
    assert writable.refused("Vendor", {"DisplayName": name("Vendor")} | sent)["code"] == code


def test_2010_a_number_that_is_none_in_the_mappers_words(writable: Running) -> None:
    error = writable.refused("Vendor", {"DisplayName": name("V"), "BillRate": "Sku"})
    assert error["Detail"] == (
        "Property Name:Can not construct instance of java.math.BigDecimal from String value "
        "'Sku': not a valid representation\n specified is unsupported or invalid"
    )


def test_2030_an_id_is_a_number(writable: Running) -> None:
    error = writable.refused("Vendor", {"Id": "1.5", "SyncToken": "0"})
    assert (error["code"], error["Detail"], error["element"]) == (
        "2030",
        "Id should be a valid number. Supplied value:1.5",
        "Id",
    )


def test_an_employee(writable: Running) -> None:
    made = writable.save(
        "Employee",
        {"GivenName": "John", "FamilyName": name("Smith"), "HiredDate": "2020-07-22",
         "PrimaryAddr": {"Line1": "45 N. Elm Street"}},
    )  # fmt: skip
    assert (made["BillableTime"], made["HiredDate"]) == (False, "2020-07-22")
    gone = writable.save("Employee", update(made, Active=False))
    assert gone["DisplayName"].endswith(" (deleted)")
    assert gone["PrintOnCheckName"] == made["DisplayName"]
    error = writable.refused("Employee", {"GivenName": name("J"), "HiredDate": "soon"})
    assert (error["code"], error["element"]) == ("2070", "HiredDate")


@pytest.mark.parametrize("entity", ["Term", "PaymentMethod", "Class", "Department"])
def test_small_lists_are_read_and_written(writable: Running, entity: str) -> None:
    made = writable.save(entity, {"Name": name(entity)})
    assert made in writable.rows(f"select * from {entity} maxresults 1000")
    assert writable.read(f"{entity.lower()}/{made['Id']}").json()[entity] == made
    error = writable.refused(entity, {"Name": made["Name"]})
    assert error["code"] == "6240"
    renamed = writable.save(entity, update(made, Name=name(entity)))
    assert renamed["SyncToken"] == "1"
    gone = writable.save(entity, update(renamed, Active=False))
    assert gone["Name"] == f"{renamed['Name']} (deleted)"
    assert writable.refused(entity, {"Active": True})["code"] == "2020"
    assert writable.refused(entity, update(gone), operation="delete")["code"] == "500"


def test_terms_and_trees(writable: Running) -> None:
    term = writable.save(
        "Term", {"Name": name("Term"), "DueDays": "10", "DiscountPercent": 2.5, "DiscountDays": 5}
    )
    assert (term["DueDays"], term["DiscountPercent"], term["Type"]) == (10, 2.5, "STANDARD")
    dated = writable.save("Term", {"Name": name("Term"), "DayOfMonthDue": 15})
    assert dated["Type"] == "DATE_DRIVEN"
    top = writable.save("Department", {"Name": name("Site")})
    low = writable.save(
        "Department",
        {"Name": name("Shop"), "SubDepartment": True, "ParentRef": {"value": top["Id"]}},
    )
    assert low["FullyQualifiedName"] == f"{top['Name']}:{low['Name']}"
    writable.save("Department", update(top, Name="Harbor"))
    after = writable.read(f"department/{low['Id']}").json()["Department"]
    assert after["FullyQualifiedName"] == f"Harbor:{low['Name']}"


def test_tax_codes_and_rates_are_read_only(writable: Running) -> None:
    codes = writable.rows("select * from TaxCode")
    assert [code["Name"] for code in codes] == ["Out of scope", "Washington"]
    detail = codes[1]["SalesTaxRateList"]["TaxRateDetail"][0]
    assert detail["TaxRateRef"] == {"value": "1", "name": "Washington"}
    (rate,) = writable.rows("select * from TaxRate")
    assert rate["RateValue"] == 9.1
    assert writable.refused("TaxCode", {"Name": "Mine"})["code"] == "500"


def test_11_5_preferences_are_changed_section_by_section(emulator: Running) -> None:
    old = emulator.read("preferences").json()["Preferences"]
    assert old["OtherPrefs"]["NameValue"][0]["Name"] == "SalesFormsPrefs.DefaultCustomerMessage"
    sent = update(old, EmailMessagesPrefs={"EstimateMessage": {"Subject": "Ours"}})
    new = emulator.save("Preferences", sent)
    assert new["SyncToken"] == str(int(old["SyncToken"]) + 1)
    estimate = new["EmailMessagesPrefs"]["EstimateMessage"]
    assert estimate == old["EmailMessagesPrefs"]["EstimateMessage"] | {"Subject": "Ours"}
    assert new["SalesFormsPrefs"] == old["SalesFormsPrefs"]
    fixed = update(new, CurrencyPrefs={"MultiCurrencyEnabled": True},
                   AccountingInfoPrefs={"TaxYearMonth": "May"})  # fmt: skip
    assert emulator.save("Preferences", fixed) == new
    assert emulator.refused("Preferences", sent)["code"] == "5010"


def test_6210_closed_books_stay_as_they_are(emulator: Running) -> None:
    old = emulator.read("preferences").json()["Preferences"]
    closing = {"AccountingInfoPrefs": {"BookCloseDate": "2025-12-31"}}
    closed = emulator.save("Preferences", update(old, **closing))
    assert closed["AccountingInfoPrefs"]["BookCloseDate"] == "2025-12-31"
    item = {
        "Name": "Stocked", "Type": "Inventory", "TrackQtyOnHand": True, "QtyOnHand": 10,
        "InvStartDate": "2025-12-31", "IncomeAccountRef": {"value": "79"},
        "ExpenseAccountRef": {"value": "80"}, "AssetAccountRef": {"value": "81"},
        "PurchaseCost": 1,
    }  # fmt: skip
    error = emulator.refused("Item", item)
    assert (error["code"], error["Detail"]) == (
        "6210",
        (
            "The account period has closed and the account books cannot be updated through through "
            "the QBO Services API. Please use the QBO website to make these changes."
        ),
    )
    assert emulator.rows("select * from Item where Name = 'Stocked'") == []
    emulator.save("Item", item | {"InvStartDate": "2026-01-01"})
    opened = update(closed, AccountingInfoPrefs={"BookCloseDate": ""})
    assert "BookCloseDate" not in emulator.save("Preferences", opened)["AccountingInfoPrefs"]


def test_11_5_company_info_is_changed(emulator: Running) -> None:
    realm_id = emulator.ready["realm_id"]
    old = emulator.read(f"companyinfo/{realm_id}").json()["CompanyInfo"]
    sent = update(old, LegalName="Reed & Daughters", CompanyAddr={"Line1": "9 Weir Lane"})
    new = emulator.save("CompanyInfo", sent)
    assert (new["LegalName"], new["CompanyName"]) == ("Reed & Daughters", old["CompanyName"])
    assert new["CompanyAddr"]["Line1"] == "9 Weir Lane"
    assert new["Country"] == old["Country"]
    assert emulator.rows("select * from CompanyInfo") == [new]
    assert emulator.refused("CompanyInfo", {"LegalName": "x"})["element"] == "Id"
