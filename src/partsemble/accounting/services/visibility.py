"""Putting items out of people's sight, and back (ITEM-5)."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from partsemble.accounting.queries.items import ItemFilter, select_shown_items
from partsemble.database.scope import business_scope
from partsemble.identity.services import record_activity
from partsemble.kernel.actor import Actor
from partsemble.kernel.permissions import Permission


def set_items_hidden(
    *, actor: Actor, is_hidden: bool, wanted: ItemFilter, ids: Collection[UUID] | None = None
) -> int:
    """This will hide items from the list for importing, or show them again, and count them.

    Hidden items stay synced.

    Arguments:
        wanted: what narrows them.
        ids: these at most; None: all that the filter lets through.

    Raises:
        PermissionMissing: without *run syncs and import items*.
    """
    actor.demand(Permission.RUN_SYNC)
    with business_scope(actor.business_id), transaction.atomic():
        rows = select_shown_items(wanted=wanted).exclude(is_hidden=is_hidden)
        if ids is not None:
            rows = rows.filter(id__in=ids)
        changed = rows.update(is_hidden=is_hidden)
        if changed:
            record_activity(
                actor=actor,
                verb="hid" if is_hidden else "showed",
                subject="accounting items",
                subject_label=f"{changed:,}",
            )
    return changed
