"""python-quickbooks, unmodified, writes and is refused (section 13).

The facts that its own integration tests rely on are here as well: what comes back of an item, an
account, a customer, a vendor, a term, a class, a department, an employee, and of Preferences.
"""

from itertools import count

import pytest
from quickbooks import QuickBooks
from quickbooks.batch import batch_create, batch_update
from quickbooks.exceptions import (
    ObjectNotFoundException,
    QuickbooksException,
    UnsupportedException,
    ValidationException,
)
from quickbooks.objects.account import Account
from quickbooks.objects.base import Address, EmailAddress, PhoneNumber, WebAddress
from quickbooks.objects.company_info import CompanyInfo
from quickbooks.objects.customer import Customer
from quickbooks.objects.department import Department
from quickbooks.objects.employee import Employee
from quickbooks.objects.item import Item
from quickbooks.objects.paymentmethod import PaymentMethod
from quickbooks.objects.preferences import Preferences
from quickbooks.objects.taxcode import TaxCode
from quickbooks.objects.taxrate import TaxRate
from quickbooks.objects.term import Term
from quickbooks.objects.trackingclass import Class
from quickbooks.objects.vendor import Vendor

from conftest import Running
from public_clients import open_books

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")
NUMBERS = count(1)


def name(word: str) -> str:
    return f"{word} {next(NUMBERS)}"


@pytest.fixture
def books(writable: Running, monkeypatch: pytest.MonkeyPatch) -> QuickBooks:
    return open_books(writable, monkeypatch)


def make_item(books: QuickBooks, kind: str = "Inventory") -> Item:
    item = Item()
    item.Name = name("Item")
    item.Type = kind
    item.Sku = name("SKU")
    income = "AccountType = 'Income' and AccountSubType = 'SalesOfProductIncome'"
    item.IncomeAccountRef = Account.where(income, max_results=1, qb=books)[0].to_ref()
    cogs = Account.where("AccountSubType = 'SuppliesMaterialsCogs'", max_results=1, qb=books)[0]
    item.ExpenseAccountRef = cogs.to_ref()
    if kind == "Inventory":
        item.TrackQtyOnHand = True
        item.QtyOnHand = 10
        item.InvStartDate = "2015-01-01"
        asset = Account.where("AccountSubType = 'Inventory'", max_results=1, qb=books)[0]
        item.AssetAccountRef = asset.to_ref()
    return item


def make_customer(**more: object) -> Customer:
    customer = Customer()
    customer.DisplayName = name("Customer")
    for field, value in more.items():
        setattr(customer, field, value)
    return customer


def test_13_items(books: QuickBooks) -> None:
    item = make_item(books)
    item.save(qb=books)
    again = Item.get(item.Id, qb=books)
    assert (again.Name, again.Type, again.Sku) == (item.Name, "Inventory", item.Sku)
    assert (again.TrackQtyOnHand, again.QtyOnHand) == (True, 10)
    assert again.AssetAccountRef.value == "81"
    again.UnitPrice = 12.5
    again.Description = "Now with a price"
    saved = again.save(qb=books)
    assert (saved.UnitPrice, saved.SyncToken, saved.QtyOnHand) == (12.5, "1", 10)
    saved.Active = False
    assert saved.save(qb=books).Name == f"{item.Name} (deleted)"
    assert Item.filter(Id=item.Id, qb=books) == []


def test_13_the_sku_is_in_all(books: QuickBooks) -> None:
    item = make_item(books, kind="Service")
    item.save(qb=books)
    found = next(row for row in Item.all(max_results=1000, qb=books) if row.Id == item.Id)
    assert found.Sku == item.Sku


def test_13_accounts(books: QuickBooks) -> None:
    account = Account()
    account.Name = name("Account")
    account.AcctNum = name("T")
    account.AccountType = "Bank"
    account.AccountSubType = "CashOnHand"
    made = account.save(qb=books)
    made.Name = name("Renamed")
    made.save(qb=books)
    again = Account.get(made.Id, qb=books)
    assert (again.Name, again.AcctNum) == (made.Name, account.AcctNum)
    assert (again.AccountType, again.AccountSubType) == ("Bank", "CashOnHand")
    sent = {"AcctNum": name("J"), "Name": name("From JSON"), "AccountType": "Bank"}
    assert Account.from_json(sent).save(qb=books).AccountSubType == "Checking"


def test_13_customers(books: QuickBooks) -> None:
    customer = make_customer(
        Title="Mr", GivenName="James", MiddleName="B", FamilyName="King", Suffix="Jr"
    )
    customer.BillAddr = Address()
    customer.BillAddr.Line1 = "123 Main"
    customer.BillAddr.Country = "U.S.A"
    customer.PrimaryPhone = PhoneNumber()
    customer.PrimaryPhone.FreeFormNumber = "555-555-5555"
    customer.PrimaryEmailAddr = EmailAddress()
    customer.PrimaryEmailAddr.Address = "test@email.com"
    customer.save(qb=books)
    again = Customer.get(customer.Id, qb=books)
    assert again.FullyQualifiedName == again.DisplayName == customer.DisplayName
    assert (again.Title, again.Suffix, again.BillAddr.Line1) == ("Mr", "Jr", "123 Main")
    assert again.PrimaryPhone.FreeFormNumber == "555-555-5555"
    again.GivenName = "Jim"
    assert again.save(qb=books).GivenName == "Jim"


def test_13_vendors(books: QuickBooks) -> None:
    vendor = Vendor()
    vendor.DisplayName = vendor.CompanyName = vendor.PrintOnCheckName = name("Vendor")
    vendor.TaxIdentifier = "99-9999999"
    vendor.AcctNum = "010203"
    vendor.WebAddr = WebAddress()
    vendor.WebAddr.URI = "http://testurl.com"
    vendor.save(qb=books)
    again = Vendor.get(vendor.Id, qb=books)
    assert (again.CompanyName, again.AcctNum) == (vendor.CompanyName, "010203")
    assert (again.WebAddr.URI, again.TaxIdentifier) == ("http://testurl.com", "XXXXX9999")
    again.GivenName = "Updated"
    assert again.save(qb=books).GivenName == "Updated"


@pytest.mark.parametrize("kind", [Term, Class, Department, PaymentMethod])
def test_13_small_lists(books: QuickBooks, kind: type) -> None:
    entry = kind()
    entry.Name = name(kind.__name__)
    entry.save(qb=books)
    again = kind.get(entry.Id, qb=books)  # type: ignore[attr-defined] # the client's own classes
    assert again.Name == entry.Name
    first = kind.all(max_results=1, qb=books)[0]  # type: ignore[attr-defined] # as above
    first.Name = name("Changed")
    assert first.save(qb=books).Name == first.Name


def test_13_terms_and_employees(books: QuickBooks) -> None:
    term = Term.filter(Name="Net 30", qb=books)[0]
    term.DueDays = 60
    term.save(qb=books)
    assert Term.get(term.Id, qb=books).DueDays == 60
    employee = Employee()
    employee.GivenName = "John"
    employee.FamilyName = name("Smith")
    employee.HiredDate = "2020-07-22"
    employee.save(qb=books)
    again = Employee.get(employee.Id, qb=books)
    assert again.DisplayName == f"John {employee.FamilyName}"


def test_13_what_clients_read_at_start(books: QuickBooks) -> None:
    preferences = Preferences.get(qb=books)
    assert (preferences.Id, preferences.AccountingInfoPrefs.TaxYearMonth) == ("1", "January")
    assert preferences.ProductAndServicesPrefs.ForPurchase is True
    assert preferences.VendorAndPurchasesPrefs.BillableExpenseTracking is True
    assert preferences.TimeTrackingPrefs.WorkWeekStartDate == "Monday"
    message = preferences.OtherPrefs.NameValue[0].Name
    assert message == "SalesFormsPrefs.DefaultCustomerMessage"
    preferences.EmailMessagesPrefs.EstimateMessage.Subject = "Our estimate"
    preferences.save(qb=books)
    again = Preferences.get(qb=books)
    assert again.EmailMessagesPrefs.EstimateMessage.Subject == "Our estimate"
    assert CompanyInfo.all(qb=books)[0].CompanyName == "Hollow Reed Lamp Works"
    assert TaxCode.all(qb=books)
    assert len(TaxRate.all(max_results=1, qb=books)) == 1


@pytest.mark.parametrize("word", ["O'Hara", "100% & more #1", 'a "b" + c', "größe 竹 🌙"])
def test_13_awkward_names_are_found(books: QuickBooks, word: str) -> None:
    customer = make_customer(DisplayName=word)
    customer.save(qb=books)
    assert [row.Id for row in Customer.filter(DisplayName=word, qb=books)] == [customer.Id]
    assert Customer.choose([word], field="DisplayName", qb=books)[0].Id == customer.Id


def test_13_batches_of_any_size(books: QuickBooks) -> None:
    made = batch_create([make_customer() for _ in range(35)], qb=books)
    assert (len(made.successes), len(made.faults)) == (35, 0)
    twice = make_customer()
    mixed = batch_create([twice, make_customer(DisplayName=twice.DisplayName + "x")], qb=books)
    assert len(mixed.successes) == 2
    again = batch_create([make_customer(DisplayName=twice.DisplayName)], qb=books)
    assert again.faults[0].Error[0].code == "6240"
    for customer in made.successes:
        customer.Notes = "from a batch"
    changed = batch_update(made.successes, qb=books)
    assert {row.Notes for row in changed.successes} == {"from a batch"}


def test_13_refusals_by_their_codes(books: QuickBooks) -> None:
    customer = make_customer()
    made = customer.save(qb=books)
    with pytest.raises(QuickbooksException) as duplicate:
        make_customer(DisplayName=customer.DisplayName).save(qb=books)
    assert duplicate.value.error_code == 6240
    assert duplicate.value.detail.endswith(f"Id={customer.Id}")
    made.Notes = "first"
    made.save(qb=books)
    with pytest.raises(QuickbooksException) as stale:
        made.save(qb=books)
    assert stale.value.error_code == 5010
    made.Id = "99999"
    with pytest.raises(ObjectNotFoundException):
        made.save(qb=books)
    with pytest.raises(ValidationException) as wrong:
        make_customer(Colour="red").save(qb=books)
    assert wrong.value.error_code == 2010
    with pytest.raises(UnsupportedException):
        books.delete_object("Customer", '{"Id": "1", "SyncToken": "0"}')


def test_13_the_same_request_id_gives_the_same_customer(books: QuickBooks) -> None:
    customer = make_customer()
    first = customer.save(qb=books, request_id="python-1")
    again = make_customer(DisplayName=customer.DisplayName).save(qb=books, request_id="python-1")
    assert again.Id == first.Id
