"""The sync that starts as soon as nothing is in its way (LOCK-5).

It is one a business, so it has one address. Putting it there twice, or taking away what is gone
already, changes nothing: these writes need no Idempotency-Key.
"""

from datetime import datetime
from uuid import UUID

from ninja import Router, Status
from pydantic import Field

from partsemble.api.access import ApiRequest, Token
from partsemble.api.problems import EVERYWHERE, Problem
from partsemble.api.wire import Order, Shape
from partsemble.kernel.permissions import Permission
from partsemble.sync.queries.waiting import find_waiting_sync
from partsemble.sync.services.waiting import ask_for_sync_when_free, call_off_waiting_sync
from partsemble.sync.types import Trigger, WaitingSyncView

router = Router(tags=["item-syncs"])


class AskForSync(Order):
    """What is asked for."""

    full: bool = Field(default=False, description="Read everything, not only what changed.")


class WaitingSync(Shape):
    """A sync that was asked for and has not started yet."""

    id: UUID
    """Of the run that it will be; 404 until it has started."""
    full: bool
    asked_by: str
    """Who asked first."""
    asked_at: datetime


@router.get(
    "waiting",
    auth=Token(needs=Permission.RUN_SYNC),
    response={200: WaitingSync | None, EVERYWHERE: Problem},
)
def get_waiting_sync(request: ApiRequest) -> WaitingSync | None:
    """This will show the sync that waits until it is free to run, or `null`."""
    found = find_waiting_sync(actor=request.actor)
    return _show(found) if found else None


@router.put(
    "waiting",
    auth=Token(needs=Permission.RUN_SYNC),
    response={202: WaitingSync, EVERYWHERE | {400, 409, 413}: Problem},
)
def put_waiting_sync(
    request: ApiRequest,
    *,
    body: AskForSync = AskForSync(),  # noqa: B008 it is frozen
) -> Status[WaitingSync]:
    """This will have a sync start as soon as nothing is in its way, at once if nothing is.

    A business has one; asking again joins it, and a full one stays full.
    """
    waiting = ask_for_sync_when_free(actor=request.actor, trigger=Trigger.API, is_full=body.full)
    return Status(202, _show(waiting))


@router.delete(
    "waiting",
    auth=Token(needs=Permission.RUN_SYNC),
    response={204: None, EVERYWHERE: Problem},
)
def delete_waiting_sync(request: ApiRequest) -> Status[None]:
    """This will call the waiting sync off; one that has started goes on."""
    call_off_waiting_sync(actor=request.actor)
    return Status(204, None)


def _show(waiting: WaitingSyncView) -> WaitingSync:
    return WaitingSync(
        id=waiting.run_id,
        full=waiting.is_full,
        asked_by=waiting.actor_label,
        asked_at=waiting.asked_at,
    )
