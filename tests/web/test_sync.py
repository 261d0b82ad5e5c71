"""The pages of item syncs, under Settings → Integrations (SYNC-2, SYNC-5)."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from django.urls import reverse
from tests.support.cast import Cast, Person
from tests.support.emulator import Emulator

from partsemble.accounting.services.ready_file import connect_with_ready_file
from partsemble.database.scope import business_scope
from partsemble.identity import queries
from partsemble.kernel.permissions import Permission
from partsemble.sync.models import ItemSync
from partsemble.sync.services.running import run_item_sync
from partsemble.sync.services.start import start_item_sync
from partsemble.sync.types import RunState, Trigger
from partsemble.web import access

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owner(cast: Cast, emulator: Emulator) -> Person:
    connect_with_ready_file(actor=cast.owner.actor, content=json.dumps(emulator.ready).encode())
    return cast.owner


def address(person: Person, name: str, **parts: object) -> str:
    return reverse(name, kwargs={"slug": person.business.slug, **parts})


def open_page(person: Person, name: str, query: str = "", **parts: object) -> str:
    response = person.sign_in().get(address(person, name, **parts) + query)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.text)


def test_pressing_twice_leads_to_the_run_that_is_under_way(owner: Person) -> None:
    client, start = owner.sign_in(), address(owner, "start_sync")
    first, second = client.post(start), client.post(start)
    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"]
    assert "An item sync is running." in client.get(second["Location"]).text


@pytest.mark.parametrize("chosen", [{}, {"types": "other"}, {"types": "evil\0"}])
def test_types_that_are_none_change_nothing(owner: Person, chosen: dict[str, str]) -> None:
    response = owner.sign_in().post(address(owner, "choose_item_types"), chosen)
    assert response.status_code == 422
    assert "Reads Inventory, Service, Bundle items" in open_page(owner, "integrations")


def test_who_may_not_choose_the_types_sees_them(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def get_actor(**asked: Any) -> tuple[object, object]:
        actor, business = queries.get_actor(**asked)
        rights = actor.permissions - {Permission.MANAGE_CONNECTION}
        return replace(actor, permissions=rights), business

    monkeypatch.setattr(access, "get_actor", get_actor)
    assert "<p>Inventory, Service, Bundle</p>" in open_page(owner, "sync_items")


def test_a_run_that_broke_off_lists_what_it_had_planned(owner: Person) -> None:
    run_id = start_item_sync(actor=owner.actor, trigger=Trigger.PERSON)
    run_item_sync(business_id=owner.business.id, run_id=run_id)
    with business_scope(owner.business.id):
        planned = ItemSync.objects.get(id=run_id).planned_steps
        ItemSync.objects.filter(id=run_id).update(
            state=RunState.FAILED, failure_code="sync_broke", applied_steps=0, created=0
        )
    text = open_page(owner, "sync_run", "?show=create", run_id=run_id)
    assert f"1–{planned} of {planned}" in text
    assert "Not made" in text
    assert "Changes by kind" not in text


@pytest.mark.parametrize("query", ["?page=" + "9" * 5000, "?page=999999", "?page=0", "?show=%00"])
def test_no_address_breaks_the_page_of_a_run(owner: Person, query: str) -> None:
    run_id = start_item_sync(actor=owner.actor, trigger=Trigger.PERSON)
    run_item_sync(business_id=owner.business.id, run_id=run_id)
    assert "items compared" in open_page(owner, "sync_run", query, run_id=run_id)


@pytest.mark.parametrize(
    "query",
    ["?page=" + "9" * 5000, "?page=999999", "?q=%00", "?q=%ed%a0%80", "?sort=--name", "?type=%00"],
)
def test_no_address_breaks_the_list_of_items(owner: Person, query: str) -> None:
    assert "Accounting items" in open_page(owner, "accounting_items", query)
