"""The log of calls to providers: what is written down, read and forgotten (LOG-1, LOG-3)."""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from pytest_django import Settings
from tests.support.books import connect, point_at
from tests.support.calls import make_call as call
from tests.support.calls import make_caller
from tests.support.cast import Cast, make_cast
from tests.support.emulator import Emulator, running_emulator

from partsemble.accounting.models import CallRecord
from partsemble.accounting.queries import calls as queries
from partsemble.accounting.queries.calls import CallFilter, get_call, list_calls
from partsemble.accounting.redaction import MARK
from partsemble.accounting.services import calls
from partsemble.accounting.services.access import open_provider
from partsemble.accounting.services.calls import prune_calls, record_call
from partsemble.accounting.services.connections import disconnect
from partsemble.accounting.services.ready_file import connect_with_ready_file
from partsemble.accounting.tasks import PRUNE_CALLS_JOB
from partsemble.accounting.types import CallOutcome
from partsemble.database.clock import read_database_clock
from partsemble.database.ids import new_id
from partsemble.database.scope import business_scope
from partsemble.jobs.services import enqueue_job
from partsemble.jobs.worker import drain_jobs
from partsemble.kernel.errors import NotFound, PermissionMissing
from partsemble.kernel.ids import CallId, RunId, uuid7
from partsemble.sync.services.running import run_item_sync
from partsemble.sync.services.start import start_item_sync
from partsemble.sync.types import Trigger

pytestmark = pytest.mark.django_db(transaction=True)

RUN = RunId(UUID(int=7))


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with running_emulator("--auto-consent", folder=tmp_path_factory.mktemp("books")) as emulator:
        yield emulator


@pytest.fixture(autouse=True)
def _none_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process counts them, and may have lost the last call of another test."""
    monkeypatch.setattr(calls, "_lost", calls.LostCalls())


def read_all(cast: Cast, **wanted: Any) -> list[queries.CallRowView]:
    return list(list_calls(actor=cast.owner.actor, wanted=CallFilter(**wanted)).rows)


def test_a_connection_and_a_sync_leave_a_trace_of_every_call(
    cast: Cast, books: Emulator, settings: Settings
) -> None:
    point_at(settings, books)
    view = connect(cast.owner)
    before_run = read_all(cast)
    told = [(row.entity, row.method) for row in reversed(before_run)]
    # The discovery document is remembered by the process, so it may have been read before.
    assert told[-3:] == [("Token", "POST"), ("CompanyInfo", "GET"), ("Preferences", "GET")]
    assert {row.caller for row in before_run} == {"Olivia Owner"}
    run_id = start_item_sync(actor=cast.owner.actor, trigger=Trigger.PERSON)
    run_item_sync(business_id=cast.owner.business.id, run_id=run_id)
    made = read_all(cast, run_id=run_id)
    assert {row.entity for row in made} >= {"Item"}
    assert all(row.outcome is CallOutcome.ANSWERED and row.status == 200 for row in made)
    # The provider's own list of calls has the same traces.
    pages = (row for row in made if row.entity == "Item")
    page = next(row for row in pages if "STARTPOSITION 1 " in row.query["query"])
    shown = get_call(actor=cast.owner.actor, call_id=page.id)
    assert shown.connection_id == view.id
    kept = json.loads(shown.reply_body)["QueryResponse"]["Item"]
    assert kept["count"] == len(kept["ids"].split()) > 3
    assert [set(each) >= {"Id", "Name", "Type", "SyncToken"} for each in kept["first"]] == [
        True
    ] * 3
    assert kept["first"][0].get("Description", MARK) == MARK
    assert '-H "Authorization: Bearer $ACCESS_TOKEN"' in shown.curl
    disconnect(actor=cast.owner.actor)
    assert read_all(cast)[0].entity == "Revocation"


def test_each_attempt_is_a_row_that_says_what_happened(cast: Cast, books: Emulator) -> None:
    connect_with_ready_file(actor=cast.owner.actor, content=json.dumps(books.ready).encode())
    books.control("POST", "faults", {"kind": "status", "status": 500, "count": 1})
    with open_provider(business_id=cast.owner.business.id, label="a test") as provider:
        provider.count_items()
    again, first = read_all(cast)[:2]
    assert (first.attempt, first.outcome, first.status) == (1, CallOutcome.FAILED, 500)
    assert (again.attempt, again.outcome, again.status) == (2, CallOutcome.ANSWERED, 200)
    assert first.caller == "a test"


def test_a_call_without_an_answer_says_so(cast: Cast) -> None:
    record_call(caller=make_caller(cast.owner), call=call(status=None))
    [row] = read_all(cast)
    assert (row.outcome, row.status, row.error_code) == (CallOutcome.UNANSWERED, None, "try_later")
    assert row.milliseconds == 1250


def test_a_fault_on_a_success_is_a_refusal(cast: Cast) -> None:
    fault = {
        "Fault": {"Error": [{"Message": "Stale", "Detail": "Ask j@doe.example", "code": "5010"}]}
    }
    record_call(caller=make_caller(cast.owner), call=call(body=json.dumps(fault).encode()))
    [row] = read_all(cast, error_code="5010")
    assert (row.outcome, row.error_text) == (CallOutcome.REFUSED, f"Stale Ask {MARK}")


def test_a_rollback_of_the_work_around_loses_no_trace(cast: Cast, books: Emulator) -> None:
    connect_with_ready_file(actor=cast.owner.actor, content=json.dumps(books.ready).encode())
    before = len(read_all(cast))
    with (  # noqa: PT012 the call has to come first
        pytest.raises(RuntimeError),
        open_provider(business_id=cast.owner.business.id) as provider,
    ):
        provider.count_items()
        with business_scope(cast.owner.business.id), transaction.atomic():
            CallRecord.objects.all()
            raise RuntimeError("the work failed")
    assert len(read_all(cast)) == before + 1


def test_a_log_that_cannot_be_written_breaks_no_call_and_is_counted(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise DatabaseError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(CallRecord, "save", refuse)
        record_call(caller=make_caller(cast.owner), call=call())
        record_call(caller=make_caller(cast.owner), call=call())
    assert read_all(cast) == []
    record_call(caller=make_caller(cast.owner), call=call())
    record_call(caller=make_caller(cast.owner), call=call())
    assert [row.lost_before for row in read_all(cast)] == [0, 2]


@contextmanager
def held_by_another() -> Iterator[None]:
    """Let another process write to the log, and not come to an end."""
    terms = connection.settings_dict
    if connection.vendor == "sqlite":
        file = sqlite3.connect(str(terms["NAME"]), isolation_level=None)
        file.execute("BEGIN IMMEDIATE")
        yield
        file.close()
        return
    with psycopg.connect(
        host=terms["HOST"],
        port=terms["PORT"],
        user=terms["USER"],
        password=terms["PASSWORD"],
        dbname=terms["NAME"],
    ) as server:
        server.execute("LOCK TABLE accounting_callrecord IN EXCLUSIVE MODE")
        yield


def test_a_writer_that_does_not_end_delays_a_call_only_a_little(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("partsemble.accounting.services.calls.WAIT_SECONDS", 0.2)
    with held_by_another():
        began = time.monotonic()
        record_call(caller=make_caller(cast.owner), call=call())
        assert time.monotonic() - began < 15, "the file's own patience is twenty seconds"
    assert read_all(cast) == []
    record_call(caller=make_caller(cast.owner), call=call())
    assert [row.lost_before for row in read_all(cast)] == [1]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout")
            assert cursor.fetchone() == (20_000,)


def test_filters_alone_and_together(cast: Cast) -> None:
    fault = b'{"Fault":{"Error":[{"Message":"Stale object","Detail":"","code":"5010"}]}}'
    record_call(caller=make_caller(cast.owner, run_id=RUN), call=call())
    record_call(caller=make_caller(cast.owner), call=call(body=fault, status=400))
    record_call(
        caller=make_caller(cast.owner, run_id=RUN),
        call=call(query={"query": "SELECT * FROM Vendor"}),
    )
    record_call(caller=make_caller(cast.owner), call=call(status=503))
    entities = [row.entity for row in read_all(cast)]
    assert entities == ["Item", "Vendor", "Item", "Item"]
    assert len(read_all(cast, run_id=RUN)) == 2
    assert len(read_all(cast, outcome=CallOutcome.FAILED)) == 1
    assert len(read_all(cast, entity="Vendor")) == 1
    assert len(read_all(cast, run_id=RUN, entity="Item")) == 1
    assert len(read_all(cast, search="stale OBJECT")) == 1
    assert len(read_all(cast, search="from vendor", run_id=RUN)) == 1
    assert read_all(cast, search="from vendor", outcome=CallOutcome.FAILED) == []
    assert len(read_all(cast, search="1-6b02115a-334022debae2cc15")) == 4
    assert read_all(cast, search="100%_") == []


def test_pages_go_on_where_the_last_one_ended(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PAGE_SIZE", 2)
    for number in range(5):
        record_call(caller=make_caller(cast.owner, label=f"caller {number}"), call=call())
    seen, before = [], None
    while True:
        page = list_calls(actor=cast.owner.actor, wanted=CallFilter(before=before))
        seen += [row.caller for row in page.rows]
        before = page.next_before
        if before is None:
            break
    assert seen == [f"caller {number}" for number in (4, 3, 2, 1, 0)]


def test_a_search_looks_at_a_stretch_at_a_time(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "STRETCH", 3)
    record_call(caller=make_caller(cast.owner, label="the needle"), call=call())
    for _ in range(4):
        record_call(caller=make_caller(cast.owner), call=call())
    page = list_calls(actor=cast.owner.actor, wanted=CallFilter(search="needle"))
    assert (page.rows, page.is_stretch_over) == ((), True)
    older = list_calls(
        actor=cast.owner.actor, wanted=CallFilter(search="needle", before=page.next_before)
    )
    assert [row.caller for row in older.rows] == ["the needle"]
    assert older.next_before is None


def test_nobody_reads_the_log_of_another_business(cast: Cast) -> None:
    record_call(caller=make_caller(cast.owner), call=call())
    [row] = read_all(cast)
    assert list_calls(actor=cast.stranger.actor, wanted=CallFilter()).rows == ()
    with pytest.raises(NotFound):
        get_call(actor=cast.stranger.actor, call_id=row.id)
    with pytest.raises(PermissionMissing):
        list_calls(actor=cast.builder.actor, wanted=CallFilter())
    with pytest.raises(PermissionMissing):
        get_call(actor=cast.builder.actor, call_id=row.id)


def age(cast: Cast, days: float) -> CallId:
    """Write a call down as if it had been made so many days ago."""
    record_call(caller=make_caller(cast.owner), call=call())
    made_at = read_database_clock() - timedelta(days=days)
    old = uuid7(unix_milliseconds=int(made_at.timestamp() * 1000), randomness=new_id().bytes[:10])
    with business_scope(cast.owner.business.id):
        CallRecord.objects.filter(id=read_all(cast)[0].id).update(id=old)
    return CallId(old)


def test_old_calls_are_forgotten_in_chunks(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("partsemble.accounting.services.calls.PRUNE_CHUNK", 2)
    for _ in range(3):
        age(cast, days=90.1)
    kept = age(cast, days=89.9)
    business_id = cast.owner.business.id
    assert prune_calls(business_id=business_id, keep_days=90) == 2
    assert prune_calls(business_id=cast.stranger.business.id, keep_days=90) == 0
    enqueue_job(name=PRUNE_CALLS_JOB, business_id=None, actor_label="Partsemble")
    drain_jobs()
    assert [row.id for row in read_all(cast)] == [kept]
