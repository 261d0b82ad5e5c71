"""Writing the activity log (BIZ-5)."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from partsemble.database.bulk import BulkWrite, prepare_insert
from partsemble.database.clock import DatabaseClock
from partsemble.database.ids import new_id
from partsemble.database.scope import business_scope
from partsemble.identity.models import Activity
from partsemble.identity.queries import STAFF_LOOK
from partsemble.identity.types import Deed, FieldChange
from partsemble.kernel.actor import Actor
from partsemble.kernel.ids import BusinessId, UserId

LOOK_SECONDS: Final = 3_600
_SIGNED: Final = ("business_id", "user_id", "actor_label", "recorded_at")
LABEL_LENGTH: Final = 120
"""How much of a name stands in a line about the staff."""


def record_activity(
    *,
    actor: Actor,
    verb: str,
    subject: str,
    subject_id: UUID | None = None,
    subject_label: str = "",
    changes: Sequence[FieldChange] = (),
) -> None:
    """This will write one line into the business's activity log (BIZ-5).

    It belongs into the transaction of the change that it tells about.
    """
    deed = Deed(verb, subject, subject_id, subject_label, tuple(changes))
    record_activities(actor=actor, deeds=[deed])


def record_activities(*, actor: Actor, deeds: Sequence[Deed]) -> None:
    """This will write lines into the business's activity log, for those who do much at once.

    They belong into the transaction of the changes that they tell about.
    """
    with business_scope(actor.business_id):
        Activity.objects.bulk_create(
            Activity(
                business_id=actor.business_id,
                user_id=actor.user_id,
                actor_label=actor.label,
                verb=each.verb,
                subject=each.subject,
                subject_id=each.subject_id,
                subject_label=each.subject_label,
                changes=[list(change) for change in each.changes],
            )
            for each in deeds
        )


def prepare_activities(*, actor: Actor, deeds: Sequence[Deed], recorded_at: datetime) -> BulkWrite:
    """This will make the same lines ready, for those who write much in a short transaction."""
    signed = (actor.business_id, actor.user_id, actor.label, recorded_at)
    return prepare_insert(
        model=Activity,
        columns=("id", *_SIGNED, "verb", "subject", "subject_id", "subject_label", "changes"),
        rows=[
            (
                new_id(),
                *signed,
                each.verb,
                each.subject,
                each.subject_id,
                each.subject_label,
                [list(change) for change in each.changes],
            )
            for each in deeds
        ],
    )


def record_staff_look(
    *, user_id: UserId, label: str, business_ids: Collection[BusinessId], subject: str
) -> None:
    """This will tell businesses that somebody of the staff looked; inside the staff's scope.

    A line per business, person and subject within `LOOK_SECONDS`: what an owner wants to know is
    who looked at what on which day, not how often a page was turned.

    Arguments:
        user_id: of whoever looked.
        label: their name.
        business_ids: whose rows were on the page.
        subject: what kind of rows.
    """
    told = set(
        Activity.objects.filter(
            business_id__in=business_ids,
            user_id=user_id,
            verb=STAFF_LOOK,
            subject=subject,
            recorded_at__gt=DatabaseClock(plus_seconds=-LOOK_SECONDS),
        ).values_list("business_id", flat=True)
    )
    Activity.objects.bulk_create(
        Activity(
            business_id=each,
            user_id=user_id,
            actor_label=f"{label[:LABEL_LENGTH]} of the support staff",
            verb=STAFF_LOOK,
            subject=subject,
        )
        for each in sorted(business_ids)
        if each not in told
    )
