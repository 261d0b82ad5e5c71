"""Ledger accounts and vendors by the API."""

from uuid import uuid4

import pytest
from tests.api.test_item_syncs import follow
from tests.support.api import Program, read, read_problem

pytestmark = pytest.mark.django_db(transaction=True)

LISTS = ("ledger-accounts", "vendors")


@pytest.mark.parametrize("name", LISTS)
def test_every_row_comes_once_in_order(synced: Program, name: str) -> None:
    whole = follow(synced, name, limit=200)
    assert len({each["id"] for each in whole}) == len(whole) > 2
    assert follow(synced, name, limit=3) == whole
    assert read(synced.get(f"{name}/{whole[0]['id']}")) == whole[0]


def test_the_chart_says_what_its_accounts_are_for(synced: Program) -> None:
    (asset,) = follow(synced, "ledger-accounts", search="inventory ASSET", limit=50)
    assert asset["type"] == "other_current_asset"
    assert (asset["classification"], asset["currency"]) == ("asset", "USD")
    assert asset["is_active"]
    assert asset["is_present"]


def test_a_vendor_is_a_name_and_nothing_else(synced: Program) -> None:
    vendor = follow(synced, "vendors", limit=50)[0]
    assert set(vendor) == {"id", "external_id", "name", "currency", "is_active", "is_present"}


@pytest.mark.parametrize("name", LISTS)
def test_what_is_not_there(synced: Program, name: str) -> None:
    assert read_problem(synced.get(f"{name}/{uuid4()}"), 404)["code"] == "not_found"
    assert read(synced.get(name, search="no such thing"))["rows"] == []
    assert read_problem(synced.get(name, cursor="made-up"), 422)["code"] == "invalid_input"
