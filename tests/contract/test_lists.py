"""What every accounting provider promises of its accounts, vendors and preferences."""

from collections.abc import Callable, Iterator

import httpx2
import pytest
from tests.contract.test_accounting_provider import authorize, open_provider
from tests.support.emulator import ANSWER_SECONDS, Emulator, running_emulator

from partsemble.accounting.documents import (
    AccountClass,
    AccountType,
    LedgerAccount,
    RecordPage,
    Vendor,
)
from partsemble.accounting.http import HttpClient
from partsemble.accounting.provider import AccountingProvider
from partsemble.accounting.services.tokens import FreshTokens
from partsemble.kernel.secret import Secret

type ReadPage = Callable[..., RecordPage[LedgerAccount] | RecordPage[Vendor]]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with running_emulator(folder=tmp_path_factory.mktemp("lists")) as server:
        yield server


@pytest.fixture(scope="module")
def tokens(server: Emulator) -> Iterator[FreshTokens]:
    client = HttpClient()
    authorizer = authorize(server, client)
    issued = authorizer.refresh(refresh_token=Secret(server.ready["refresh_token"]))
    yield FreshTokens(issued, authorizer)
    client.close()


@pytest.fixture
def provider(server: Emulator, tokens: FreshTokens) -> Iterator[AccountingProvider]:
    client = HttpClient()
    yield open_provider(server, client, tokens)
    client.close()


def read_accounts(provider: AccountingProvider) -> dict[str, LedgerAccount]:
    page = provider.get_account_page(start=0, limit=provider.capabilities.list_page_size)
    return {each.external_id: each for each in page.records}


def read_vendors(provider: AccountingProvider) -> dict[str, Vendor]:
    page = provider.get_vendor_page(start=0, limit=provider.capabilities.list_page_size)
    return {each.external_id: each for each in page.records}


def test_the_chart_comes_whole_inactive_accounts_too(
    server: Emulator, provider: AccountingProvider
) -> None:
    bank = next(each for each in read_accounts(provider).values() if each.type is AccountType.BANK)
    made = server.control(
        "POST",
        "accounts",
        {
            "name": "Till",
            "number": "1015",
            "account_type": "Bank",
            "account_sub_type": "CashOnHand",
            "parent_id": bank.external_id,
        },
    )
    server.control("PATCH", f"accounts/{made['id']}", {"active": False})
    accounts = read_accounts(provider)
    assert len(accounts) == server.control("GET", "accounts")["count"]
    till = accounts[str(made["id"])]
    assert (till.name, till.full_name) == ("Till", f"{bank.full_name}:Till")
    assert (till.number, till.type, till.subtype) == ("1015", AccountType.BANK, "CashOnHand")
    assert (till.classification, till.currency) == (AccountClass.ASSET, "USD")
    assert (till.parent_id, till.is_active) == (bank.external_id, False)
    assert int(till.revision) > 0
    assert AccountType.OTHER not in {each.type for each in accounts.values()}
    assert AccountClass.OTHER not in {each.classification for each in accounts.values()}


def test_vendors_come_whole_and_with_nothing_but_a_name(
    server: Emulator, provider: AccountingProvider
) -> None:
    made = server.control(
        "POST", "vendors", {"name": "Brass & Co", "email": "joe@brass.example", "phone": "555-0199"}
    )
    server.control("PATCH", f"vendors/{made['id']}", {"active": False})
    vendors = read_vendors(provider)
    assert len(vendors) == server.control("GET", "vendors")["count"]
    brass = vendors[str(made["id"])]
    assert (brass.name, brass.is_active, brass.currency) == ("Brass & Co", False, "USD")
    assert "brass.example" not in repr(brass)
    assert "555-0199" not in repr(brass)


@pytest.mark.parametrize("name", ["get_account_page", "get_vendor_page"])
def test_pages_follow_each_other_without_a_gap(provider: AccountingProvider, name: str) -> None:
    read: ReadPage = getattr(provider, name)
    whole = [each.external_id for each in read(start=0, limit=1000).records]
    assert len(whole) > 3
    size = 3
    pieces = [read(start=start, limit=size) for start in range(0, len(whole) + size, size)]
    assert [each.external_id for piece in pieces for each in piece.records] == whole
    assert [piece.row_count for piece in pieces][-1] < size
    assert sum(piece.unreadable_count for piece in pieces) == 0


def test_how_the_books_are_set_up(server: Emulator, provider: AccountingProvider) -> None:
    before = provider.get_company().preferences
    assert (before.home_currency, before.is_multicurrency) == ("USD", False)
    assert (before.has_own_numbers, before.books_closed_until) == (False, None)
    ready = server.ready
    answer = httpx2.post(
        f"{ready['base_url']}/v3/company/{ready['realm_id']}/preferences",
        params={"minorversion": "75"},
        headers={"Authorization": f"Bearer {ready['access_token']}", "Accept": "application/json"},
        json={
            "Id": "1",
            "SyncToken": "1",
            "sparse": True,
            "AccountingInfoPrefs": {"BookCloseDate": "2026-03-31"},
            "SalesFormsPrefs": {"CustomTxnNumbers": True},
        },
        timeout=ANSWER_SECONDS,
    )
    assert answer.is_success, answer.text
    after = provider.get_company().preferences
    assert str(after.books_closed_until) == "2026-03-31"
    assert after.has_own_numbers
