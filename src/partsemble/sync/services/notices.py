"""What the books say unasked: each event once, and never more than *due* (architecture: webhooks).

A notification says that something changed. It is stored under its key in one short transaction
together with the sync that then waits, so it is neither lost nor counted twice, in whatever order
and however often it comes. Nothing is read from the provider here: it wants its answer within
three seconds. What changed is read by the sync, as it is by then, so an old word that comes
after a newer one does no harm.

Words are remembered for a while. One that is older than that is not heard any more, because it
could not be told from a repetition; a full sync at least once a week has long seen what it says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from partsemble.accounting.queries.connections import find_business_of_company
from partsemble.accounting.types import ChangeNotice, NoticedKind, ProviderKey
from partsemble.database.clock import read_database_clock
from partsemble.database.ids import new_id
from partsemble.database.scope import business_scope
from partsemble.database.waiting import limited_waiting
from partsemble.identity.queries import list_all_businesses
from partsemble.kernel.ids import BusinessId
from partsemble.sync.due_models import HeardChange
from partsemble.sync.queries.waiting import does_follow_changes
from partsemble.sync.services.waiting import Asking, make_system_actor, wait_for_sync
from partsemble.sync.types import Door, Trigger

MEMORY_DAYS: Final = 30
"""Repetitions come for days; change data capture reaches back as far."""
COMPANY_LIMIT: Final = 100
"""Companies in one delivery that are looked up; each costs a transaction."""
ANSWER_SECONDS: Final = 2.0
"""How long to wait for rows that a starting sync holds: the provider gives up after three."""
PRUNE_CHUNK: Final = 500
"""Rows per delete: a few milliseconds of SQLite's write lock."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of a delivery."""

    fresh: int = 0
    """Events that were new and made a business due."""
    known: int = 0
    """Events that were heard before."""
    ignored: int = 0
    """Of companies we don't know or who don't want it, of other kinds, or too old."""


def take_in_notices(*, provider: ProviderKey, notices: Sequence[ChangeNotice]) -> Heard:
    """This will remember what is new and let the businesses concerned be synced soon.

    Arguments:
        provider: who says it; the caller has checked the signature.
        notices: what it says, of any companies, in any order.

    Raises:
        OperationalError: if the database was too busy to answer in time; what was said of one
            company is then kept whole or not at all.
    """
    by_company: dict[str, list[ChangeNotice]] = {}
    for each in notices:
        if each.kind is NoticedKind.ITEM:
            by_company.setdefault(each.company_id, []).append(each)
    fresh = known = 0
    for company_id, theirs in list(by_company.items())[:COMPANY_LIMIT]:
        business_id = find_business_of_company(provider=provider, company_id=company_id)
        if business_id is not None:
            heard = _hear(business_id, theirs)
            fresh, known = fresh + heard.fresh, known + heard.known
    return Heard(fresh=fresh, known=known, ignored=len(notices) - fresh - known)


def _hear(business_id: BusinessId, notices: Sequence[ChangeNotice]) -> Heard:
    with business_scope(business_id), transaction.atomic(), limited_waiting(ANSWER_SECONDS):
        if not does_follow_changes(business_id=business_id):
            return Heard()
        oldest = read_database_clock() - timedelta(days=MEMORY_DAYS)
        timely = {each.key: each for each in notices if each.happened_at > oldest}
        fresh = _remember(business_id, timely)
        if fresh:
            actor = make_system_actor(business_id=business_id, trigger=Trigger.WEBHOOK)
            wait_for_sync(asking=Asking(door=Door.CHANGES, trigger=Trigger.WEBHOOK, actor=actor))
    repeated = sum(each.happened_at > oldest for each in notices) - len(fresh)
    return Heard(fresh=len(fresh), known=repeated)


def _remember(business_id: BusinessId, timely: dict[str, ChangeNotice]) -> list[ChangeNotice]:
    rows = [
        HeardChange(
            id=new_id(),
            business_id=business_id,
            key=each.key,
            change=each.change,
            external_id=each.external_id,
            gone_id=each.gone_id,
            happened_at=each.happened_at,
        )
        # In one order for all deliveries: two that share events then wait and don't deadlock.
        for _, each in sorted(timely.items())
    ]
    HeardChange.objects.bulk_create(rows, ignore_conflicts=True)
    ours = HeardChange.objects.filter(id__in=[row.id for row in rows])
    return [timely[key] for key in ours.values_list("key", flat=True)]


def forget_old_notices(*, now: datetime) -> int:
    """This will delete what was heard longer ago than we want to remember, and count it.

    Arguments:
        now: the database's clock.
    """
    # A little longer than events are heard: none may come back as new on its last day.
    heard_before = now - timedelta(days=MEMORY_DAYS + 1)
    return sum(_forget(business.id, heard_before) for business in list_all_businesses())


def _forget(business_id: BusinessId, heard_before: datetime) -> int:
    forgotten = 0
    while True:
        with business_scope(business_id), transaction.atomic():
            old = HeardChange.objects.filter(heard_at__lt=heard_before)
            chunk = list(old.order_by("heard_at").values_list("id", flat=True)[:PRUNE_CHUNK])
            deleted, _ = HeardChange.objects.filter(id__in=chunk).delete()
        forgotten += deleted
        if len(chunk) < PRUNE_CHUNK:
            return forgotten
