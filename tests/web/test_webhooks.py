"""The address where QuickBooks tells us of changes: what is believed, and how it is answered."""

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.db import OperationalError
from django.test import Client
from pytest_django import Settings
from tests.support.books import connect, point_at
from tests.support.cast import Cast, Person
from tests.support.emulator import Emulator
from tests.support.webhooks import VERIFIER, cloud_event, entity, new_body, old_body, sign

from partsemble.accounting.qbo.webhooks import BODY_LIMIT
from partsemble.sync.queries.waiting import list_waiting_syncs
from partsemble.sync.services.schedule import choose_automatic_sync
from partsemble.sync.types import Rhythm
from partsemble.web.webhooks import views
from partsemble.web.webhooks.rates import ADDRESS_LIMIT, RateLimit

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _pointed(settings: Settings, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    point_at(settings, emulator)
    settings.PARTSEMBLE_QBO = {**settings.PARTSEMBLE_QBO, "webhook_verifier": VERIFIER}
    monkeypatch.setattr(views, "HEARD", RateLimit(calls=1_000))
    monkeypatch.setattr(views, "FORGED", RateLimit(calls=1_000))


@pytest.fixture
def owner(cast: Cast) -> Person:
    connect(cast.owner)
    choose_automatic_sync(actor=cast.owner.actor, rhythm=Rhythm.OFF, hour=3, follows_changes=True)
    return cast.owner


@pytest.fixture
def company(emulator: Emulator) -> str:
    return str(emulator.ready["realm_id"])


def post(body: bytes, signature: str | None = None) -> "_MonkeyPatchedWSGIResponse":
    return Client(enforce_csrf_checks=True).post(
        "/webhooks/qbo",
        data=body,
        content_type="application/json",
        headers={"intuit-signature": sign(body) if signature is None else signature},
    )


def is_due(person: Person) -> bool:
    return bool(list_waiting_syncs(business_id=person.business.id))


@pytest.mark.parametrize("is_new", [False, True])
def test_a_signed_change_makes_the_business_due(
    owner: Person, company: str, *, is_new: bool
) -> None:
    body = new_body(cloud_event(company, 7)) if is_new else old_body(company, entity(7))
    answer = post(body)
    assert (answer.status_code, answer.content) == (200, b"")
    assert is_due(owner)


@pytest.mark.parametrize("signature", ["", "made up", sign(b"another body"), "ä" * 44])
def test_what_is_not_signed_is_refused_and_does_nothing(
    owner: Person, company: str, signature: str
) -> None:
    assert post(old_body(company, entity(7)), signature).status_code == 401
    assert not is_due(owner)


def test_without_a_verifier_nothing_is_believed(
    owner: Person, company: str, settings: Settings
) -> None:
    settings.PARTSEMBLE_QBO = {**settings.PARTSEMBLE_QBO, "webhook_verifier": " , "}
    body = old_body(company, entity(7))
    assert post(body, sign(body, "")).status_code == 401
    assert not is_due(owner)


def test_two_verifiers_hold_while_one_replaces_the_other(
    owner: Person, company: str, settings: Settings
) -> None:
    settings.PARTSEMBLE_QBO = {**settings.PARTSEMBLE_QBO, "webhook_verifier": f"next, {VERIFIER}"}
    body = old_body(company, entity(7))
    assert post(body, sign(body, "next")).status_code == 200
    assert post(body).status_code == 200
    assert is_due(owner)


def test_what_is_signed_is_answered_with_200_or_nothing_would_follow(
    owner: Person, caplog: pytest.LogCaptureFixture
) -> None:
    for body in (b"{}", b"not JSON", old_body("1269959970", entity(7)), b"[]"):
        assert post(body).status_code == 200
    assert "webhook_unreadable" in caplog.text
    assert not is_due(owner)


def test_a_busy_database_is_said_so_that_the_provider_comes_again(
    owner: Person, company: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: Any) -> None:
        raise OperationalError("database is locked")

    with monkeypatch.context() as broken:
        broken.setattr(views, "take_in_notices", fail)
        assert post(old_body(company, entity(7))).status_code == 503
    assert post(old_body(company, entity(7))).status_code == 200
    assert is_due(owner)


def test_a_body_beyond_measure_is_not_read() -> None:
    body = b"x" * (BODY_LIMIT + 1)
    assert post(body).status_code == 413
    assert post(body[:-1]).status_code == 200


def test_it_is_for_posting_only() -> None:
    assert Client().get("/webhooks/qbo").status_code == 405


def test_forgers_are_limited_and_do_not_shut_the_provider_out(
    owner: Person, company: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "FORGED", RateLimit(calls=2))
    body = old_body(company, entity(7))
    assert [post(body, "forged").status_code for _ in range(4)] == [401, 401, 429, 429]
    assert post(body).status_code == 200
    assert is_due(owner)


def test_a_flood_of_signed_deliveries_is_limited_too(
    company: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "HEARD", RateLimit(calls=2))
    assert [post(b"[]").status_code for _ in range(3)] == [200, 200, 429]


def test_a_limit_counts_each_address_and_minute_for_itself() -> None:
    now = 0.0
    limit = RateLimit(calls=2, monotonic=lambda: now)
    assert [limit.admit("a") for _ in range(3)] == [True, True, False]
    assert limit.admit("b")
    now = 59.9
    assert not limit.admit("a")
    now = 60.0
    assert limit.admit("a")
    for number in range(ADDRESS_LIMIT + 10):
        limit.admit(str(number))
    assert len(limit._windows) == ADDRESS_LIMIT


def test_nothing_of_a_delivery_is_logged_but_figures(
    owner: Person, company: str, caplog: pytest.LogCaptureFixture
) -> None:
    body = new_body(cloud_event(company, "some-item-id"))
    post(body)
    post(body, "some-forged-signature")
    assert "webhook_heard" in caplog.text
    for secret in (VERIFIER, sign(body), "some-item-id", "some-forged-signature"):
        assert secret not in caplog.text
    assert json.dumps({"fresh": 1})[1:-1] in caplog.text.replace("'", '"')
