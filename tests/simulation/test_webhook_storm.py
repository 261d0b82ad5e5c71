"""Forged, repeated and reordered notifications over real HTTP: each real event once.

With `--deliveries 10000` there are as many as quality asks for; it takes some minutes. And the
emulator's own: an edit in the books arrives here, in either body, doubled and out of order.
"""

import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer
from tests.support.books import connect, point_at
from tests.support.cast import Person, make_cast
from tests.support.emulator import Emulator, running_emulator
from tests.support.jobs import let_jobs_come, make_waiting_ready
from tests.support.webhooks import cloud_event, entity, new_body, old_body, sign

from partsemble.accounting.models import Item
from partsemble.database.scope import business_scope
from partsemble.jobs.worker import drain_jobs
from partsemble.sync.due_models import HeardChange
from partsemble.sync.queries import list_runs
from partsemble.sync.queries.waiting import list_waiting_syncs
from partsemble.sync.services.schedule import choose_automatic_sync
from partsemble.sync.types import Rhythm, Trigger
from partsemble.web.webhooks import views
from partsemble.web.webhooks.rates import RateLimit

pytestmark = pytest.mark.django_db(transaction=True)

EVENTS = 600
SENDERS = 4
ANSWER_SECONDS = 3.0
PATIENCE_SECONDS = 180


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Emulator]:
    with running_emulator("--auto-consent", folder=tmp_path) as emulator:
        yield emulator


@pytest.fixture
def owner(transactional_db: None, books: Emulator, settings: Settings) -> Person:
    point_at(settings, books)
    person = make_cast().owner
    connect(person)
    choose_automatic_sync(actor=person.actor, rhythm=Rhythm.OFF, hour=3, follows_changes=True)
    return person


@pytest.fixture
def address(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(views, "HEARD", RateLimit(calls=100_000))
    monkeypatch.setattr(views, "FORGED", RateLimit(calls=100_000))
    return f"{live_server.url}/webhooks/qbo"


def write_real_bodies(company: str) -> list[bytes]:
    """Each event in one body, some alone and some gathered; half in either form."""
    bodies: list[bytes] = []
    for number in range(0, EVENTS, 3):
        group = range(number, number + 3)
        if number % 2:
            bodies.append(new_body(*(cloud_event(company, each) for each in group)))
        else:
            bodies.append(old_body(company, *(entity(each) for each in group)))
    return bodies


def mix_deliveries(
    company: str, verifier: str, chance: random.Random, count: int
) -> list[tuple[bytes, str]]:
    """Every real body at least once, the rest forged or repeated, in any order."""
    real = write_real_bodies(company)
    deliveries = [(body, sign(body, verifier)) for body in real]
    while len(deliveries) < count:
        body = chance.choice(real)
        if chance.random() < 0.25:
            deliveries.append((body, sign(body, verifier)))
        else:
            deliveries.append(forge(body, company, verifier, chance))
    chance.shuffle(deliveries)
    return deliveries


def forge(body: bytes, company: str, verifier: str, chance: random.Random) -> tuple[bytes, str]:
    made_up = old_body(company, entity(f"forged-{chance.randrange(10**9)}"))
    return chance.choice(
        [
            (made_up, sign(body, verifier)),
            (made_up, sign(made_up, "guessed")),
            (body.replace(b"Item", b"Iten").replace(b"item", b"iten"), sign(body, verifier)),
            (made_up, ""),
            (body + b" ", sign(body, verifier)),
        ]
    )


def test_of_many_deliveries_each_real_event_counts_once(
    owner: Person, books: Emulator, address: str, request: pytest.FixtureRequest
) -> None:
    chance = random.Random(20_261_121)  # noqa: S311 repeatable
    verifier = books.ready["webhook_verifier"]
    count = request.config.getoption("--deliveries")
    deliveries = mix_deliveries(books.ready["realm_id"], verifier, chance, count)
    is_real = [signature == sign(body, verifier) for body, signature in deliveries]
    send_all(address, [(b"{}", "")])  # a server that has just started answers its first late
    answers = send_all(address, deliveries)
    assert [status == 200 for status, _ in answers] == is_real
    assert {status for status, _ in answers} == {200, 401}
    assert max(seconds for _, seconds in answers) < ANSWER_SECONDS
    with business_scope(owner.business.id):
        heard = list(HeardChange.objects.values_list("external_id", flat=True))
    assert sorted(map(int, heard)) == list(range(EVENTS))
    assert len(list_waiting_syncs(business_id=owner.business.id)) == 1
    assert len(let_it_sync(owner)) == 1


def send_all(address: str, deliveries: list[tuple[bytes, str]]) -> list[tuple[int, float]]:
    where = urlsplit(address)

    def send(part: list[tuple[bytes, str]]) -> list[tuple[int, float]]:
        answers = []
        with closing(HTTPConnection(str(where.hostname), where.port, timeout=30)) as line:
            for body, signature in part:
                began = time.monotonic()
                line.request("POST", where.path, body, {"intuit-signature": signature})
                with line.getresponse() as answer:
                    answer.read()
                    answers.append((answer.status, time.monotonic() - began))
        return answers

    size = -(-len(deliveries) // SENDERS)
    parts = [deliveries[start : start + size] for start in range(0, len(deliveries), size)]
    with ThreadPoolExecutor(SENDERS) as pool:
        return [answer for part in pool.map(send, parts) for answer in part]


def let_it_sync(owner: Person) -> list[Any]:
    make_waiting_ready(owner.business.id)
    let_jobs_come(owner.business.id)
    drain_jobs()
    return [run for run in list_runs(actor=owner.actor) if run.trigger is Trigger.WEBHOOK]


@pytest.mark.parametrize("body_format", ["event_notifications", "cloud_events"])
def test_an_edit_in_the_books_arrives_by_itself(
    owner: Person, books: Emulator, address: str, body_format: str
) -> None:
    books.control(
        "PATCH",
        "switches",
        {"webhook_format": body_format, "webhook_duplicates": 2, "webhook_order": "reversed"},
    )
    books.control("POST", "webhooks", {"url": address})
    items = books.control("GET", "items")["items"]
    lamp = next(each for each in items if each["type"] == "Inventory" and each["active"])
    for price in (1, 2, 149.5):
        books.control("PATCH", f"items/{lamp['id']}", {"unit_price": price})
    wait_until_quiet(books)
    [waiting] = list_waiting_syncs(business_id=owner.business.id)
    assert waiting.trigger is Trigger.WEBHOOK
    assert len(let_it_sync(owner)) == 1
    with business_scope(owner.business.id):
        assert Item.objects.get(external_id=lamp["id"]).unit_price == 149.5
    books.control(
        "POST", "webhooks/announce", {"entity": "Item", "id": "77", "operation": "Delete"}
    )
    wait_until_quiet(books)
    assert len(list_waiting_syncs(business_id=owner.business.id)) == 1
    with business_scope(owner.business.id):
        assert HeardChange.objects.filter(gone_id="77").exists()


def wait_until_quiet(books: Emulator) -> None:
    """Wait until all that the emulator has to say is acknowledged, at a second try perhaps."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        told = books.control("GET", "webhooks")
        if told["deliveries"] and not told["waiting"] and not told["gathering"]:
            return
        time.sleep(0.1)
    raise AssertionError(f"the emulator still has something to say: {told}")
