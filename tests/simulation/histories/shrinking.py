"""Making a failing history as small as it can be while it still fails."""

from collections.abc import Callable, Iterator

import msgspec
from tests.simulation.histories.steps import History, Step, Sync, Work

MOST_TRIES = 200
"""Each is a whole history; by then it is as small as it will be."""


def shrink_history(*, history: History, fails: Callable[[History], bool]) -> History:
    """This will leave out what is not needed for the failure, the largest parts first.

    Arguments:
        history: one that fails.
        fails: plays a history and says whether it fails too.
    """
    tries = 0
    is_smaller = True
    while is_smaller and tries < MOST_TRIES:
        is_smaller = False
        for candidate in _list_smaller(history):
            tries += 1
            if fails(candidate):
                history, is_smaller = candidate, True
                break
            if tries >= MOST_TRIES:
                break
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
