"""Which runs changed an item, and what (ITEM-1), as long as their plans are kept (SYNC-9)."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db.models import F, Q

from partsemble.accounting.queries.one_item import get_item_place
from partsemble.database.scope import business_scope
from partsemble.kernel.actor import Actor
from partsemble.kernel.permissions import Permission
from partsemble.sync.models import PlanPage
from partsemble.sync.queries.plans import view_step
from partsemble.sync.queries.runs import view_run
from partsemble.sync.rules import plans
from partsemble.sync.types import RunView, StepView

if TYPE_CHECKING:
    from django.db.models import QuerySet

STRETCH: Final = 400
"""Pages of plans that are looked at, newest first: those of some 400,000 changes."""


@dataclass(frozen=True, slots=True)
class ItemChange:
    """What one run did to an item."""

    run: RunView
    step: StepView


def list_item_changes(*, actor: Actor, item_id: UUID, limit: int) -> tuple[ItemChange, ...]:
    """This will list what runs did to an item, newest first; what they only planned is left out.

    Arguments:
        limit: most changes to give.

    Raises:
        PermissionMissing: without *run syncs*.
        NotFound: if the business has no such item.
    """
    actor.demand(Permission.RUN_SYNC)
    place = get_item_place(actor=actor, item_id=item_id)
    name = f" {place.external_id}".casefold()
    with business_scope(actor.business_id):
        # Each line of the names ends with an id.
        pages = PlanPage.objects.filter(
            Q(names__contains=f"{name}\n") | Q(names__endswith=name),
            run__connection_id=place.connection_id,
            run__is_preview=False,
            run__applied_steps__gte=F("first_sequence"),
        )
        ids = PlanPage.objects.order_by("-id").values_list("id", flat=True)
        for oldest in ids[STRETCH - 1 : STRETCH]:
            pages = pages.filter(id__gte=oldest)
        return tuple(islice(_open(pages, place.external_id), limit))


def _open(pages: "QuerySet[PlanPage]", external_id: str) -> Iterator[ItemChange]:
    for page in pages.select_related("run").defer("names").order_by("-id").iterator(chunk_size=1):
        run = view_run(row=page.run)
        steps = plans.list_steps(bytes(page.steps))
        for sequence, step in enumerate(steps, start=page.first_sequence):
            if step.item.external_id == external_id:
                change = ItemChange(run=run, step=view_step(run=run, sequence=sequence, step=step))
                if change.step.is_applied:
                    yield change
