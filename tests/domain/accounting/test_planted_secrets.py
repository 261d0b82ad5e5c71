"""Secrets and personal details, planted in the books and on the wire, are found nowhere (I12)."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from traceback import StackSummary, TracebackException
from typing import Any

import httpx2
import pytest
import stamina
from django.db import connection
from django.urls import reverse
from pytest_django import Settings
from tests.support.books import SESSION, follow, point_at
from tests.support.cast import Cast, make_cast
from tests.support.emulator import ANSWER_SECONDS, Emulator, running_emulator

from partsemble.accounting.models import CallRecord
from partsemble.accounting.provider import ProviderError
from partsemble.accounting.queries.connections import get_credentials
from partsemble.accounting.services.access import open_provider
from partsemble.accounting.services.connections import complete_connection, disconnect
from partsemble.accounting.services.consent import begin_connection, redeem_state
from partsemble.database.scope import staff_scope
from partsemble.identity.services import set_staff
from partsemble.sync.queries.runs import get_run
from partsemble.sync.services.running import run_item_sync
from partsemble.sync.services.start import start_item_sync
from partsemble.sync.types import Trigger

pytestmark = pytest.mark.django_db(transaction=True)

VENDOR: dict[str, Any] = {
    "DisplayName": "Zoltan Quist",
    "GivenName": "Zoltan",
    "FamilyName": "Quist",
    "PrintOnCheckName": "Zoltan B. Quist",
    "PrimaryEmailAddr": {"Address": "zoltan.quist@planted.example"},
    "PrimaryPhone": {"FreeFormNumber": "(206) 555-0171"},
    "Mobile": {"FreeFormNumber": "+1 206 555 0172"},
    "Fax": {"FreeFormNumber": "206.555.0173"},
    "BillAddr": {"Line1": "77 Planted Lane", "City": "Quilcene", "PostalCode": "98376-4411"},
    "TaxIdentifier": "91-7744112",
    "AcctNum": "ACCT-55-QUIST",
    "WebAddr": {"URI": "http://quist.planted.example"},
    "Notes": "Prefers to be paid to DE89370400440532013000",
}
ADDRESS = {
    "Line1": "14 Planted Yard",
    "City": "Quillayute",
    "CountrySubDivisionCode": "WA",
    "PostalCode": "98331-0417",
}
COMPANY: dict[str, Any] = {
    "CompanyAddr": ADDRESS,
    "LegalAddr": ADDRESS,
    "CustomerCommunicationAddr": ADDRESS,
    "Email": {"Address": "workshop@planted.example"},
    "PrimaryPhone": {"FreeFormNumber": "(360) 555-0174"},
}
MIRRORED = ("Zoltan", "Quist", "Zoltan Quist")
"""A vendor's name is kept with the vendor, and nowhere else; the call log is looked at below."""
QUOTED = "maren.holt@planted.example (425) 555-0199 ZQ8fLm2RtYp0Kd7VhXc4Nw"


def plant(emulator: Emulator) -> None:
    """Give the company and a vendor details that nothing else, and no chance, can write.

    A postal code of five digits, say, stands in the microseconds of some time stamp sooner or
    later.
    """
    ready = emulator.ready
    company = f"companyinfo/{ready['realm_id']}"
    with httpx2.Client(
        base_url=f"{ready['base_url']}/v3/company/{ready['realm_id']}",
        headers={"Authorization": f"Bearer {ready['access_token']}", "Accept": "application/json"},
        timeout=ANSWER_SECONDS,
    ) as client:
        known = client.get(company).json()["CompanyInfo"]
        frame = {"Id": known["Id"], "SyncToken": known["SyncToken"], "sparse": True}
        for name, sent in (("vendor", VENDOR), ("companyinfo", frame | COMPANY)):
            answer = client.post(name, json=sent)
            assert answer.is_success, answer.text


@pytest.fixture
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    folder = tmp_path_factory.mktemp("books")
    with running_emulator("--auto-consent", "--seed", "41", folder=folder) as emulator:
        plant(emulator)
        yield emulator


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


def list_texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for each in value.values():
            yield from list_texts(each)
    elif isinstance(value, str):
        yield value


FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "fault", "code": "6000", "detail": f"Not for {QUOTED}", "message": QUOTED},
    {"kind": "fault_200", "code": "6000", "detail": QUOTED},
    {"kind": "fault", "status": 401, "code": "3200", "detail": QUOTED, "count": 3},
    {"kind": "html"},
    {"kind": "malformed"},
)


def consent(cast: Cast) -> set[str]:
    """Connect as a person does; give what travelled through the browser, and the tokens."""
    answer = follow(begin_connection(actor=cast.owner.actor, session_key=SESSION))
    actor = redeem_state(user_id=cast.owner.user.id, session_key=SESSION, state=answer.state)
    complete_connection(actor=actor, callback=answer.callback)
    return {answer.state, answer.callback.code.reveal(), *list_tokens(cast)}


def list_tokens(cast: Cast) -> set[str]:
    known = get_credentials(business_id=cast.owner.business.id)
    return {known.access_token.reveal(), known.refresh_token.reveal()}


def sync(cast: Cast) -> None:
    run_id = start_item_sync(actor=cast.owner.actor, trigger=Trigger.PERSON)
    run_item_sync(business_id=cast.owner.business.id, run_id=run_id)
    assert get_run(actor=cast.owner.actor, run_id=run_id).finished_at is not None


def be_refused(cast: Cast, books: Emulator, fault: dict[str, Any]) -> str:
    """Ask for the company while the books misbehave; give all that a traceback can tell."""
    books.control("POST", "faults", fault)
    try:
        with (
            stamina.set_testing(True, attempts=1),
            pytest.raises(ProviderError) as caught,
            open_provider(business_id=cast.owner.business.id) as provider,
        ):
            provider.get_company()
    finally:
        books.control("DELETE", "faults")
    error = caught.value
    told = TracebackException.from_exception(error, capture_locals=True)
    # The test's own frames hold the secrets that it looks for.
    ours = [each for each in told.stack if "/src/partsemble/" in each.filename]
    assert any(each.locals for each in ours)
    return "".join(StackSummary.from_list(ours).format()) + repr(error) + repr(error.facts)


def live_a_day(cast: Cast, books: Emulator) -> tuple[set[str], list[str]]:
    """Connect, sync, renew, be refused, reconnect, disconnect; give secrets and tracebacks."""
    books.control("POST", "switches", {"access_token_seconds": 600})
    secrets = consent(cast)
    sync(cast)
    books.control("POST", "clock", {"advance_seconds": 601})
    with open_provider(business_id=cast.owner.business.id) as provider:
        provider.count_items()
    assert not list_tokens(cast) <= secrets
    secrets |= list_tokens(cast)
    traces = [be_refused(cast, books, fault) for fault in FAULTS]
    secrets |= consent(cast)
    books.control("POST", "faults", {"kind": "fault", "code": "6000", "detail": QUOTED, "count": 9})
    sync(cast)
    books.control("DELETE", "faults")
    sync(cast)
    disconnect(actor=cast.owner.actor)
    secrets |= {books.ready[name] for name in ("client_secret", "access_token", "refresh_token")}
    return secrets, traces


def dump_rows() -> str:
    """Every row of every table, as the application's role may see it at most."""
    found = []
    with staff_scope(), connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 names of the schema's own
            found += [repr(row) for row in cursor.fetchall()]
    assert len(found) > 100
    return "\n".join(found)


def read_pages(cast: Cast) -> str:
    """Every page on which calls, runs and connections are shown, to the owner and to staff."""
    set_staff(email=cast.owner.user.email, is_staff=True)
    client = cast.owner.sign_in()
    slug = cast.owner.business.slug
    with staff_scope():
        calls = list(CallRecord.objects.values_list("id", flat=True))
    assert len(calls) > 15
    addresses = [
        reverse("sync_log", kwargs={"slug": slug}),
        reverse("integrations", kwargs={"slug": slug}),
        reverse("sync_items", kwargs={"slug": slug}),
        reverse("admin:accounting_callrecord_changelist"),
        reverse("admin:accounting_connection_changelist"),
        reverse("admin:sync_itemsync_changelist"),
        *(reverse("sync_log_call", kwargs={"slug": slug, "call_id": each}) for each in calls),
        *(reverse("admin:accounting_callrecord_change", args=[each]) for each in calls[::4]),
    ]
    pages = []
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, address
        pages.append(answer.text)
    return "\n".join(pages)


def test_nothing_planted_is_found(
    cast: Cast, books: Emulator, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    point_at(settings, books)
    secrets, traces = live_a_day(cast, books)
    quoted = set(QUOTED.split()[:1]) | {"(425) 555-0199", QUOTED.rsplit(maxsplit=1)[-1]}
    personal = {*list_texts(COMPANY), *quoted, *list_texts(VENDOR)} - {*MIRRORED, "WA"}
    assert len(secrets | personal) >= 25
    assert min(map(len, secrets | personal)) >= 8
    rows = dump_rows()
    places = {
        "database": rows,
        "pages": read_pages(cast),
        "logs": caplog.text,
        "tracebacks": "\n".join(traces),
    }
    if connection.vendor == "sqlite":
        path = Path(str(connection.settings_dict["NAME"]))
        files = (path, path.with_name(path.name + "-wal"))
        places["file"] = "".join(each.read_bytes().decode("latin-1") for each in files)
    found = {
        (where, planted)
        for where, text in places.items()
        for planted in secrets | personal
        if planted in text
    }
    assert found == set()
    with staff_scope():
        log = json.dumps(
            list(CallRecord.objects.values_list("request_body", "reply_body", "query"))
        )
    assert "Zoltan" not in log
    assert '"Vendor' in log.replace("\\", "") or "FROM Vendor" in log
