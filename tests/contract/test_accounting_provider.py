"""What every accounting provider promises, over real HTTP to the emulator."""

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import stamina
from tests.support.emulator import Emulator, running_emulator

from partsemble.accounting.documents import ItemType
from partsemble.accounting.http import Call, HttpClient, Patience
from partsemble.accounting.provider import (
    AccountingProvider,
    ProviderError,
    Reconnect,
    Refused,
    TryLater,
    Unexpected,
)
from partsemble.accounting.qbo.mapping import CATEGORY
from partsemble.accounting.registry import Authorizer, make_authorizer, open_books
from partsemble.accounting.services.tokens import FreshTokens
from partsemble.accounting.types import (
    AppCredentials,
    Books,
    Installation,
    IssuedTokens,
    ProviderKey,
)
from partsemble.kernel.secret import Secret

PATIENT = Patience(attempts=3, longest_wait_seconds=5.0)


@pytest.fixture(scope="module")
def books_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """An emulator of this module's own, whose faults and tokens its tests change."""
    with running_emulator("--items", "2500", folder=tmp_path_factory.mktemp("books")) as server:
        yield server


@pytest.fixture
def calls() -> list[Call]:
    return []


@pytest.fixture
def client(calls: list[Call]) -> Iterator[HttpClient]:
    client = HttpClient().observed_by(calls.append)
    yield client
    client.close()


@pytest.fixture(autouse=True)
def calm(books_server: Emulator) -> Iterator[None]:
    yield
    books_server.control("DELETE", "faults")
    books_server.control("POST", "switches", {"throttle": False, "access_token_seconds": 3600})


def authorize(server: Emulator, client: HttpClient) -> Authorizer:
    ready = server.ready
    return make_authorizer(
        provider=ProviderKey.QBO,
        installation=Installation(
            environment=ready["discovery_url"],
            app=AppCredentials(
                client_id=ready["client_id"], client_secret=Secret(ready["client_secret"])
            ),
        ),
        http=client,
    )


@pytest.fixture
def tokens(books_server: Emulator, client: HttpClient) -> FreshTokens:
    ready = books_server.ready
    authorizer = authorize(books_server, client)
    return FreshTokens(authorizer.refresh(refresh_token=Secret(ready["refresh_token"])), authorizer)


@pytest.fixture
def provider(books_server: Emulator, client: HttpClient, tokens: FreshTokens) -> AccountingProvider:
    return open_provider(books_server, client, tokens)


def open_provider(
    server: Emulator, client: HttpClient, tokens: FreshTokens, patience: Patience = PATIENT
) -> AccountingProvider:
    books = Books(
        provider=ProviderKey.QBO,
        environment=server.ready["discovery_url"],
        company_id=server.ready["realm_id"],
    )
    return open_books(books=books, tokens=tokens, http=client, patience=patience)


def test_it_says_whose_books_they_are(books_server: Emulator, provider: AccountingProvider) -> None:
    company = provider.get_company()
    assert company.external_id == books_server.ready["realm_id"]
    assert company.name
    assert (company.country, company.home_currency) == ("US", "USD")
    assert company.offering == "QuickBooks Online Plus"
    assert company.preferences.tracks_quantity


def test_it_gives_every_item_once_whatever_its_state(
    books_server: Emulator, provider: AccountingProvider
) -> None:
    count = provider.count_items()
    size = provider.capabilities.item_page_size
    assert count >= 2500
    pages = [provider.get_item_page(start=start, limit=size) for start in range(0, count, size)]
    assert [page.row_count for page in pages] == [size] * (count // size) + [count % size]
    items = [item for page in pages for item in page.items]
    ids = [item.external_id for item in items]
    assert len(set(ids)) == len(ids)
    assert ids == sorted(ids, key=int)
    states = Counter(item.is_active for item in items)
    assert states[True] > states[False] > 0
    types = Counter(item.type for item in items)
    assert types[ItemType.INVENTORY] > 0
    assert types[ItemType.SERVICE] > 0
    assert types[ItemType.OTHER] == 0
    assert all(page.observed_at is not None for page in pages)
    assert [each for page in pages for each in page.unreadable] == []
    # The emulator's own list has the categories too, which are rows but no items.
    theirs = books_server.control("GET", "items?limit=1000&after=0")
    listed = {each["id"]: each for each in theirs["items"]}
    assert theirs["count"] == count
    for item in items:
        if (their := listed.get(item.external_id)) and their["type"] != CATEGORY:
            # SYNC-6: a deactivated item keeps the name that it had before.
            name = their["name"].removesuffix("" if item.is_active else " (deleted)")
            assert (item.name, item.sku) == (name, their["sku"] or "")
    categories = [each for each in listed.values() if each["type"] == CATEGORY]
    assert not {each["id"] for each in categories} & set(ids)


def test_a_figure_keeps_every_digit(books_server: Emulator, provider: AccountingProvider) -> None:
    # JSON that a float would spoil: seventeen significant digits.
    made = json.loads(
        '{"type": "Inventory", "name": "Seventeen digits", "unit_price": 12345678.1234567,'
        ' "quantity_on_hand": 123456789.123456, "started_on": "2026-01-01"}'
    )
    item_id = books_server.control("POST", "items", made)["id"]
    (item,) = (
        item
        for page in (
            provider.get_item_page(start=start, limit=1000) for start in range(0, 3000, 1000)
        )
        for item in page.items
        if item.external_id == item_id
    )
    assert str(item.quantity_on_hand) == "123456789.123456"
    assert str(item.unit_price) == "12345678.123457"
    assert item.notes == ("Unit price 12345678.1234567 was rounded to 12345678.123457.",)


def test_beyond_the_last_row_there_is_an_empty_page(provider: AccountingProvider) -> None:
    page = provider.get_item_page(start=1_000_000, limit=1000)
    assert (page.row_count, page.items) == (0, ())


def test_a_statement_it_does_not_understand_is_refused_in_its_words(
    provider: AccountingProvider,
) -> None:
    with pytest.raises(Refused) as refusal:
        provider.get_item_page(start=0, limit=1001)
    assert refusal.value.facts["provider_code"] in {"4000", "4001"}
    assert refusal.value.facts["provider_message"]


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 500},
        {"kind": "status", "status": 503},
        {"kind": "fault_200"},
        {"kind": "close"},
        {"kind": "close_after"},
        {"kind": "truncate"},
    ],
)
def test_a_read_is_repeated_until_it_succeeds(
    books_server: Emulator,
    provider: AccountingProvider,
    calls: list[Call],
    fault: dict[str, object],
) -> None:
    books_server.control("POST", "faults", {**fault, "count": 2})
    before = len(calls)
    with stamina.set_testing(True, attempts=3):
        assert provider.get_item_page(start=0, limit=10).row_count == 10
    assert [call.request.attempt for call in calls[before:]] == [1, 2, 3]


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"kind": "status", "status": 500}, TryLater),
        ({"kind": "close"}, TryLater),
        ({"kind": "malformed"}, Unexpected),
        ({"kind": "status", "status": 403}, Reconnect),
    ],
)
def test_what_outlasts_the_repetitions_is_named_by_what_to_do(
    books_server: Emulator,
    provider: AccountingProvider,
    fault: dict[str, object],
    kind: type[ProviderError],
) -> None:
    books_server.control("POST", "faults", {**fault, "count": 9})
    with stamina.set_testing(True, attempts=3), pytest.raises(kind):
        provider.count_items()


def test_a_throttled_company_is_left_alone_for_the_time_it_asked_for(
    tmp_path: Path, client: HttpClient, calls: list[Call]
) -> None:
    with running_emulator(folder=tmp_path) as server:
        authorizer = authorize(server, client)
        issued = authorizer.refresh(refresh_token=Secret(server.ready["refresh_token"]))
        provider = open_provider(server, client, FreshTokens(issued, authorizer))
        server.control("POST", "faults", {"kind": "status", "status": 429})
        with pytest.raises(TryLater) as refusal:
            provider.count_items()
        assert refusal.value.wait_seconds == 60
        sent = len(calls)
        with pytest.raises(TryLater) as refusal:
            provider.count_items()
        assert 30 < refusal.value.wait_seconds <= 60
        assert len(calls) == sent, "no call goes out while the company is to be left alone"


def test_it_stays_within_the_limits_that_the_provider_states(
    tmp_path: Path, client: HttpClient, calls: list[Call]
) -> None:
    with running_emulator(folder=tmp_path) as server:
        limits = {"throttle": True, "requests_per_minute": 12, "requests_per_second": 900}
        server.control("POST", "switches", limits)
        authorizer = authorize(server, client)
        issued = authorizer.refresh(refresh_token=Secret(server.ready["refresh_token"]))
        provider = open_provider(server, client, FreshTokens(issued, authorizer))
        provider.count_items()
        with ThreadPoolExecutor(max_workers=8) as pool:
            asked = [pool.submit(provider.count_items) for _ in range(20)]
        refused = [error for each in asked if (error := each.exception())]
        assert len(refused) == 9
        assert {type(error) for error in refused} == {TryLater}
        assert {call.reply.status for call in calls if call.reply} == {200}


def test_an_access_token_that_ends_in_mid_run_is_renewed_once_for_all_threads(
    books_server: Emulator, provider: AccountingProvider, calls: list[Call]
) -> None:
    provider.count_items()
    books_server.control("POST", "expire-access-tokens", {})
    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(lambda _: provider.count_items(), range(8)))
    statuses = Counter(call.reply.status for call in calls if call.reply)
    assert 1 <= statuses[401] <= 4
    assert statuses[200] >= 9


def test_a_token_that_ended_and_then_one_refusal_by_mistake_are_no_lost_permission(
    books_server: Emulator, provider: AccountingProvider, calls: list[Call]
) -> None:
    books_server.control("POST", "expire-access-tokens", {})
    refusal = {"kind": "status", "status": 401, "after": 1, "path": "/query"}
    books_server.control("POST", "faults", refusal)
    assert provider.count_items() > 0
    sent = [call for call in calls if "/query" in call.request.url]
    assert [call.reply.status for call in sent if call.reply] == [401, 401, 200]


def test_a_company_that_refuses_every_token_asks_for_a_person(
    books_server: Emulator, provider: AccountingProvider
) -> None:
    books_server.control(
        "POST", "faults", {"kind": "status", "status": 401, "count": 9, "path": "/query"}
    )
    with pytest.raises(Reconnect):
        provider.count_items()


def test_permission_that_was_taken_back_asks_for_a_person(
    tmp_path: Path, client: HttpClient
) -> None:
    with running_emulator(folder=tmp_path) as server:
        authorizer = authorize(server, client)
        issued = authorizer.refresh(refresh_token=Secret(server.ready["refresh_token"]))
        provider = open_provider(server, client, FreshTokens(issued, authorizer))
        server.control("POST", "revoke", {})
        with pytest.raises(Reconnect):
            provider.count_items()


def test_a_server_that_is_away_is_tried_later(tmp_path: Path, client: HttpClient) -> None:
    with running_emulator(folder=tmp_path) as server:
        authorizer = authorize(server, client)
        issued = authorizer.refresh(refresh_token=Secret(server.ready["refresh_token"]))
    provider = open_provider(server, client, FreshTokens(issued, authorizer))
    with stamina.set_testing(True, attempts=2), pytest.raises(TryLater) as refusal:
        provider.count_items()
    assert refusal.value.facts["reason"] == "ConnectError"


def test_a_refresh_token_is_exchanged_and_a_dead_one_is_told_apart(
    books_server: Emulator, client: HttpClient
) -> None:
    authorizer = authorize(books_server, client)
    issued = authorizer.refresh(refresh_token=Secret(books_server.ready["refresh_token"]))
    assert issued.access_seconds == 3600
    assert issued.refresh_seconds == 8_726_400
    with pytest.raises(Reconnect):
        authorizer.refresh(refresh_token=Secret("RT1-never-issued"))


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"kind": "malformed"}, Unexpected),
        ({"kind": "truncate"}, TryLater),
        ({"kind": "close"}, TryLater),
        ({"kind": "status", "status": 500}, TryLater),
        ({"kind": "status", "status": 429}, TryLater),
        ({"kind": "status", "status": 403}, Refused),
    ],
)
def test_a_token_endpoint_in_trouble_is_never_taken_for_lost_permission(
    books_server: Emulator,
    client: HttpClient,
    fault: dict[str, object],
    kind: type[ProviderError],
) -> None:
    authorizer = authorize(books_server, client)
    token = Secret(books_server.ready["refresh_token"])
    authorizer.refresh(refresh_token=token)
    books_server.control("POST", "faults", {**fault, "path": "/oauth2/v1/tokens/bearer"})
    with pytest.raises(kind) as failure:
        authorizer.refresh(refresh_token=token)
    assert failure.type is kind
    assert authorizer.refresh(refresh_token=token)


def test_a_code_that_was_never_given_is_refused(books_server: Emulator, client: HttpClient) -> None:
    with pytest.raises(Refused) as refusal:
        authorize(books_server, client).exchange(
            code=Secret("XAB11-never"), redirect_uri="http://localhost:8000/connect/qbo/callback"
        )
    assert refusal.value.facts["provider_code"] == "invalid_grant"


def test_an_app_that_is_not_known_is_a_matter_for_a_person(
    books_server: Emulator, client: HttpClient
) -> None:
    impostor = make_authorizer(
        provider=ProviderKey.QBO,
        installation=Installation(
            environment=books_server.ready["discovery_url"],
            app=AppCredentials(client_id="nobody", client_secret=Secret("guess")),
        ),
        http=client,
    )
    with pytest.raises(Refused) as refusal:
        impostor.refresh(refresh_token=Secret(books_server.ready["refresh_token"]))
    assert refusal.value.facts["provider_code"] == "invalid_client"


def test_revoking_ends_the_tokens(tmp_path: Path, client: HttpClient) -> None:
    with running_emulator(folder=tmp_path) as server:
        authorizer = authorize(server, client)
        token = Secret(server.ready["refresh_token"])
        authorizer.revoke(token=token)
        with pytest.raises(Reconnect):
            authorizer.refresh(refresh_token=token)


def test_no_secret_is_in_any_line_that_is_logged(
    books_server: Emulator,
    provider: AccountingProvider,
    tokens: FreshTokens,
    calls: list[Call],
    caplog: pytest.LogCaptureFixture,
) -> None:
    provider.get_company()
    issued: IssuedTokens = tokens.issued
    secrets = {
        books_server.ready["client_secret"],
        books_server.ready["refresh_token"],
        issued.access_token.reveal(),
    }
    shown = repr(calls) + caplog.text
    assert "provider_call" in shown
    assert "/preferences" in shown
    assert not any(secret in shown for secret in secrets)
