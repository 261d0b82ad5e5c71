"""One sync of a history: the click, the worker and its trouble, the time that passes, the audit."""

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final
from uuid import UUID

from django.db import connection
from tests.simulation.histories import auditor
from tests.simulation.histories.bookkeeper import carry_out, write_command
from tests.simulation.histories.database_view import Mirror, Row
from tests.simulation.histories.stage import House, Stage, Violation
from tests.simulation.histories.steps import Edit, Rival, Sync, WireFault, is_played_twice
from tests.simulation.histories.trouble import Crash, in_thread, tripwire

from partsemble.accounting.errors import NotConnected
from partsemble.accounting.provider import ProviderError, Reconnect
from partsemble.database.ids import new_id
from partsemble.jobs.worker import drain_jobs
from partsemble.kernel.ids import BusinessId, RunId
from partsemble.locks.errors import SyncLockHeld
from partsemble.locks.services import release_sync_lock, take_sync_lock
from partsemble.locks.types import HolderKind, LockHolder, SyncLease
from partsemble.sync.services.start import start_item_preview, start_item_sync
from partsemble.sync.types import StartMode, Trigger

MOST_ROUNDS: Final = 12
"""How often time has to pass until a run has ended: a job has five attempts, and waits between."""
_TOKEN_PATH: Final = "/oauth2/v1/tokens/bearer"
_DELAY_MILLISECONDS: Final = 15
_SHUTS_OUT: Final = (401, 403)
_LOST_ANSWERS: Final = frozenset({"close_after", "truncate", "malformed", "empty", "wrong_length"})


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of a sync."""

    state: str
    plan: str
    """A digest of the plan without names and times of the database's own."""


@dataclass(slots=True)
class _Before:
    """How things stood when the sync was asked for."""

    books: Mapping[str, Row]
    neighbour: dict[str, list[str]]
    versions: list[Mapping[str, Row]]
    unsure: set[str]


def sync(*, stage: Stage, house: House, step: Sync) -> Seen:
    """This will sync a house, and audit what that did.

    Raises:
        Violation: if it broke a promise.
    """
    before = _look(stage, house)
    _plan_faults(stage, house, step, before)
    run_id = _start(stage, house, step)
    if run_id is not None:
        _work(stage, house, step, before)
        _let_time_pass(stage, house)
        if stage.database.has_lost_workers(run_id):
            stage.struck["given up"] += 1
    _count_strokes(stage, house, step)
    found = stage.database.read_mirror(house.id)
    run = None if run_id is None else stage.database.read_run(run_id)
    auditor.check_rest(stage=stage, house=house)
    _audit(stage, house, step, before, found, run)
    house.mirror = found
    if run is None:
        return Seen(state="refused", plan="")
    if run["held_back"]:
        stage.struck["held back"] += 1
    mode = "preview" if run["is_preview"] else run["mode"]
    return Seen(state=f"{mode} {run['state']}", plan=_digest_plan(stage, run))


def _look(stage: Stage, house: House) -> _Before:
    drain_jobs()  # what a reconnection, or the neighbour, left to be done
    books = house.books.read()
    return _Before(
        books=books,
        neighbour=stage.database.take_fingerprint(stage.other(house).id),
        versions=[books],
        unsure=set(),
    )


def _plan_faults(stage: Stage, house: House, step: Sync, before: _Before) -> None:
    for fault in step.faults:
        stage.levers.pull("POST", "faults", _write_fault(fault, stage, house))
    items = house.books.list_items() if step.drifts else []
    touched: list[str] = []
    for page, edit in step.drifts:
        command = write_command(edit=edit, items=items)
        if command is None:
            continue
        touched += _name_touched(command, edit, before)
        stage.levers.pull(
            "POST",
            "faults",
            {
                "kind": "commands",
                "path": "/query",
                "entity": "item",
                "realm_id": house.books.realm_id,
                "after": page,
                "commands": [{**command, "path": f"{house.books.root}/{command['path']}"}],
            },
        )
    before.unsure.update(each for each in touched if touched.count(each) > 1)


def _name_touched(command: Mapping[str, Any], edit: Edit, before: _Before) -> list[str]:
    if edit.kind == "recategorise":
        return [*before.books]
    if edit.kind in ("create", "namesake", "account", "vendor"):
        return []
    named = [command["path"].split("/")[1]]
    return [*named, command["body"]["into"]] if edit.kind == "merge" else named


def _write_fault(fault: WireFault, stage: Stage, house: House) -> dict[str, object]:
    # How many calls fall into the moment in which connections are refused is up to the machine.
    is_too_vague = fault.kind == "refuse" and is_played_twice(stage.history)
    body: dict[str, object] = {
        "kind": "close" if is_too_vague else fault.kind,
        "after": fault.after,
        "count": fault.count,
        "delay_ms": _DELAY_MILLISECONDS,
        "pieces": 4,
    }
    if fault.on_tokens:
        body["path"] = _TOKEN_PATH
    else:
        body |= {"path": "/query", "entity": "item", "realm_id": house.books.realm_id}
    if fault.status is not None:
        body["status"] = fault.status
    if fault.code is not None:
        body["code"] = fault.code
    return body


def _start(stage: Stage, house: House, step: Sync) -> UUID | None:
    """Click; a connection that is known to be over refuses at once."""
    actor, held_run = house.person.actor, house.held_run
    try:
        if step.mode == "preview":
            return start_item_preview(actor=actor, trigger=Trigger.PERSON)
        return start_item_sync(
            actor=actor,
            trigger=Trigger.PERSON,
            mode=StartMode.FULL if step.mode == "full" else StartMode.AUTOMATIC,
            confirms=RunId(held_run) if step.mode == "confirm" and held_run else None,
        )
    except (Reconnect, NotConnected):
        if stage.database.read_connection(house.id)["state"] == "active":
            raise Violation("a sync was refused although the connection is active") from None
        return None
    except SyncLockHeld as held:
        raise Violation(f"a sync was refused although nothing is under way: {held}") from None


def _work(stage: Stage, house: House, step: Sync, before: _Before) -> None:
    rival = _Actor(stage, house, step.rival, before) if step.rival else None
    if step.workers > 1:
        _drain_at_once(step.workers)
        return
    try:
        with tripwire(
            crash_at=step.crashes[0] if step.crashes else None,
            pause_at=step.rival.at if step.rival else None,
            act=rival.act if rival else None,
        ):
            drain_jobs()
    except Crash:
        stage.struck["crash"] += 1
        house.has_lost_an_answer = True
    for crash_at in step.crashes[1:]:
        stage.database.end_leases(house.id, of_locks=False)
        try:
            with tripwire(crash_at=crash_at):
                drain_jobs()
        except Crash:
            stage.struck["crash"] += 1
    if rival is not None:
        rival.leave()


def _drain_at_once(workers: int) -> None:
    def run() -> None:
        try:
            drain_jobs()
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class _Actor:
    """Somebody who acts while the worker is paused past its leases."""

    def __init__(self, stage: Stage, house: House, rival: Rival, before: _Before) -> None:
        self._stage = stage
        self._house = house
        self._rival = rival
        self._before = before
        self._lease: SyncLease | None = None
        self._left: dict[str, list[str]] | None = None

    def act(self) -> None:
        """Let the leases end, and act; the paused worker may write nothing from now on."""
        stage, house, who = self._stage, self._house, self._rival.who
        stage.struck[f"pause:{who}"] += 1
        if who == "bookkeeper":
            self._edit()
            return
        if who == "neighbour":
            in_thread(self._sync_next_door)
            return
        stage.database.end_leases(house.id, of_locks=True)
        acts: dict[str, Callable[[], object]] = {
            "worker": drain_jobs,
            "build": self._build,
            "person": self._click,
        }
        in_thread(acts[who])
        if who != "person":
            self._left = stage.database.take_fingerprint(house.id, *stage.database.kept_by_a_run)

    def _edit(self) -> None:
        assert self._rival.edit is not None
        # What drifted in since the run began may be the very item of this edit.
        self._before.versions.append(self._house.books.read())
        carry_out(edit=self._rival.edit, books=self._house.books)
        self._before.versions.append(self._house.books.read())

    def _sync_next_door(self) -> None:
        other = self._stage.other(self._house)
        with suppress(Reconnect):
            start_item_sync(actor=other.person.actor, trigger=Trigger.PERSON)
        drain_jobs()
        other.mirror = self._stage.database.read_mirror(other.id)
        self._before.neighbour = self._stage.database.take_fingerprint(other.id)

    def _build(self) -> None:
        try:
            self._lease = take_sync_lock(
                business_id=BusinessId(self._house.id),
                holder=LockHolder(kind=HolderKind.BUILD, holder_id=new_id(), label="Bela Builder"),
                lease_seconds=300,
            )
        except SyncLockHeld:
            raise Violation("a lock whose lease has ended can't be taken") from None

    def _click(self) -> None:
        # The worker may have been paused between ending its run and saying that its job is done.
        if all(run["finished_at"] for run in self._stage.database.read_runs(self._house.id)):
            return
        try:
            start_item_sync(actor=self._house.person.actor, trigger=Trigger.PERSON)
        except (SyncLockHeld, ProviderError):
            return
        raise Violation("a second sync was started while a run is open")

    def leave(self) -> None:
        """See that the paused worker wrote nothing, and let the lock go."""
        if self._left is not None:
            now = self._stage.database.take_fingerprint(
                self._house.id, *self._stage.database.kept_by_a_run
            )
            changed = [table for table in now if now[table] != self._left[table]]
            if changed:
                raise Violation(f"a paused holder wrote into {changed} after its lease (I7)")
        if self._lease is not None:
            release_sync_lock(lease=self._lease)


def _let_time_pass(stage: Stage, house: House) -> None:
    """Let waits and leases end, and a healthy worker take what is due, until nothing waits."""
    for _ in range(MOST_ROUNDS):
        if not stage.database.count_open_jobs(house.id):
            return
        stage.database.end_leases(house.id, of_locks=False)
        drain_jobs()
    raise Violation(f"after {MOST_ROUNDS} rounds the run has still not ended (I9)")


def _count_strokes(stage: Stage, house: House, step: Sync) -> None:
    struck = stage.levers.pull("GET", "faults/struck")["struck"]
    for stroke in struck:
        stage.struck[stroke["kind"]] += 1
        if "/oauth2/" in stroke["path"] and stroke["kind"] in _LOST_ANSWERS:
            house.has_lost_an_answer = True
    shut_out = sum(
        fault.count
        for fault in step.faults
        if not fault.on_tokens
        and fault.status in _SHUTS_OUT
        and (fault.status == 403 or fault.count > 1)
    )
    if shut_out and struck:
        house.may_have_lost_tokens = True
    stage.levers.pull("DELETE", "faults")


def _audit(
    stage: Stage, house: House, step: Sync, before: _Before, found: Mirror, run: Row | None
) -> None:
    auditor.check_neighbour(
        before=before.neighbour,
        after=stage.database.take_fingerprint(stage.other(house).id),
    )
    auditor.check_permission(stage=stage, house=house)
    if not step.is_undisturbed:
        before.versions.append(house.books.read())
    auditor.check_disturbed_run(
        house=house,
        found=found,
        versions=before.versions,
        unsure=frozenset(before.unsure),
        run=run,
    )
    if run is None:
        return
    if run["is_preview"] and found != house.mirror:
        raise Violation("a preview changed the mirror (SYNC-4)")
    is_lost = house.may_have_lost_tokens or not house.is_permitted
    is_given_up = stage.database.has_lost_workers(run["id"])
    if step.is_undisturbed and not is_lost and not is_given_up:
        _audit_closely(house, step, before.books, found, run)
    _note_what_is_held(house, step, before, run)


def _audit_closely(
    house: House, step: Sync, books: Mapping[str, Row], found: Mirror, run: Row
) -> None:
    if run["mode"] == "incremental":
        books = auditor.forget_unseen_stock(before=house.mirror, books=books, found=found)
    verdict = auditor.foretell(
        before=house.mirror,
        books=books,
        types=house.types,
        confirmed=house.held if step.mode == "confirm" else frozenset(),
    )
    auditor.check_run(run=run, verdict=verdict, found=found)


def _note_what_is_held(house: House, step: Sync, before: _Before, run: Row) -> None:
    """Keep for the next click which deactivations the last finished run left to a person."""
    if run["is_preview"] or run["state"] != "finished":
        return
    house.held_run, house.held = None, frozenset()
    if run["held_back"] and step.is_undisturbed:
        verdict = auditor.foretell(before=house.mirror, books=before.books, types=house.types)
        house.held_run, house.held = run["id"], frozenset(verdict.held)
    if isinstance(house.held_run, str):
        house.held_run = UUID(house.held_run)


def _digest_plan(stage: Stage, run: Row) -> str:
    """Sum a run's plan up, without the database's own names and times, and however it is paged."""
    pages = stage.database.ask(
        "SELECT step_count, created, updated, deactivated, reactivated, names"
        " FROM sync_planpage WHERE run_id = %s ORDER BY first_sequence",
        run["id"] if isinstance(run["id"], UUID) else UUID(run["id"]),
    )
    names = [name for page in pages for name in page.pop("names").split("\n")]
    counts = {count: sum(page[count] for page in pages) for count in _COUNTS_OF_A_PAGE}
    return blake2b(repr((names, counts)).encode(), digest_size=8).hexdigest()


_COUNTS_OF_A_PAGE = ("step_count", "created", "updated", "deactivated", "reactivated")
