"""What a run brings in step beside the items: accounts, vendors, preferences (SYNC-1, CONN-10)."""

import json

import httpx2
import pytest
from tests.support.cast import Cast, Person
from tests.support.emulator import ANSWER_SECONDS, Emulator

from partsemble.accounting.documents import AccountType
from partsemble.accounting.models import Connection, LedgerAccount, Vendor
from partsemble.accounting.queries.connections import get_connection
from partsemble.accounting.queries.lists import (
    AccountView,
    ListFilter,
    count_lists,
    get_account,
    get_vendor,
    list_accounts,
    list_vendors,
)
from partsemble.accounting.services.connections import disconnect
from partsemble.accounting.services.ready_file import connect_with_ready_file
from partsemble.database.scope import business_scope
from partsemble.kernel.errors import NotFound, PermissionMissing
from partsemble.sync.queries.refreshes import list_refreshes
from partsemble.sync.queries.runs import get_run
from partsemble.sync.services.running import run_item_sync
from partsemble.sync.services.start import start_item_sync
from partsemble.sync.types import RefreshSubject, RefreshView, RunState, RunView, Trigger

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owner(connected: Cast) -> Person:
    return connected.owner


def sync(owner: Person) -> RunView:
    run_id = start_item_sync(actor=owner.actor, trigger=Trigger.PERSON)
    run_item_sync(business_id=owner.business.id, run_id=run_id)
    return get_run(actor=owner.actor, run_id=run_id)


def refresh(owner: Person) -> dict[RefreshSubject, RefreshView]:
    run = sync(owner)
    assert run.state is RunState.FINISHED, run
    return {each.subject: each for each in list_refreshes(actor=owner.actor, run_id=run.id)}


def set_preferences(books: Emulator, **sections: dict[str, object]) -> None:
    ready = books.ready
    address = f"{ready['base_url']}/v3/company/{ready['realm_id']}/preferences"
    headers = {"Authorization": f"Bearer {ready['access_token']}", "Accept": "application/json"}
    with httpx2.Client(headers=headers, timeout=ANSWER_SECONDS) as client:
        token = client.get(address).json()["Preferences"]["SyncToken"]
        body = {"Id": "1", "SyncToken": token, "sparse": True, **sections}
        assert client.post(address, json=body).is_success


def read_chart(owner: Person, **wanted: object) -> dict[str, AccountView]:
    found = list_accounts(actor=owner.actor, wanted=ListFilter(**wanted))  # type: ignore[arg-type]  # by name
    return {each.full_name: each for each in found.rows}


def read_lists(owner: Person) -> tuple[list[object], list[object], object]:
    """This will give everything that a refresh may write."""
    with business_scope(owner.business.id):
        return (
            list(LedgerAccount.objects.order_by("id").values()),
            list(Vendor.objects.order_by("id").values()),
            Connection.objects.values("company_name", "offering", "books_closed_until").get(),
        )


def test_a_first_run_mirrors_the_chart_and_the_vendors(owner: Person, books: Emulator) -> None:
    told = refresh(owner)
    theirs = books.control("GET", "accounts")
    vendors = books.control("GET", "vendors")
    assert told[RefreshSubject.ACCOUNTS].created == theirs["count"]
    assert told[RefreshSubject.VENDORS].created == vendors["count"]
    assert {each.full_name for each in list_accounts(actor=owner.actor, wanted=ListFilter()).rows}
    chart = read_chart(owner)
    assert chart["Inventory Asset"].type is AccountType.OTHER_CURRENT_ASSET
    ranks = list(AccountType)
    places = [ranks.index(each.type) for each in chart.values()]
    assert places == sorted(places)
    counts = count_lists(actor=owner.actor)
    assert counts.accounts == sum(each["active"] for each in theirs["accounts"])
    assert counts.vendors == sum(each["active"] for each in vendors["vendors"])


def test_a_second_run_writes_nothing(owner: Person) -> None:
    refresh(owner)
    before = read_lists(owner)
    told = refresh(owner)
    assert {(each.created, each.changed, each.absent) for each in told.values()} == {(0, 0, 0)}
    assert read_lists(owner) == before


def test_what_a_bookkeeper_changes_arrives_and_nothing_else_is_written(
    owner: Person, books: Emulator
) -> None:
    refresh(owner)
    shrinkage = next(iter(read_chart(owner, search="shrinkage").values()))
    books.control("PATCH", f"accounts/{shrinkage.external_id}", {"name": "Shrink", "number": "510"})
    vendor = list_vendors(actor=owner.actor, wanted=ListFilter()).rows[0]
    books.control("PATCH", f"vendors/{vendor.external_id}", {"active": False})
    made = books.control("POST", "vendors", {"name": "Ash & Elm"})
    set_preferences(books, AccountingInfoPrefs={"BookCloseDate": "2026-06-30"})
    told = refresh(owner)
    assert told[RefreshSubject.ACCOUNTS].changed == 1
    assert (told[RefreshSubject.VENDORS].created, told[RefreshSubject.VENDORS].changed) == (1, 1)
    assert told[RefreshSubject.PREFERENCES].fields == ("books_closed_until",)
    renamed = get_account(actor=owner.actor, account_id=shrinkage.id)
    assert (renamed.name, renamed.number) == ("Shrink", "510")
    gone = get_vendor(actor=owner.actor, vendor_id=vendor.id)
    assert (gone.name, gone.is_active, gone.is_present) == (vendor.name, False, True)
    (fresh,) = list_vendors(actor=owner.actor, wanted=ListFilter(search="ASH")).rows
    assert fresh.external_id == str(made["id"])


def test_what_the_books_no_longer_show_is_marked_and_comes_back(
    owner: Person, books: Emulator
) -> None:
    refresh(owner)
    with business_scope(owner.business.id):
        row = Vendor.objects.order_by("id")[0]
        Vendor.objects.filter(id=row.id).update(external_id="never-there", is_active=True)
    told = refresh(owner)[RefreshSubject.VENDORS]
    assert (told.created, told.absent) == (1, 1)
    absent = get_vendor(actor=owner.actor, vendor_id=row.id)
    assert (absent.is_present, absent.name) == (False, row.name)
    inactive = list_vendors(actor=owner.actor, wanted=ListFilter(is_active=False)).rows
    assert absent.id in {each.id for each in inactive}
    assert refresh(owner)[RefreshSubject.VENDORS].absent == 0


def test_one_list_that_can_not_be_read_stops_neither_the_others_nor_the_items(
    owner: Person, books: Emulator
) -> None:
    books.control("POST", "faults", {"kind": "malformed", "path": "/preferences", "count": 9})
    told = refresh(owner)
    assert told[RefreshSubject.PREFERENCES].failure_code == "provider_unexpected"
    assert told[RefreshSubject.ACCOUNTS].created > 0
    assert told[RefreshSubject.ACCOUNTS].failure_code == ""


def test_books_in_another_currency_by_now_are_refused(owner: Person) -> None:
    refresh(owner)
    with business_scope(owner.business.id):
        Connection.objects.update(currency="NZD")
    run = sync(owner)
    assert (run.state, run.failure_code) == (RunState.FAILED, "currency_differs")
    assert run.failure_facts["books"] == "USD"


def test_only_who_manages_the_connection_reads_the_lists(owner: Person, connected: Cast) -> None:
    refresh(owner)
    assert list_accounts(actor=connected.accountant.actor, wanted=ListFilter()).rows
    for read in (list_accounts, list_vendors):
        with pytest.raises(PermissionMissing):
            read(actor=connected.builder.actor, wanted=ListFilter())
    account = list_accounts(actor=owner.actor, wanted=ListFilter()).rows[0]
    vendor = list_vendors(actor=owner.actor, wanted=ListFilter()).rows[0]
    with pytest.raises(NotFound):
        get_account(actor=connected.stranger.actor, account_id=account.id)
    with pytest.raises(NotFound):
        get_vendor(actor=connected.stranger.actor, vendor_id=vendor.id)
    assert list_accounts(actor=connected.stranger.actor, wanted=ListFilter()).rows == ()


def test_the_lists_of_books_that_were_given_up_stay_to_be_read(
    owner: Person, books: Emulator
) -> None:
    refresh(owner)
    before = list_accounts(actor=owner.actor, wanted=ListFilter())
    disconnect(actor=owner.actor)
    assert list_accounts(actor=owner.actor, wanted=ListFilter()) == before
    other = books.control("POST", "companies", {"name": "Short Leg Chairs", "items": 30})
    ready = {**books.ready, **other}
    connect_with_ready_file(actor=owner.actor, content=json.dumps(ready).encode())
    assert get_connection(actor=owner.actor).company_name == "Short Leg Chairs"
    assert list_accounts(actor=owner.actor, wanted=ListFilter()).rows == ()
    refresh(owner)
    assert {
        each.id for each in list_accounts(actor=owner.actor, wanted=ListFilter()).rows
    }.isdisjoint(each.id for each in before.rows)
