"""Many processes want one business's sync lock, and some are paused or killed (I7)."""

import random
import time
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

import pytest
from tests.simulation.conftest import StartProgram
from tests.support.cast import Cast
from tests.support.programs import Program

from partsemble.database.scope import business_scope
from partsemble.identity.models import Activity
from partsemble.kernel.ids import BusinessId
from partsemble.locks.queries import find_sync_lock

pytestmark = pytest.mark.django_db(transaction=True)

HOLDERS = 5
PAUSES = 7
PAUSE_SECONDS = 0.7
"""Longer than the holders' lease."""
PATIENCE_SECONDS = 180


def test_there_are_never_two_holders(start: StartProgram, cast: Cast, tmp_path: Path) -> None:
    business_id, over = cast.owner.business.id, tmp_path / "over"
    seed = random.SystemRandom().randrange(1_000_000)
    with ExitStack() as programs:
        holders = {
            str(number): programs.enter_context(
                start("lock_holder", business_id, number, f"{seed}-{number}", over)
            )
            for number in range(HOLDERS)
        }
        for holder in holders.values():
            holder.wait_for_line("holding")
        holders.popitem()[1].kill()
        pauses, end = 0, time.monotonic() + PATIENCE_SECONDS
        # A slow machine loses most leases before anything is written under them.
        while (
            pauses < PAUSES
            or not _count_late(holders.values())
            or len({fence for _, fence, _ in _list_lines(business_id)}) <= PAUSES
        ):
            assert time.monotonic() < end, f"seed {seed}: only {pauses} pauses, or nobody late"
            time.sleep(0.1)
            lock = find_sync_lock(business_id=business_id)
            if lock is not None and lock.label in holders:
                holders[lock.label].pause()
                time.sleep(PAUSE_SECONDS)
                holders[lock.label].resume()
                pauses += 1
        over.touch()
        for holder in holders.values():
            assert holder.process.wait(timeout=PATIENCE_SECONDS) == 0, holder.read_log()
    _assert_one_holder_at_a_time(business_id)


def _count_late(holders: Iterable[Program]) -> int:
    """How often somebody went on who had lost the lock, or whose session the server had ended."""
    logs = [holder.log.read_text() for holder in holders]
    return sum(log.count(word) for log in logs for word in ("lost", "cut off"))


def _list_lines(business_id: BusinessId) -> list[tuple[float, int, UUID | None]]:
    """What was written, with its instant, its fence and its holder."""
    with business_scope(business_id):
        return [
            (float(row.verb.split()[1]), int(row.verb.split()[0]), row.subject_id)
            for row in Activity.objects.all()
        ]


def _assert_one_holder_at_a_time(business_id: BusinessId) -> None:
    lines = sorted(_list_lines(business_id))
    fences = [fence for _, fence, _ in lines]
    assert len(set(fences)) > PAUSES
    assert fences == sorted(fences), "somebody wrote under a fence that was over"
    holders = {(fence, holder) for _, fence, holder in lines}
    assert len(holders) == len(set(fences)), "two holders had the same fence"
