"""Syncs by themselves and *Run when free*, as people meet them (SYNC-1, LOCK-5)."""

import html
import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from tests.support.books import connect, point_at
from tests.support.cast import Cast, Person
from tests.support.emulator import Emulator

from partsemble.accounting.models import Connection
from partsemble.accounting.queries.connections import find_connection
from partsemble.database.ids import new_id
from partsemble.database.scope import business_scope
from partsemble.identity.models import Business
from partsemble.jobs.worker import drain_jobs
from partsemble.kernel.actor import Actor
from partsemble.locks.services import release_sync_lock, take_sync_lock
from partsemble.locks.types import HolderKind, LockHolder, SyncLease
from partsemble.sync.queries import list_runs
from partsemble.sync.queries.waiting import find_waiting_sync, get_automatic_sync
from partsemble.sync.types import AutomaticSyncView, Rhythm

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _pointed(settings: Settings, emulator: Emulator) -> None:
    point_at(settings, emulator)


@pytest.fixture
def owner(cast: Cast) -> Person:
    connect(cast.owner)
    return cast.owner


def show_automatic(actor: Actor) -> AutomaticSyncView:
    return get_automatic_sync(actor=actor, connection=find_connection(actor=actor))


def address(person: Person, name: str, **parts: object) -> str:
    return reverse(name, kwargs={"slug": person.business.slug, **parts})


def read(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return html.unescape(re.sub(r"\s+", " ", response.text))


def press(client: Client, person: Person, name: str, status: int = 200, **values: object) -> str:
    answer = client.post(address(person, name), values, follow=True)
    assert answer.status_code == status
    return html.unescape(re.sub(r"\s+", " ", answer.text))


def let_sally_sync_sales(person: Person) -> SyncLease:
    return take_sync_lock(
        business_id=person.business.id,
        holder=LockHolder(kind=HolderKind.SALES_SYNC, holder_id=new_id(), label="Sally"),
        lease_seconds=300,
    )


def test_a_refused_start_says_all_there_is_to_say_and_offers_to_run_when_free(
    owner: Person,
) -> None:
    client = owner.sign_in()
    lease = let_sally_sync_sales(owner)
    page = press(client, owner, "start_sync", status=409)
    for said in ("A sales sync is running", "Sally started it", "ends by itself in", "minutes"):
        assert said in page
    assert "Run when free" in page
    page = press(client, owner, "run_when_free")
    assert "The sync starts by itself as soon as nothing else runs." in page
    assert "A sync waits for its turn" in page
    assert "Olivia Owner asked for it" in page
    assert "Run when free" not in page
    release_sync_lock(lease=lease)
    drain_jobs()
    assert len(list_runs(actor=owner.actor)) == 1
    assert "A sync waits for its turn" not in read(client, address(owner, "sync_items"))


def test_the_page_of_the_run_in_the_way_offers_it_too_with_how_far_it_is(owner: Person) -> None:
    client = owner.sign_in()
    client.post(address(owner, "start_sync"))
    page = press(client, owner, "start_sync", status=409)
    assert "An item sync is running" in page
    assert "Olivia Owner started it" in page
    assert "No items read yet" in page
    assert "Run when free" in page
    press(client, owner, "run_when_free")
    drain_jobs()
    drain_jobs()
    [run] = list_runs(actor=owner.actor)[1:]
    assert "Run when free" not in read(client, address(owner, "sync_run", run_id=run.id))


def test_a_waiting_sync_is_cancelled_once(owner: Person) -> None:
    client = owner.sign_in()
    let_sally_sync_sales(owner)
    press(client, owner, "run_when_free")
    assert "The waiting sync is cancelled." in press(client, owner, "call_off_sync")
    assert find_waiting_sync(actor=owner.actor) is None
    assert "No sync was waiting any more" in press(client, owner, "call_off_sync")


def test_choosing_when_syncs_start_by_themselves(owner: Person) -> None:
    client = owner.sign_in()
    with business_scope(owner.business.id):
        Business.objects.update(time_zone="America/New_York")
    assert "Next sync" not in read(client, address(owner, "sync_items"))
    page = press(
        client, owner, "choose_automatic_sync", rhythm="daily", hour="5", follows_changes="on"
    )
    assert "Saved when syncs start by themselves." in page
    assert re.search(r"Next sync: \w+day \d+ \w+, 05:[01]\d\.", page)
    assert "America/New_York" in page
    automatic = show_automatic(owner.actor)
    assert (automatic.rhythm, automatic.hour) == (Rhythm.DAILY, 5)
    assert automatic.follows_changes
    with business_scope(owner.business.id):
        Connection.objects.update(state="expired")
    page = read(client, address(owner, "sync_items"))
    assert "Paused until the books are connected" in page
    assert "Next sync" not in page


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"hour": "3"}, "Choose one: off, every hour, or every day."),
        ({"rhythm": "weekly", "hour": "3"}, "Choose one: off, every hour, or every day."),
        ({"rhythm": "daily"}, "Choose an hour of the day."),
        ({"rhythm": "daily", "hour": "24"}, "Choose an hour of the day, from 0 to 23."),
    ],
)
def test_a_wrong_choice_is_explained_and_changes_nothing(
    owner: Person, sent: dict[str, str], said: str
) -> None:
    answer = owner.sign_in().post(address(owner, "choose_automatic_sync"), sent)
    assert answer.status_code == 422
    assert said in html.unescape(answer.text)
    assert show_automatic(owner.actor).rhythm is Rhythm.OFF


def test_without_books_it_says_what_is_missing(cast: Cast) -> None:
    client = cast.owner.sign_in()
    for name in ("choose_automatic_sync", "run_when_free"):
        answer = client.post(address(cast.owner, name), {"rhythm": "hourly", "hour": "3"})
        assert "not connected to any books" in html.unescape(answer.text)
