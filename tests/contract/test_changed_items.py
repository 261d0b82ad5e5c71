"""What every accounting provider promises about parts of its items (SYNC-6, SYNC-10)."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from tests.support.emulator import Emulator, running_emulator

from partsemble.accounting.documents import ItemType
from partsemble.accounting.http import BACKGROUND, HttpClient
from partsemble.accounting.provider import AccountingProvider
from partsemble.accounting.registry import make_authorizer, open_books
from partsemble.accounting.services.tokens import FreshTokens
from partsemble.accounting.types import AppCredentials, Books, Installation, ProviderKey
from partsemble.kernel.secret import Secret


@pytest.fixture(scope="module")
def books_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with running_emulator("--items", "400", folder=tmp_path_factory.mktemp("books")) as server:
        yield server


@pytest.fixture
def provider(books_server: Emulator) -> Iterator[AccountingProvider]:
    ready, client = books_server.ready, HttpClient()
    app = AppCredentials(client_id=ready["client_id"], client_secret=Secret(ready["client_secret"]))
    authorizer = make_authorizer(
        provider=ProviderKey.QBO,
        installation=Installation(environment=ready["discovery_url"], app=app),
        http=client,
    )
    issued = authorizer.refresh(refresh_token=Secret(ready["refresh_token"]))
    yield open_books(
        books=Books(
            provider=ProviderKey.QBO,
            environment=ready["discovery_url"],
            company_id=ready["realm_id"],
        ),
        tokens=FreshTokens(issued, authorizer),
        http=client,
        patience=BACKGROUND,
    )
    client.close()


def test_it_gives_what_changed_since_an_instant_of_its_own_clock(
    books_server: Emulator, provider: AccountingProvider
) -> None:
    everything = provider.get_item_page(start=0, limit=1000)
    lamp, lost, kept, gone = [
        each for each in everything.items if each.is_active and each.type is ItemType.INVENTORY
    ][-4:]
    books_server.control("POST", "clock", {"advance_seconds": 3600})
    since = provider.get_item_page(start=0, limit=1).observed_at
    assert since is not None
    books_server.control("POST", "clock", {"advance_seconds": 60})
    books_server.control("PATCH", f"items/{lamp.external_id}", {"unit_price": 77.5})
    books_server.control("PATCH", f"items/{gone.external_id}", {"active": False})
    books_server.control("POST", f"items/{lost.external_id}/merge", {"into": kept.external_id})
    made = books_server.control("POST", "items", {"type": "Service", "name": "A new one"})["id"]
    page = provider.get_changed_item_page(since=since, start=0, limit=1000)
    found = {each.external_id: each for each in page.items}
    changed = sorted((each.external_id for each in (lamp, lost, kept, gone)), key=int)
    assert list(found) == [*changed, made]
    assert str(found[lamp.external_id].unit_price) == "77.500000"
    assert not found[gone.external_id].is_active
    # What is merged into another is switched off, which is a change like others.
    assert not found[lost.external_id].is_active
    assert page.observed_at is not None
    assert page.observed_at > since
    rest = provider.get_changed_item_page(since=since, start=2, limit=2)
    assert [each.external_id for each in rest.items] == list(found)[2:4]
    later = page.observed_at + timedelta(seconds=5)
    assert provider.get_changed_item_page(since=later, start=0, limit=10).row_count == 0


def test_it_looks_items_up_whatever_their_state(
    books_server: Emulator, provider: AccountingProvider
) -> None:
    items = provider.get_item_page(start=0, limit=1000).items
    inactive = next(each for each in items if not each.is_active)
    wanted = [inactive.external_id, *(each.external_id for each in items[-3:])]
    found = provider.get_items(external_ids=[*wanted, "99999999"])
    assert sorted(each.external_id for each in found.items) == sorted(wanted)
    assert inactive in found.items
    many = [each.external_id for each in items[: provider.capabilities.item_lookup_size]]
    assert len(provider.get_items(external_ids=many).items) == len(many)
    assert provider.get_items(external_ids=["99999999"]).items == ()


def test_it_names_what_is_gone_for_good(
    books_server: Emulator, provider: AccountingProvider
) -> None:
    items = provider.get_item_page(start=0, limit=1000).items
    lost, kept, gone = [
        each.external_id for each in items if each.is_active and each.type is ItemType.SERVICE
    ][-3:]
    books_server.control("POST", "clock", {"advance_seconds": 7200})
    since = provider.get_item_page(start=0, limit=1).observed_at
    assert since is not None
    assert provider.find_deleted_items(since=since) == frozenset()
    books_server.control("POST", "switches", {"merged_items": "deleted"})
    books_server.control("POST", f"items/{lost}/merge", {"into": kept})
    books_server.control("POST", "switches", {"merged_items": "inactive"})
    books_server.control("DELETE", f"items/{gone}")
    assert provider.find_deleted_items(since=since) == frozenset({lost, gone})
    assert provider.get_items(external_ids=[lost, gone]).row_count == 0
    long_ago = since - timedelta(days=40)
    assert provider.find_deleted_items(since=long_ago) is None
