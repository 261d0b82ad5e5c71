"""The page of a sync that was refused because something else holds the lock (LOCK-5)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from partsemble.kernel.ids import RunId
from partsemble.locks.errors import SyncLockHeld
from partsemble.locks.types import HolderKind
from partsemble.sync.errors import RunNotFound
from partsemble.sync.queries import get_run
from partsemble.web.access import BusinessRequest
from partsemble.web.sync.progress import show_progress
from partsemble.web.sync.report import make_report
from partsemble.web.sync.when_free import build_when_free
from partsemble.words.names import HOLDER_WORDS, say
from partsemble.words.sentences import explain


@dataclass(frozen=True, slots=True)
class Holder:
    """What holds the lock, in words."""

    kind: str
    label: str
    since: datetime | None
    since_words: str
    expires_at: datetime | None
    expires_words: str


def show_lock_refusal(request: BusinessRequest, *, held: SyncLockHeld) -> HttpResponse:
    """This will say what holds the lock, who started it, since when, and when it ends by itself."""
    refusal = explain(held)
    context = {
        "business": request.business,
        "refusal": refusal,
        "title": refusal.what.removesuffix("."),
        "holder": describe_holder(held=held),
        "free": build_when_free(actor=request.actor, newest=None),
        **_look_at_holder(request, held),
    }
    return render(request, "sync/refused.html", context, status=refusal.status)


def describe_holder(*, held: SyncLockHeld) -> Holder:
    """This will put the facts of a held lock into words."""
    since = cast("datetime | None", held.facts["since"])
    expires_at = cast("datetime | None", held.facts["expires_at"])
    return Holder(
        kind=HOLDER_WORDS[HolderKind(str(held.facts["kind"]))],
        label=str(held.facts["label"] or "Somebody, a moment ago"),
        since=since,
        since_words=say(since) if since else "",
        expires_at=expires_at,
        expires_words=say(expires_at) if expires_at else "",
    )


def _look_at_holder(request: BusinessRequest, held: SyncLockHeld) -> dict[str, Any]:
    """Show how far the sync is that holds the lock; nothing of any other holder."""
    if held.facts["kind"] is not HolderKind.ITEM_SYNC:
        return {}
    try:
        run = get_run(actor=request.actor, run_id=RunId(UUID(str(held.facts["holder_id"]))))
    except RunNotFound:
        return {}
    context: dict[str, Any] = {"run": make_report(run)}
    if run.is_open:
        context["progress"] = show_progress(run, now=timezone.now())
    return context
