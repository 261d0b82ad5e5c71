"""Tidying away what old runs planned and corrected; what they came to is kept for good."""

from datetime import timedelta
from typing import Final

from django.db import transaction

from partsemble.database.clock import read_database_clock
from partsemble.database.scope import business_scope
from partsemble.kernel.ids import BusinessId
from partsemble.sync.correction_models import QuantityCorrection
from partsemble.sync.models import ItemSync, PlanPage
from partsemble.sync.types import OPEN_STATES

ALWAYS_KEPT: Final = 50
"""So many newest runs keep their plans however old they are: a workshop that syncs once a month
wants to look back too."""

LINES_AT_ONCE: Final = 2_000
"""Lines about quantities that one transaction tidies away: others want to write, too."""


def prune_plans(*, business_id: BusinessId, keep_days: int) -> int:
    """This will tidy away something of the oldest run that still has its plan.

    Its lines about quantities first, some at a time, then its plan: both can be many, and others
    want to write. The record of the run, its counts and its problems stay, and so do the stock
    entries that it posted.

    Arguments:
        keep_days: whole days since a run was asked for.

    Returns:
        1, or 0 once nothing is left to tidy away.
    """
    with business_scope(business_id), transaction.atomic():
        runs = ItemSync.objects.order_by("-queued_at", "-id")
        newest = runs.values_list("id", flat=True)[:ALWAYS_KEPT]
        old = ItemSync.objects.filter(
            is_plan_kept=True, queued_at__lt=read_database_clock() - timedelta(days=keep_days)
        ).exclude(state__in=OPEN_STATES)
        run = old.exclude(id__in=list(newest)).order_by("queued_at").first()
        if run is None:
            return 0
        lines = QuantityCorrection.objects.filter(run_id=run.id)
        if some := list(lines.values_list("id", flat=True)[:LINES_AT_ONCE]):
            QuantityCorrection.objects.filter(id__in=some).delete()
            return 1
        PlanPage.objects.filter(run_id=run.id).delete()
        ItemSync.objects.filter(id=run.id).update(is_plan_kept=False)
        return 1
