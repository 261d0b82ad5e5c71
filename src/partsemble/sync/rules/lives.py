"""The lives of runs, and of imports of items. Pure."""

from collections.abc import Mapping
from typing import Final

from partsemble.sync.types import ImportState, RunState

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
"""Which states of a run a state leads to; nothing else is allowed."""

IMPORT_TRANSITIONS: Final[Mapping[ImportState, frozenset[ImportState]]] = {
    ImportState.RUNNING: frozenset({ImportState.RUNNING, ImportState.FINISHED, ImportState.FAILED}),
    ImportState.FINISHED: frozenset(),
    ImportState.FAILED: frozenset(),
}
"""The same of imports, which begin to run at once, a part at a time."""

OPEN_IMPORTS: Final = frozenset(state for state, targets in IMPORT_TRANSITIONS.items() if targets)
