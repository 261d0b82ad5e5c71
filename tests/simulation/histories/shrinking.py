"""Making a failing history as small as it can be while it still fails."""

import time
from collections.abc import Callable, Iterator

import msgspec
from tests.simulation.histories.steps import History, Step, Sync, Work

MOST_SECONDS = 120.0
"""Each try is a whole history; a test that takes five minutes is taken for one that hangs."""


def shrink_history(*, history: History, fails: Callable[[History], bool]) -> History:
    """This will leave out what is not needed for the failure, the largest parts first.

    Arguments:
        history: one that fails.
        fails: plays a history and says whether it fails too.
    """
    give_up_at = time.monotonic() + MOST_SECONDS
    candidates = _list_smaller(history)
    while time.monotonic() < give_up_at:
        candidate = next(candidates, None)
        if candidate is None:
            break
        if fails(candidate):
            history, candidates = candidate, _list_smaller(candidate)
    return history


def _list_smaller(history: History) -> Iterator[History]:
    steps = history.steps
    length = len(steps) // 2
    while length:
        for first in range(0, len(steps), length):
            yield _with(history, steps[:first] + steps[first + length :])
        length //= 2
    for number, step in enumerate(steps):
        for smaller in _list_calmer(step):
            yield _with(history, (*steps[:number], smaller, *steps[number + 1 :]))


def _with(history: History, steps: tuple[Step, ...]) -> History:
    return msgspec.structs.replace(history, steps=steps)


def _list_calmer(step: Step) -> Iterator[Step]:
    if isinstance(step, Work):
        for fewer in _list_fewer(step.edits):
            yield msgspec.structs.replace(step, edits=fewer)
    if isinstance(step, Sync):
        if step.rival is not None:
            yield msgspec.structs.replace(step, rival=None)
        if step.workers > 1:
            yield msgspec.structs.replace(step, workers=1)
        for name in ("faults", "drifts", "crashes"):
            for fewer in _list_fewer(getattr(step, name)):
                yield msgspec.structs.replace(step, **{name: fewer})


def _list_fewer[Part](parts: tuple[Part, ...]) -> Iterator[tuple[Part, ...]]:
    if len(parts) > 1:
        yield ()
    for number in range(len(parts)):
        yield parts[:number] + parts[number + 1 :]
