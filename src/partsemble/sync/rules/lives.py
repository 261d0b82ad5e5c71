"""The life of a run. Pure."""

from collections.abc import Mapping
from typing import Final

from partsemble.sync.types import RunState

TRANSITIONS: Final[Mapping[RunState, frozenset[RunState]]] = {
    RunState.QUEUED: frozenset({RunState.READING, RunState.FAILED}),
    # A worker that died while reading leaves half a plan; the next one reads again.
    # A preview is finished when it is read.
    RunState.READING: frozenset(
        {RunState.READING, RunState.APPLYING, RunState.FINISHED, RunState.FAILED}
    ),
    RunState.APPLYING: frozenset({RunState.APPLYING, RunState.FINISHED, RunState.FAILED}),
    RunState.FINISHED: frozenset(),
    RunState.FAILED: frozenset(),
}
"""Which states a state leads to; nothing else is allowed."""
