"""Everything that reads runs, plans and settings."""

from partsemble.sync.queries.comparing import compare_with_preview
from partsemble.sync.queries.plans import (
    STEP_PAGE,
    list_held_steps,
    list_steps,
    list_steps_after,
)
from partsemble.sync.queries.runs import (
    RunPosition,
    find_held_run,
    find_last_run,
    find_open_run,
    get_item_types,
    get_run,
    has_run,
    list_problems,
    list_runs,
)

__all__ = [
    "STEP_PAGE",
    "RunPosition",
    "compare_with_preview",
    "find_held_run",
    "find_last_run",
    "find_open_run",
    "get_item_types",
    "get_run",
    "has_run",
    "list_held_steps",
    "list_problems",
    "list_runs",
    "list_steps",
    "list_steps_after",
]
