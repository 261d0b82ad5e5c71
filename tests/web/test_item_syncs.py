"""The pages of item syncs and of the accounting items that they bring."""

import html
import re
from dataclasses import replace

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from tests.support.books import connect, point_at
from tests.support.cast import Cast, Person
from tests.support.databases import counted_queries
from tests.support.emulator import Emulator

from partsemble.accounting.documents import ItemType
from partsemble.accounting.models.items import Item as ItemRow
from partsemble.database.ids import new_id
from partsemble.database.scope import business_scope
from partsemble.identity import queries
from partsemble.identity.types import MembershipView
from partsemble.jobs.models import Job
from partsemble.jobs.worker import drain_jobs
from partsemble.kernel.ids import UserId
from partsemble.kernel.permissions import Permission
from partsemble.locks.services import take_sync_lock
from partsemble.locks.types import HolderKind, LockHolder
from partsemble.sync.models import ItemSync
from partsemble.sync.queries import get_item_types, list_runs, list_steps
from partsemble.sync.services.running import run_item_sync
from partsemble.sync.types import DEFAULT_TYPES, RunState, RunView
from partsemble.web import access

pytestmark = pytest.mark.django_db(transaction=True)

LOOKS_AGAIN = 'hx-trigger="every'
PAGE_QUERIES = 12
"""Session, person, membership and menu for the frame, and the page's own."""


@pytest.fixture(autouse=True)
def _pointed(settings: Settings, emulator: Emulator) -> None:
    point_at(settings, emulator)


@pytest.fixture
def owner(cast: Cast) -> Person:
    connect(cast.owner)
    return cast.owner


def address(person: Person, name: str, **parts: object) -> str:
    return reverse(name, kwargs={"slug": person.business.slug, **parts})


def read(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status
    return html.unescape(re.sub(r"\s+", " ", response.text))


def sync(client: Client, person: Person) -> RunView:
    client.post(address(person, "start_sync"))
    run = list_runs(actor=person.actor)[0]
    run_item_sync(business_id=person.business.id, run_id=run.id)
    return run


def test_the_button_leads_to_the_run_and_the_run_to_its_report(owner: Person) -> None:
    client = owner.sign_in()
    answer = client.post(address(owner, "start_sync"))
    run = list_runs(actor=owner.actor)[0]
    page = address(owner, "sync_run", run_id=run.id)
    assert answer["Location"] == page
    assert "Getting ready" in read(client, page)
    live = read(client, address(owner, "sync_run_live", run_id=run.id))
    assert LOOKS_AGAIN in live
    run_item_sync(business_id=owner.business.id, run_id=run.id)
    report = read(client, page)
    assert "The list is in step with your books" in report
    assert LOOKS_AGAIN not in report


def test_a_screen_reader_hears_only_what_is_new(owner: Person) -> None:
    client = owner.sign_in()
    client.post(address(owner, "start_sync"))
    run = list_runs(actor=owner.actor)[0]
    live = address(owner, "sync_run_live", run_id=run.id)
    assert 'id="run-heard"' in read(client, live)
    assert 'id="run-heard"' not in read(client, f"{live}?heard=Getting+ready")
    run_item_sync(business_id=owner.business.id, run_id=run.id)
    ended = read(client, f"{live}?heard=Getting+ready")
    assert "Finished: 47 created" in ended
    assert "<title>Finished: Item sync" in ended


def test_the_changes_of_a_run_are_searched(owner: Person) -> None:
    client = owner.sign_in()
    run = sync(client, owner)
    page = address(owner, "sync_run", run_id=run.id)
    found = read(client, f"{page}?q=HERON&show=create")
    assert 'Table lamp "Heron"' in found
    assert "Oak base" not in found
    assert "1–3 of 3" in found
    assert "No change of this run has “zzzz”" in read(client, f"{page}?q=zzzz")
    fragment = client.get(
        page, {"q": "heron"}, headers={"HX-Request": "true", "HX-Target": "changed"}
    ).text
    assert "Heron" in fragment
    assert "<html" not in fragment


def test_a_second_sync_is_told_what_is_in_its_way(owner: Person) -> None:
    client = owner.sign_in()
    client.post(address(owner, "start_sync"))
    run = list_runs(actor=owner.actor)[0]
    answer = client.post(address(owner, "start_sync"))
    assert answer.status_code == 409
    said = html.unescape(re.sub(r"\s+", " ", answer.text))
    assert "<h1>An item sync is running</h1>" in said
    assert "Olivia Owner" in said
    assert "It ends by itself in 4 minutes" in said
    assert "Nobody has to force it." in said
    assert address(owner, "sync_run", run_id=run.id) in said
    assert LOOKS_AGAIN in said
    assert len(list_runs(actor=owner.actor)) == 1
    run_item_sync(business_id=owner.business.id, run_id=run.id)
    free = read(client, address(owner, "sync_run_live", run_id=run.id) + "?brief=yes")
    assert "That sync has ended: 47 created" in free
    assert LOOKS_AGAIN not in free


def test_a_build_in_the_way_is_named_too(owner: Person) -> None:
    holder = LockHolder(
        kind=HolderKind.BUILD, holder_id=new_id(), label="Bela Builder", user_id=None
    )
    with business_scope(owner.business.id), transaction.atomic():
        take_sync_lock(business_id=owner.business.id, holder=holder, lease_seconds=300)
    answer = owner.sign_in().post(address(owner, "start_sync"))
    assert answer.status_code == 409
    assert "A build is running" in answer.text
    assert "Bela Builder" in answer.text


def test_the_page_of_a_run_whose_workers_died_for_good_says_so(owner: Person) -> None:
    client = owner.sign_in()
    client.post(address(owner, "start_sync"))
    run = list_runs(actor=owner.actor)[0]
    with business_scope(owner.business.id):
        Job.objects.all().delete()
    live = read(client, address(owner, "sync_run_live", run_id=run.id))
    assert "broke off by a fault of ours" in read(client, address(owner, "sync_run", run_id=run.id))
    assert LOOKS_AGAIN not in live


def test_without_books_the_button_says_what_is_missing(cast: Cast) -> None:
    client = cast.owner.sign_in()
    answer = client.post(address(cast.owner, "start_sync"))
    assert "not connected to any books" in html.unescape(answer.text)
    assert list_runs(actor=cast.owner.actor) == ()


def test_choosing_types(owner: Person) -> None:
    client = owner.sign_in()
    chosen = client.post(address(owner, "choose_item_types"), {"types": ["service", "group"]})
    assert chosen.status_code == 302
    assert get_item_types(business_id=owner.business.id) == {ItemType.SERVICE, ItemType.GROUP}


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Choose at least one type"),
        ({"types": ["lamps"]}, "That is no item type"),
        ({"types": ["service", "other"]}, "That is no item type"),
    ],
)
def test_a_wrong_choice_of_types_is_explained_and_changes_nothing(
    owner: Person, sent: dict[str, list[str]], said: str
) -> None:
    answer = owner.sign_in().post(address(owner, "choose_item_types"), sent)
    assert answer.status_code == 422
    assert said in html.unescape(answer.text)
    assert get_item_types(business_id=owner.business.id) == DEFAULT_TYPES


def test_another_business_s_run_is_not_there(owner: Person, cast: Cast) -> None:
    run = sync(owner.sign_in(), owner)
    stranger = cast.stranger
    read(stranger.sign_in(), address(stranger, "sync_run", run_id=run.id), status=404)
    read(stranger.sign_in(), address(owner, "sync_run", run_id=run.id), status=404)


def test_the_list_shows_items_and_escapes_their_names(owner: Person) -> None:
    client = owner.sign_in()
    sync(client, owner)
    answer = client.get(address(owner, "accounting_items"))
    assert "Table lamp &quot;Heron&quot;" in answer.text
    assert "<script>alert" not in answer.text
    fragment = client.get(
        address(owner, "accounting_items"), {"q": "heron"}, headers={"HX-Request": "true"}
    ).text
    assert "Heron" in fragment
    assert "<html" not in fragment
    assert "Nothing matches" in read(client, address(owner, "accounting_items") + "?q=zzzz")


def test_the_page_of_an_item_shows_all_that_is_mirrored(owner: Person) -> None:
    client = owner.sign_in()
    run = sync(client, owner)
    step = list_steps(actor=owner.actor, run_id=run.id, search="LT-HERON")[0][0]
    way = address(owner, "accounting_item_in_books", external_id=step.external_id)
    assert way in read(client, f"{address(owner, 'sync_run', run_id=run.id)}?q=LT-HERON")
    page = client.get(way, follow=True)
    said = html.unescape(re.sub(r"\s+", " ", page.text))
    for words in ('<h1>Table lamp "Heron"</h1>', "Lamps › Table", "LT-HERON", "148.00", "46.20"):
        assert words in said
    assert re.search(r"Asset account</dt><dd><span dir=\"auto\">[^<]*Inventory Asset", said)
    assert "No product yet" in said
    assert f'href="{address(owner, "sync_run", run_id=run.id)}"' in said
    assert "New here, with all its fields" in said
    read(client, address(owner, "accounting_item_in_books", external_id="9999"), status=404)


def test_a_bundle_has_one_word(owner: Person) -> None:
    client = owner.sign_in()
    sync(client, owner)
    listed = read(client, f"{address(owner, 'accounting_items')}?type=bundle")
    assert "Heron gift set" in listed
    assert "Group" not in listed
    assert "QuickBooks' programs call it a group." in listed


def test_another_business_s_item_is_not_there(owner: Person, cast: Cast) -> None:
    sync(owner.sign_in(), owner)
    with business_scope(owner.business.id):
        item = ItemRow.objects.earliest("id")
    client, parts = cast.stranger.sign_in(), {"item_id": item.id}
    read(client, address(cast.stranger, "accounting_item", **parts), status=404)
    read(client, address(owner, "accounting_item", **parts), status=404)
    way = address(cast.stranger, "accounting_item_in_books", external_id=item.external_id)
    read(client, way, status=404)


def test_going_back_never_shows_a_fragment_alone(owner: Person) -> None:
    client, page = owner.sign_in(), address(owner, "accounting_items")
    assert "HX-Request" in client.get(page)["Vary"]
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert "<html" in client.get(page, headers=headers).text


def test_pages_of_a_business_are_kept_by_no_cache(owner: Person) -> None:
    answer = owner.sign_in().get(address(owner, "accounting_items"))
    assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))


@pytest.mark.parametrize(
    "nonsense",
    [
        *("page=0", "page=-1", "page=x", f"page={'9' * 30}", f"page={'9' * 5000}"),
        *("type=lamps", "sort=--name", "state=?", "show=%00", "q=%00", "q=%ed%a0%80"),
    ],
)
def test_nonsense_in_the_address_is_left_out(owner: Person, nonsense: str) -> None:
    client = owner.sign_in()
    run = sync(client, owner)
    read(client, f"{address(owner, 'accounting_items')}?{nonsense}")
    read(client, f"{address(owner, 'sync_run', run_id=run.id)}?{nonsense}")


def test_who_may_not_choose_the_types_sees_them(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def list_memberships(*, user_id: UserId) -> tuple[MembershipView, ...]:
        (here,) = queries.list_memberships(user_id=user_id)
        rights = here.actor.permissions - {Permission.MANAGE_CONNECTION}
        return (replace(here, actor=replace(here.actor, permissions=rights)),)

    monkeypatch.setattr(access, "list_memberships", list_memberships)
    page = read(owner.sign_in(), address(owner, "sync_items"))
    assert "<p>Inventory, Service, Bundle</p>" in page


def test_a_run_that_broke_off_lists_what_it_had_planned(owner: Person) -> None:
    client = owner.sign_in()
    run = sync(client, owner)
    with business_scope(owner.business.id):
        planned = ItemSync.objects.get(id=run.id).planned_steps
        ItemSync.objects.filter(id=run.id).update(
            state=RunState.FAILED, failure_code="sync_broke", applied_steps=0, created=0
        )
    page = read(client, f"{address(owner, 'sync_run', run_id=run.id)}?show=create")
    assert f"1–{planned} of {planned}" in page
    assert "Not made" in page
    assert "Changes by kind" not in page


def test_pages_take_few_queries(owner: Person) -> None:
    client = owner.sign_in()
    run = sync(client, owner)
    for page in (
        address(owner, "accounting_items"),
        address(owner, "sync_items"),
        address(owner, "sync_run", run_id=run.id),
    ):
        read(client, page)
        with counted_queries() as count:
            read(client, page)
        assert count() <= PAGE_QUERIES, page


def test_a_preview_changes_nothing_and_leads_to_the_sync(owner: Person) -> None:
    client = owner.sign_in()
    client.post(address(owner, "start_preview"))
    [preview] = list_runs(actor=owner.actor, is_preview=True)
    drain_jobs()
    page = read(client, address(owner, "sync_run", run_id=preview.id))
    assert "Nothing was changed: this is what a sync would do" in page
    assert "A sync would create 47 items." in page
    assert "Would be created" in page
    assert "first sync of these books" in page
    assert "No accounting items yet" in read(client, address(owner, "accounting_items"))
    client.post(address(owner, "start_sync"), {"applies": str(preview.id)})
    run = list_runs(actor=owner.actor)[0]
    run_item_sync(business_id=owner.business.id, run_id=run.id)
    report = read(client, address(owner, "sync_run", run_id=run.id))
    assert "Exactly as the preview showed: 47 changes." in report


def test_a_full_sync_says_why_it_read_everything(owner: Person) -> None:
    client = owner.sign_in()
    sync(client, owner)
    client.post(address(owner, "start_sync"), {"mode": "full"})
    run = list_runs(actor=owner.actor)[0]
    run_item_sync(business_id=owner.business.id, run_id=run.id)
    page = read(client, address(owner, "sync_run", run_id=run.id))
    assert "because a full sync was asked for" in page
    assert "Nothing had changed." in page
    assert "Together that is 56 items" in page


@pytest.mark.parametrize("name", ["applies", "confirms"])
@pytest.mark.parametrize("value", ["lamps", "01900000-0000-7000-8000-000000000000"])
def test_a_run_that_is_not_there_can_be_neither_applied_nor_confirmed(
    owner: Person, name: str, value: str
) -> None:
    answer = owner.sign_in().post(address(owner, "start_sync"), {name: value})
    assert answer.status_code == 404
    assert "There is no such sync here" in html.unescape(answer.text)
    assert list_runs(actor=owner.actor) == ()


def test_the_history_is_filtered(owner: Person) -> None:
    client = owner.sign_in()
    sync(client, owner)
    client.post(address(owner, "start_preview"))
    page = address(owner, "sync_items")
    for query, lines in {
        "": 2,
        "kind=preview": 1,
        "kind=full&state=finished&start=person": 1,
        "kind=incremental": 0,
        "state=failed": 0,
        "state=open": 1,
        "start=lamps&kind=?&state=?": 2,
    }.items():
        found = client.get(f"{page}?{query}", headers={"HX-Request": "true"}).text
        assert found.count('class="row-link"') == lines, query
        assert "<html" not in found
    assert "Nothing matches" in read(client, f"{page}?state=failed")
