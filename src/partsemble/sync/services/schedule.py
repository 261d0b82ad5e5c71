"""When syncs start by themselves: on a schedule, and when the books say that they changed."""

from datetime import timedelta

from django.db import transaction

from partsemble.accounting.errors import NotConnected
from partsemble.accounting.queries.budget import find_read_budget
from partsemble.accounting.queries.connections import look_up_connection
from partsemble.accounting.types import ReadStage
from partsemble.database.clock import read_database_clock
from partsemble.database.scope import business_scope
from partsemble.identity.queries import get_business
from partsemble.identity.services import record_activity
from partsemble.jobs.services import drop_schedule, set_schedule
from partsemble.jobs.types import Daily, Every
from partsemble.kernel.actor import Actor
from partsemble.kernel.ids import BusinessId
from partsemble.kernel.permissions import Permission
from partsemble.sync.due_models import AutomaticSync
from partsemble.sync.models import ItemSync
from partsemble.sync.queries.waiting import SCHEDULED_JOB
from partsemble.sync.services.waiting import Asking, make_system_actor, wait_for_sync
from partsemble.sync.types import Door, Rhythm, Trigger

HOUR_SECONDS = 3_600
SPARING_INTERVAL = timedelta(hours=23)
"""Between two scheduled syncs when reads run short: a day, less what a turn may come early."""


def choose_automatic_sync(
    *, actor: Actor, rhythm: Rhythm, hour: int, follows_changes: bool
) -> None:
    """This will set when the business's items are synced without anybody asking (SYNC-1).

    Arguments:
        rhythm: how often.
        hour: of a daily sync, 0 to 23 by the clock of the business; it begins within the twenty
            minutes that follow, so that not all businesses begin at once.
        follows_changes: whether a change in the books starts a sync.

    Raises:
        PermissionMissing: without *manage connection*.
        NotConnected: if there are no books.
    """
    actor.demand(Permission.MANAGE_CONNECTION)
    if look_up_connection(business_id=actor.business_id) is None:
        raise NotConnected
    with business_scope(actor.business_id), transaction.atomic():
        AutomaticSync.objects.update_or_create(
            business_id=actor.business_id, defaults={"follows_changes": follows_changes}
        )
        _set_rhythm(actor, rhythm, hour)
        changes = "when the books change" if follows_changes else ""
        label = " and ".join(word for word in (rhythm.value, changes) if word)
        record_activity(actor=actor, verb="chose", subject="automatic sync", subject_label=label)


def _set_rhythm(actor: Actor, rhythm: Rhythm, hour: int) -> None:
    match rhythm:
        case Rhythm.OFF:
            drop_schedule(business_id=actor.business_id, name=SCHEDULED_JOB)
            return
        case Rhythm.HOURLY:
            recurrence: Every | Daily = Every(seconds=HOUR_SECONDS)
        case Rhythm.DAILY:
            zone = get_business(actor=actor).time_zone
            recurrence = Daily(hour=hour, zone=zone)
    set_schedule(business_id=actor.business_id, name=SCHEDULED_JOB, recurrence=recurrence)


def take_scheduled_turn(*, business_id: BusinessId) -> None:
    """This will let the sync of a schedule wait for its turn, which comes at once if nothing runs.

    While the connection is expired it waits for that too, and the turns that come meanwhile join
    it: after the reconnect one sync runs (CONN-4). When the month's reads run short, turns are left
    out, and the next one makes up for them (CONN-9).
    """
    if _is_left_out(business_id):
        return
    actor = make_system_actor(business_id=business_id, trigger=Trigger.SCHEDULE)
    wait_for_sync(asking=Asking(door=Door.SCHEDULE, trigger=Trigger.SCHEDULE, actor=actor))


def _is_left_out(business_id: BusinessId) -> bool:
    budget = find_read_budget(business_id=business_id)
    if budget is None or budget.stage in {ReadStage.FREE, ReadStage.CHANGES}:
        return False
    if not budget.stage.may_read_on_schedule:
        return True
    with business_scope(business_id):
        since = read_database_clock() - SPARING_INTERVAL
        return ItemSync.objects.filter(queued_at__gt=since).exists()
