"""The history of runs as it is filtered and turned on the Sync Items page."""

from typing import Any, Final

from django.http import QueryDict

from partsemble.kernel.actor import Actor
from partsemble.sync.queries.history import HISTORY_PAGE, RunFilter, list_run_page
from partsemble.sync.types import OPEN_STATES, ReadMode, RunState, Trigger
from partsemble.web.lists import link_pages, read_page, say_count
from partsemble.web.sync.report import make_report
from partsemble.words.runs import MODE_WORDS, TRIGGER_WORDS

PREVIEWS: Final = "preview"
_STATES: Final = {
    "open": OPEN_STATES,
    "finished": frozenset({RunState.FINISHED}),
    "failed": frozenset({RunState.FAILED}),
}
_STATE_CHOICES: Final = (
    ("", "Any state"),
    ("open", "Under way"),
    ("finished", "Finished"),
    ("failed", "Did not finish"),
)
_TRIGGER_CHOICES: Final = (
    ("", "Any start"),
    *((each.value, words[0].upper() + words[1:]) for each, words in TRIGGER_WORDS.items()),
)
_MODE_CHOICES: Final = (
    ("", "Any kind"),
    *((each.value, words) for each, words in MODE_WORDS.items()),
    (PREVIEWS, "Previews"),
)


def build_history(*, actor: Actor, query: QueryDict) -> dict[str, Any]:
    """This will list one page of the runs that a person wants to see, newest first."""
    wanted = read_run_filter(query)
    found = list_run_page(actor=actor, wanted=wanted)
    return {
        "runs": [make_report(run) for run in found.runs],
        "filters": {
            "state": (query.get("state", ""), _STATE_CHOICES),
            "start": (query.get("start", ""), _TRIGGER_CHOICES),
            "kind": (query.get("kind", ""), _MODE_CHOICES),
        },
        "is_filtered": wanted != RunFilter(page=wanted.page),
        "pages": link_pages(
            query=query,
            page=wanted.page,
            size=HISTORY_PAGE,
            shown=len(found.runs),
            total=say_count(found.count),
            has_more=found.has_more,
        ),
    }


def read_run_filter(query: QueryDict) -> RunFilter:
    """This will read from an address which runs are wanted; nonsense is left out."""
    trigger, kind = query.get("start", ""), query.get("kind", "")
    return RunFilter(
        states=_STATES.get(query.get("state", ""), frozenset()),
        trigger=Trigger(trigger) if trigger in set(Trigger) else None,
        mode=ReadMode(kind) if kind in set(ReadMode) else None,
        is_preview=True if kind == PREVIEWS else None,
        page=read_page(query),
    )
