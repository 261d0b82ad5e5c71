"""The auditor: works out by a model of his own what a run must have done, and compares.

He is told what the books were before and after, what the mirror was before, and which types were
chosen; he reads the mirror and the run's row as they are now. Nothing here imports the application.
"""

import json
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from tests.simulation.histories.database_view import Mirror, Row
from tests.simulation.histories.stage import House, Stage, Violation

OVER = frozenset({"finished", "failed"})
Books = Mapping[str, Row]
BUNDLES = frozenset({"group", "bundle"})
_CHANGES = ("created", "updated", "deactivated", "reactivated", "held_back")
_COUNTS = (*_CHANGES, "skipped_unchanged")
_MASS_COUNT = 10
_MASS_SHARE = 5
"""More than ten deactivations, and more than a fifth of the items (SYNC-6)."""


@dataclass(slots=True)
class Verdict:
    """What a run over quiet books must come to."""

    mirror: Mirror
    counts: Counter[str] = field(default_factory=Counter)
    by_type: Counter[str] = field(default_factory=Counter)
    held: set[str] = field(default_factory=set)


def is_wanted(*, item_type: str, types: frozenset[str]) -> bool:
    """This will say whether the filter takes a type; Group and Bundle mean each other (SYNC-2)."""
    return bool(BUNDLES & types) if item_type in BUNDLES else item_type in types


def foretell(
    *,
    before: Mirror,
    books: Mapping[str, Row],
    types: frozenset[str],
    confirmed: Collection[str] = frozenset(),
) -> Verdict:
    """This will work out what a run makes of a mirror (SYNC-2…6).

    Arguments:
        confirmed: ids of the items that a person has let be deactivated.
    """
    verdict = Verdict(mirror=dict(before))
    held = _list_held(before, books, types, confirmed)
    for external_id, row in books.items():
        known = before.get(external_id)
        if not is_wanted(item_type=row["type"], types=types):
            verdict.by_type[row["type"]] += 1
        elif external_id in held:
            verdict.counts["held_back"] += 1
            verdict.held.add(external_id)
        elif known is None and not row["is_active"]:
            verdict.counts["skipped_unchanged"] += 1
        else:
            verdict.counts[_name_change(known, row)] += 1
            verdict.mirror[external_id] = row
    return verdict


def _list_held(
    before: Mirror,
    books: Mapping[str, Row],
    types: frozenset[str],
    confirmed: Collection[str],
) -> frozenset[str]:
    ending = frozenset(
        external_id
        for external_id, row in books.items()
        if is_wanted(item_type=row["type"], types=types)
        and external_id in before
        and _name_change(before[external_id], row) == "deactivated"
        and external_id not in confirmed
    )
    active = sum(row["is_active"] for row in before.values())
    is_much = len(ending) > _MASS_COUNT and len(ending) * _MASS_SHARE > active
    return ending if is_much else frozenset()


def forget_unseen_stock(*, before: Mirror, books: Mapping[str, Row], found: Mirror) -> Books:
    """This will give the books as an incremental run may have seen them (SYNC-10).

    Where a movement of stock leaves an item's time alone, only a full run sees it, unless the
    item is linked to a product.
    """
    return {
        external_id: before[external_id]
        if external_id in before
        and found.get(external_id) == before[external_id]
        and row | {"quantity_on_hand": None} == before[external_id] | {"quantity_on_hand": None}
        else row
        for external_id, row in books.items()
    }


def _name_change(known: Row | None, row: Row) -> str:
    if known is None:
        return "created"
    if known == row:
        return "skipped_unchanged"
    if known["is_active"] != row["is_active"]:
        return "reactivated" if row["is_active"] else "deactivated"
    return "updated"


def show_differences(*, expected: Mirror, found: Mirror) -> str:
    """This will name the first rows that differ, and how."""
    lines = []
    for external_id in sorted(expected.keys() | found.keys(), key=int):
        wanted, is_there = expected.get(external_id), found.get(external_id)
        if wanted is None or is_there is None:
            lines.append(f"item {external_id}: {'missing' if wanted else 'not in the books'}")
        elif wanted != is_there:
            fields = [name for name in wanted if wanted[name] != is_there[name]]
            shown = ", ".join(f"{f}: {wanted[f]!r} ≠ {is_there[f]!r}" for f in fields)
            lines.append(f"item {external_id}: books ≠ mirror: {shown}")
    return "; ".join(lines[:4]) + (f"; {len(lines) - 4} more" if len(lines) > 4 else "")


def check_run(*, run: Row, verdict: Verdict, found: Mirror) -> None:
    """This will demand that a run over books that nobody disturbed did exactly what was foretold.

    An incremental run counts what it did not read as unchanged, and does not know how many items
    of types it does not want there are.
    """
    mode = "preview" if run["is_preview"] else run["mode"]
    if run["state"] != "finished":
        raise Violation(f"an undisturbed {mode} run is {run['state']}: {run['failure_code']}")
    if not run["is_preview"] and found != verdict.mirror:
        differences = show_differences(expected=verdict.mirror, found=found)
        raise Violation(f"after an undisturbed {mode} run the mirror is wrong: {differences}")
    is_full = run["mode"] == "full"
    names = _COUNTS if is_full else _CHANGES
    said = {name: run[name] for name in names}
    foretold = {name: verdict.counts[name] for name in names}
    if said != foretold:
        raise Violation(f"an undisturbed {mode} run says {said}, and it was {foretold} (SYNC-5)")
    if is_full:
        check_sums(run=run, observed=verdict.counts.total() + verdict.by_type.total())
    elif add_up(run) < len(found) and not run["is_preview"]:
        raise Violation(f"the counts add up to {add_up(run)}, less than what is known (SYNC-5)")


def check_sums(*, run: Row, observed: int) -> None:
    """This will demand that the counts of a finished run add up (SYNC-5)."""
    if (total := add_up(run)) != observed:
        raise Violation(f"the counts add up to {total}, and there are {observed} items (SYNC-5)")
    if run["applied_steps"] != run["planned_steps"] and not run["is_preview"]:
        raise Violation("a finished run left steps unapplied")


def add_up(run: Row) -> int:
    """This will give how many items the summary of a run speaks of."""
    by_type = run["skipped_by_type"]
    if isinstance(by_type, str):
        by_type = json.loads(by_type)
    counted = (*(run[name] for name in _COUNTS), run["problem_count"], *by_type.values())
    return sum(map(int, counted))


def check_disturbed_run(
    *,
    house: House,
    found: Mirror,
    versions: list[Mapping[str, Row]],
    unsure: frozenset[str],
    run: Row | None,
) -> None:
    """This will demand that each row is as it was, or as the books had it at some moment.

    Arguments:
        versions: of the books, in order.
        unsure: items that had more versions than were seen.
        run: as it ended; None if none was started.
    """
    for external_id, row in found.items():
        before = house.mirror.get(external_id)
        if row == before:
            continue
        seen = [books.get(external_id) for books in versions]
        if external_id not in unsure and row not in seen:
            raise Violation(
                f"item {external_id} is mirrored as the books never had it: "
                + show_differences(expected={external_id: seen[-1] or {}}, found={external_id: row})
            )
        if not is_wanted(item_type=row["type"], types=house.types):
            raise Violation(f"item {external_id} was written although its type is not wanted")
    if lost := house.mirror.keys() - found.keys():
        raise Violation(f"items {sorted(lost)} vanished from the mirror")
    if run is not None and run["state"] == "failed" and not run["failure_code"]:
        raise Violation("a failed run does not say why")


def check_rest(*, stage: Stage, house: House) -> None:
    """This will demand that nothing is held and nothing waits once a run has ended."""
    database = stage.database
    if database.is_locked(house.id):
        raise Violation("the sync lock is still held after the run has ended")
    if database.count_open_jobs(house.id):
        raise Violation("a job of a run that has ended is still open")
    for run in database.read_runs(house.id):
        if run["state"] not in OVER:
            raise Violation(f"a run is still {run['state']} although nothing is under way")


def check_neighbour(*, before: Mapping[str, list[str]], after: Mapping[str, list[str]]) -> None:
    """This will demand that no row of another business changed (I8)."""
    for table, rows in before.items():
        if rows != after[table]:
            raise Violation(f"rows of the business next door changed in {table} (I8)")


def check_permission(*, stage: Stage, house: House) -> None:
    """This will demand that a connection is expired only if the books shut us out (CONN-4)."""
    state = stage.database.read_connection(house.id)["state"]
    if state == "expired" and house.is_permitted and not house.may_have_lost_tokens:
        raise Violation("the connection is expired although the permission stands: a lost token")
