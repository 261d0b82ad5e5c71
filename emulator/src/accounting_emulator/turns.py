"""Running long work a few milliseconds at a time, while everybody else is served in between."""

import asyncio
import time
from collections.abc import Callable, Hashable
from typing import Any

from accounting_emulator.slices import Work

SLICE_SECONDS = 0.004


class LongWork:
    """Does work in slices, and the same work once however many wait for it."""

    def __init__(self) -> None:
        self._under_way: dict[Hashable, asyncio.Task[Any]] = {}

    async def carry_out[T](self, *, key: Hashable, make: Callable[[], Work[T]]) -> T:
        """Do the work that `key` names, or wait for whoever does it already."""
        task = self._under_way.get(key)
        if task is None:
            work = make()
            ended, result = _run_slice(work)
            if ended:
                done: T = result
                return done
            task = self._under_way[key] = asyncio.create_task(_run_slices(work))
            task.add_done_callback(lambda _: self._under_way.pop(key, None))
        shared: T = await asyncio.shield(task)
        return shared


async def _run_slices(work: Work[Any]) -> Any:  # noqa: ANN401 # whatever the work gives
    ended = False
    while not ended:
        await asyncio.sleep(0)
        ended, result = _run_slice(work)
    return result


def _run_slice(work: Work[Any]) -> tuple[bool, Any]:
    until = time.perf_counter() + SLICE_SECONDS
    try:
        while time.perf_counter() < until:
            next(work)
    except StopIteration as end:
        return True, end.value
    return False, None
