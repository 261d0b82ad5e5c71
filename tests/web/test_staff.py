"""The staff's pages: who may open them, what is on them, who hears of it (LOG-2)."""

import json
from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import NoReverseMatch, reverse
from tests.support.books import connect, point_at
from tests.support.calls import TRACE, log_call, make_call
from tests.support.cast import PASSWORD, Cast, Person
from tests.support.databases import counted_queries
from tests.support.emulator import Emulator

from partsemble.accounting import admin as pages
from partsemble.accounting.models import CallRecord, Connection
from partsemble.database.scope import business_scope
from partsemble.identity import services
from partsemble.identity.queries import list_activity
from partsemble.jobs.services import enqueue_job
from partsemble.sync.services.start import RUN_ITEMS_JOB

pytestmark = pytest.mark.django_db

FAULT = b'{"Fault":{"Error":[{"Message":"Stale","Detail":"Ask jane@doe.example","code":"5010"}]}}'
SECRET_COLUMNS = {"access_token", "refresh_token", "client_secret", "password", "token_hash"}


@pytest.fixture
def staff(cast: Cast) -> Client:
    """A browser in which somebody of the staff is signed in, who belongs to no business."""
    services.create_user(email="stella@support.example", password=PASSWORD, name="Stella Staff")
    services.set_staff(email="Stella@support.example", is_staff=True)
    client = Client()
    assert client.login(email="stella@support.example", password=PASSWORD, username="")
    return client


def list_addresses() -> Iterator[str]:
    yield reverse("admin:index")
    for model in admin.site._registry:
        yield reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def list_looks(person: Person) -> list[str]:
    return [
        f"{each.actor_label} {each.verb} {each.subject}"
        for each in list_activity(actor=person.actor)
        if each.verb == "looked at"
    ]


def test_only_pages_that_look_are_registered() -> None:
    assert {model._meta.label for model in admin.site._registry} == {
        "identity.Business",
        "accounting.Connection",
        "accounting.CallRecord",
        "sync.ItemSync",
        "jobs.Job",
        "jobs.Worker",
    }
    for model, page in admin.site._registry.items():
        shown = {
            name for row in page.fields or () for name in ([row] if isinstance(row, str) else row)
        }
        assert not (shown | set(page.list_display)) & SECRET_COLUMNS, model


def test_to_whoever_is_not_staff_they_do_not_exist(cast: Cast) -> None:
    row = log_call(cast.owner, make_call())
    one = reverse("admin:accounting_callrecord_change", args=[row.id])
    for address in (*list_addresses(), one, "/staff/anything/"):
        led = Client().get(address)
        assert (led.status_code, led["Location"].partition("?")[0]) == (302, "/account/login/")
        for person in (cast.owner, cast.stranger):
            assert person.sign_in().get(address).status_code == 404, address
    assert list_looks(cast.owner) == []


def test_every_page_opens_under_its_own_policy(cast: Cast, staff: Client) -> None:
    log_call(cast.owner, make_call())
    enqueue_job(
        name=RUN_ITEMS_JOB,
        business_id=cast.owner.business.id,
        actor_label="Olivia",
        payload={"run": "x"},
    )
    for address in list_addresses():
        page = staff.get(address)
        assert page.status_code == 200, address
        policy = page["Content-Security-Policy"]
        assert "'unsafe-eval'" in policy
        assert "script-src 'self' 'unsafe-eval'" in policy
        assert "no-store" in page["Cache-Control"]
    assert "unsafe" not in staff.get("/account/password/change/")["Content-Security-Policy"]


def test_nothing_can_be_changed(cast: Cast, staff: Client) -> None:
    row = log_call(cast.owner, make_call())
    for address in (
        *list_addresses(),
        reverse("admin:accounting_callrecord_change", args=[row.id]),
        reverse("admin:accounting_callrecord_delete", args=[row.id]),
        reverse("admin:accounting_callrecord_add"),
    ):
        assert staff.post(address, {"action": "delete_selected"}).status_code == 405, address
    for address in (
        reverse("admin:accounting_callrecord_delete", args=[row.id]),
        reverse("admin:accounting_callrecord_add"),
    ):
        assert staff.get(address).status_code == 403, address


def test_leaving_staff_closes_the_door(cast: Cast, staff: Client) -> None:
    services.set_staff(email="stella@support.example", is_staff=False)
    assert staff.get(reverse("admin:index")).status_code == 404


def test_calls_of_all_businesses_are_searched_and_filtered(cast: Cast, staff: Client) -> None:
    log_call(cast.owner, make_call(body=FAULT, status=400))
    log_call(cast.stranger, make_call(query={"query": "SELECT * FROM Vendor"}))
    log_call(cast.stranger, make_call(status=503))
    address = reverse("admin:accounting_callrecord_changelist")
    for query, count in (
        ({}, 3),
        ({"business": cast.stranger.business.slug}, 2),
        ({"code": "5010"}, 1),
        ({"status": "503"}, 1),
        ({"status": "x"}, 0),
        ({"outcome__exact": "failed"}, 1),
        ({"entity": "Vendor"}, 1),
        ({"run": "00000000-0000-0000-0000-000000000007"}, 0),
        ({"run": "nonsense"}, 0),
        ({"q": "from vendor"}, 1),
        ({"q": TRACE}, 3),
        ({"q": "\x00"}, 3),
    ):
        page = staff.get(address, query)
        assert page.status_code == 200, query
        assert page.context["cl"].result_count == count, query


def test_a_search_for_words_looks_at_the_newest(
    cast: Cast, staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "STRETCH", 2)
    for label in ("needle", "b", "c"):
        log_call(cast.owner, make_call(), label=label)
    address = reverse("admin:accounting_callrecord_changelist")
    assert staff.get(address, {"q": "needle"}).context["cl"].result_count == 0
    assert staff.get(address, {"q": "item"}).context["cl"].result_count == 2


def test_a_call_shows_both_sides_beside_each_other(cast: Cast, staff: Client) -> None:
    body = json.dumps({"access_token": "hush-A", "refresh_token": "hush-R"}).encode()
    url = "http://books.example/oauth2/v1/tokens/bearer"
    form = {"grant_type": "refresh_token", "refresh_token": "hush-R"}
    row = log_call(cast.owner, make_call(method="POST", url=url, query={}, form=form, body=body))
    page = staff.get(reverse("admin:accounting_callrecord_change", args=[row.id]))
    assert page.status_code == 200
    assert "hush-" not in page.text  # a sign that no random token has
    assert page.text.count("wire-left-out") >= 2
    assert "refresh_token=$REFRESH_TOKEN" in page.text
    assert TRACE in page.text
    unanswered = log_call(cast.owner, make_call(status=None))
    page = staff.get(reverse("admin:accounting_callrecord_change", args=[unanswered.id]))
    assert "No answer" in page.text


def test_a_connection_shows_no_token(
    cast: Cast, staff: Client, emulator: Emulator, settings: object
) -> None:
    point_at(settings, emulator)  # type: ignore[arg-type]  # the fixture of pytest-django
    view = connect(cast.owner)
    with business_scope(cast.owner.business.id):
        row = Connection.objects.get()
    page = staff.get(reverse("admin:accounting_connection_change", args=[view.id]))
    assert view.company_name in page.text
    for sealed in (row.access_token, row.refresh_token, row.client_secret):
        assert sealed
        assert sealed not in page.text


def test_owners_see_who_looked_and_only_once_an_hour(cast: Cast, staff: Client) -> None:
    row = log_call(cast.owner, make_call())
    address = reverse("admin:accounting_callrecord_changelist")
    staff.get(address, {"business": cast.stranger.business.slug})
    assert list_looks(cast.owner) == []
    for _ in range(2):
        staff.get(address)
        staff.get(reverse("admin:accounting_callrecord_change", args=[row.id]))
    assert list_looks(cast.owner) == ["Stella Staff of the support staff looked at call records"]
    assert list_looks(cast.stranger) == []
    staff.get(reverse("admin:identity_business_changelist"))
    assert len(list_looks(cast.owner)) == 2
    assert len(list_looks(cast.stranger)) == 1
    page = cast.owner.sign_in().get(reverse("sync_log", kwargs={"slug": cast.owner.business.slug}))
    assert "Stella Staff of the support staff" in page.text


@pytest.mark.parametrize("model", ["callrecord"])
def test_more_rows_ask_no_more_of_the_database(cast: Cast, staff: Client, model: str) -> None:
    address = reverse(f"admin:accounting_{model}_changelist")
    staff.get(address)
    counts = []
    for _ in range(2):
        for person in (cast.owner, cast.stranger):
            for _ in range(5):
                log_call(person, make_call())
        staff.get(address)
        with counted_queries() as count:
            staff.get(address)
        counts.append(count())
    assert counts[0] == counts[1]


def test_signing_out_and_passwords_are_everybodys(staff: Client) -> None:
    assert staff.get(reverse("admin:logout"))["Location"] == reverse("account_logout")
    assert staff.get(reverse("admin:password_change"))["Location"] == reverse(
        "account_change_password"
    )
    with pytest.raises(NoReverseMatch):
        reverse("admin:identity_user_changelist")


def test_rows_behind_the_wall_stay_there_for_others(cast: Cast, staff: Client) -> None:
    log_call(cast.owner, make_call())
    staff.get(reverse("admin:accounting_callrecord_changelist"))
    with business_scope(cast.stranger.business.id):
        assert CallRecord.objects.count() == 0
