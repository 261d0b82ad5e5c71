"""The sync log on the screen: list, filters, one call in full (LOG-3)."""

import json
from uuid import uuid4

import pytest
from django.urls import reverse
from tests.support.calls import TRACE, log_call, make_call
from tests.support.cast import Cast
from tests.support.databases import counted_queries

from partsemble.accounting.queries import calls as queries
from partsemble.kernel.ids import RunId
from partsemble.web.calls.pages import cut_body, show_duration, show_size
from partsemble.words.calls import ENTITY_WORDS

pytestmark = pytest.mark.django_db

FAULT = b'{"Fault":{"Error":[{"Message":"Stale","Detail":"Ask jane@doe.example","code":"5010"}]}}'
TOKENS = {"grant_type": "refresh_token", "refresh_token": "x"}


def address(cast: Cast, **query: object) -> str:
    words = "&".join(f"{name}={value}" for name, value in query.items())
    return reverse("sync_log", kwargs={"slug": cast.owner.business.slug}) + f"?{words}"


def test_an_empty_log_says_how_it_fills(cast: Cast) -> None:
    page = cast.owner.sign_in().get(address(cast))
    assert "No calls yet" in page.text
    assert "Search calls" not in page.text


def test_the_list_says_what_came_of_each_call(cast: Cast) -> None:
    log_call(cast.owner, make_call())
    log_call(cast.owner, make_call(body=FAULT, status=400))
    log_call(cast.owner, make_call(status=None))
    page = cast.accountant.sign_in().get(address(cast))
    assert page.text.count("SELECT * FROM Item") == 3
    for words in ("Answered · 200", "Refused · 400", "No answer", "5010 · Stale Ask", "1.2 s"):
        assert words in page.text
    assert "jane@doe.example" not in page.text
    assert "3 calls, " in page.text


def test_filters_narrow_the_list(cast: Cast) -> None:
    run = RunId(uuid4())
    log_call(cast.owner, make_call(body=FAULT, status=400), run_id=run)
    log_call(cast.owner, make_call(query={"query": "SELECT * FROM Vendor"}))
    client = cast.owner.sign_in()
    for query, shown in (
        ({"outcome": "refused"}, "FROM Item"),
        ({"entity": "Vendor"}, "FROM Vendor"),
        ({"code": "5010"}, "FROM Item"),
        ({"run": run}, "FROM Item"),
        ({"q": "from+vendor"}, "FROM Vendor"),
    ):
        page = client.get(address(cast, **query))
        assert page.text.count('class="secondary said"') == 1, query
        assert shown in page.text
    assert client.get(address(cast, q=TRACE)).text.count('class="secondary said"') == 2
    assert "Nothing matches" in client.get(address(cast, q="nowhere")).text
    assert "The calls of one sync" in client.get(address(cast, run=run)).text


def test_nonsense_in_an_address_is_left_out(cast: Cast) -> None:
    log_call(cast.owner, make_call())
    nonsense = {"outcome": "x", "entity": "y", "run": "z", "before": "7", "q": "%00", "code": "%00"}
    page = cast.owner.sign_in().get(address(cast, **nonsense))
    assert page.text.count('class="secondary said"') == 1


def test_pages_lead_to_older_calls_and_back(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PAGE_SIZE", 1)
    first, second = (log_call(cast.owner, make_call()) for _ in range(2))
    client = cast.owner.sign_in()
    newest = client.get(address(cast))
    assert str(second.id) in newest.text
    older = client.get(address(cast, before=second.id))
    assert str(first.id) in older.text
    assert "Newest" in older.text
    assert str(second.id) not in older.text.replace(f"before={second.id}", "")


def test_a_search_that_found_nothing_so_far_goes_on(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "STRETCH", 2)
    log_call(cast.owner, make_call(), label="needle")
    for _ in range(2):
        last = log_call(cast.owner, make_call())
    page = cast.owner.sign_in().get(address(cast, q="needle"))
    assert "Look further back" in page.text
    assert f"before={last.id}" not in page.text


def test_a_call_shows_both_sides_without_secrets(cast: Cast) -> None:
    body = json.dumps({"access_token": "hush-A", "refresh_token": "hush-R"}).encode()
    url = "http://books.example/oauth2/v1/tokens/bearer"
    row = log_call(cast.owner, make_call(method="POST", url=url, query={}, form=TOKENS, body=body))
    where = reverse("sync_log_call", kwargs={"slug": cast.owner.business.slug, "call_id": row.id})
    page = cast.owner.sign_in().get(where)
    assert page.status_code == 200
    assert "hush-" not in page.text  # a sign that no random token has
    assert page.text.count('class="left-out"') >= 2
    assert TRACE in page.text
    assert "refresh_token=$REFRESH_TOKEN" in page.text
    assert "$CLIENT_ID:$CLIENT_SECRET" in page.text
    assert cast.stranger.sign_in().get(where).status_code == 404
    foreign = reverse(
        "sync_log_call", kwargs={"slug": cast.stranger.business.slug, "call_id": row.id}
    )
    assert cast.stranger.sign_in().get(foreign).status_code == 404


def test_integrations_leads_to_the_log(cast: Cast) -> None:
    where = reverse("integrations", kwargs={"slug": cast.owner.business.slug})
    log = reverse("sync_log", kwargs={"slug": cast.owner.business.slug})
    assert log in cast.owner.sign_in().get(where).text
    assert log not in cast.builder.sign_in().get(where).text


def test_more_rows_ask_no_more_of_the_database(cast: Cast) -> None:
    client = cast.owner.sign_in()
    client.get(address(cast))
    counts = []
    for _ in range(2):
        for _ in range(10):
            log_call(cast.owner, make_call())
        with counted_queries() as count:
            client.get(address(cast))
        counts.append(count())
    assert counts[0] == counts[1]


def test_every_entity_has_words() -> None:
    from partsemble.accounting.registry import CALL_ENTITIES  # noqa: PLC0415 only here

    assert {name for names in CALL_ENTITIES.values() for name in names} == set(ENTITY_WORDS)


def test_figures_and_pieces() -> None:
    assert (show_duration(999), show_duration(1250)) == ("999 ms", "1.2 s")
    assert (show_size(800), show_size(700_000)) == ("800 bytes", "684 KiB")
    assert cut_body("") == ()
    pieces = cut_body('{"a":"‹left out›","b":12.300}')
    assert [each.text for each in pieces if each.is_left_out] == ["left out"]
    assert "12.300" in pieces[-1].text
