"""Public clients, unmodified but for their base addresses, get what they expect (section 13)."""

from collections.abc import Iterator

import pytest
from intuitlib.exceptions import AuthClientError
from quickbooks import QuickBooks
from quickbooks.exceptions import ObjectNotFoundException, ValidationException
from quickbooks.objects.account import Account
from quickbooks.objects.company_info import CompanyInfo
from quickbooks.objects.item import Item
from quickbooks.objects.preferences import Preferences

from conftest import Running, running
from public_clients import open_books, sign_in

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")


@pytest.fixture
def books(workshop: Running, monkeypatch: pytest.MonkeyPatch) -> QuickBooks:
    return open_books(workshop, monkeypatch)


def test_intuit_oauth_signs_in_refreshes_and_revokes(workshop: Running) -> None:
    client = sign_in(workshop)
    assert client.realm_id == workshop.ready["realm_id"]
    assert client.id_token is not None
    first = client.access_token
    client.refresh()
    assert client.access_token != first
    assert client.get_user_info().json()["email"] == "maeve@example.com"
    assert client.revoke() is True
    with pytest.raises(AuthClientError) as refused:
        client.refresh()
    assert refused.value.status_code == 400
    assert refused.value.intuit_tid


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("catalogue")
    with running(folder, "--items", "2500", "--seed", "7", "--auto-consent") as server:
        yield server


def test_python_quickbooks_pages_through_2500_items_each_once(
    catalogue: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    books = open_books(catalogue, monkeypatch)
    found: list[str] = []
    while len(found) % 1000 == 0:
        page = Item.where(
            "Active IN (true, false)",
            order_by="Id",
            start_position=len(found) + 1,
            max_results=1000,
            qb=books,
        )
        found += [item.Id for item in page]
    assert found == [str(number) for number in range(1, 2501)]
    active = Item.count(qb=books)
    assert 2300 < active < 2500
    assert Item.count("Active IN (true, false)", qb=books) == 2500


def test_python_quickbooks_reads_objects(books: QuickBooks) -> None:
    named = Item.filter(Name='Table lamp "Heron"', qb=books)
    assert [item.Sku for item in named] == ["LT-HERON"]
    quoted = Item.filter(Name="Paper shade, O'Hara fold", qb=books)
    assert len(quoted) == 1
    again = Item.get(quoted[0].Id, qb=books)
    assert (again.Name, again.Sku) == ("Paper shade, O'Hara fold", "SH-PAP-OH")
    assert len(Item.choose(["9", "10", "11"], qb=books)) == 3
    clause = "AccountType = 'Income' and AccountSubType = 'SalesOfProductIncome'"
    assert Account.where(clause, qb=books)
    company = CompanyInfo.get(books.company_id, qb=books)
    assert company.CompanyName == "Hollow Reed Lamp Works"
    preferences = Preferences.get(qb=books)
    assert preferences.AccountingInfoPrefs.TaxYearMonth == "January"
    assert preferences.OtherPrefs.NameValue[0].Name


def test_python_quickbooks_understands_refusals(books: QuickBooks) -> None:
    with pytest.raises(ObjectNotFoundException) as missing:
        Item.get(999_999, qb=books)
    assert missing.value.error_code == 610
    with pytest.raises(ValidationException) as wrong:
        Item.where("QtyOnHand > '1'", qb=books)
    assert wrong.value.error_code == 4001
