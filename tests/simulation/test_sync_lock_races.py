"""Many processes want one business's sync lock, and some are paused or killed (I7)."""

import random
import time
from contextlib import ExitStack

import pytest
from tests.simulation.conftest import StartProgram
from tests.support.cast import Cast

from partsemble.database.scope import business_scope
from partsemble.identity.models import Activity
from partsemble.kernel.ids import BusinessId
from partsemble.locks.queries import find_sync_lock

pytestmark = pytest.mark.django_db(transaction=True)

HOLDERS = 5
SECONDS = 8
PAUSE_SECONDS = 0.7
"""Longer than the holders' lease."""
PAUSES_AT_LEAST = 3


def test_there_are_never_two_holders(start: StartProgram, cast: Cast) -> None:
    business_id = cast.owner.business.id
    seed = random.SystemRandom().randrange(1_000_000)
    with ExitStack() as programs:
        holders = {
            str(number): programs.enter_context(
                start("lock_holder", business_id, number, f"{seed}-{number}", SECONDS)
            )
            for number in range(HOLDERS)
        }
        for holder in holders.values():
            holder.wait_for_line("holding")
        holders.popitem()[1].kill()
        pauses = 0
        end = time.monotonic() + SECONDS - 2
        while time.monotonic() < end:
            time.sleep(0.1)
            lock = find_sync_lock(business_id=business_id)
            if lock is not None and lock.label in holders:
                holders[lock.label].pause()
                time.sleep(PAUSE_SECONDS)
                holders[lock.label].resume()
                pauses += 1
        for holder in holders.values():
            assert holder.process.wait(timeout=30) == 0, holder.read_log()
        stopped = sum(
            holder.log.read_text().count(word)
            for holder in holders.values()
            for word in ("lost", "cut off")
        )
    assert pauses >= PAUSES_AT_LEAST
    assert stopped >= 1, f"nobody was late with seed {seed} and {pauses} pauses"
    _assert_one_holder_at_a_time(business_id)


def _assert_one_holder_at_a_time(business_id: BusinessId) -> None:
    with business_scope(business_id):
        lines = [
            (float(row.verb.split()[1]), int(row.verb.split()[0]), row.subject_id)
            for row in Activity.objects.all()
        ]
    lines.sort()
    fences = [fence for _, fence, _ in lines]
    assert len(set(fences)) > PAUSES_AT_LEAST
    assert fences == sorted(fences), "somebody wrote under a fence that was over"
    holders = {(fence, holder) for _, fence, holder in lines}
    assert len(holders) == len(set(fences)), "two holders had the same fence"
