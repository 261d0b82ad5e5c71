"""How an import of a file gets from state to state, and who acts for it."""

from typing import Final
from uuid import UUID

from partsemble.files.models import FileImport
from partsemble.files.rules.lives import TRANSITIONS
from partsemble.files.types import FileState
from partsemble.jobs.services import enqueue_job
from partsemble.kernel.actor import Actor
from partsemble.kernel.ids import BusinessId, UserId
from partsemble.kernel.permissions import Permission

READ_FILE_JOB: Final = "files.read"
APPLY_FILE_JOB: Final = "files.apply"


def ask_for(*, job: str, actor: Actor, import_id: UUID) -> None:
    """This will have a worker carry an import on, once the caller's transaction has ended."""
    enqueue_job(
        name=job,
        business_id=actor.business_id,
        user_id=actor.user_id,
        actor_label=actor.label,
        payload={"import": str(import_id)},
        dedupe_key=f"{job}:{import_id}",
    )


def enter_state(
    *, import_id: UUID, state: FileState, digest: str | None = None, **values: object
) -> bool:
    """This will enter a state that the present one leads to, inside the caller's transaction.

    Of two who try, one succeeds.

    Arguments:
        digest: that the import has to have besides; None: whichever.
        values: columns that change along with it.

    Returns:
        Whether it did.
    """
    origins = [origin for origin, targets in TRANSITIONS.items() if state in targets]
    rows = FileImport.objects.filter(id=import_id, state__in=origins)
    if digest is not None:
        rows = rows.filter(digest=digest)
    return rows.update(state=state, **values) == 1


def make_importer(*, row: FileImport) -> Actor:
    """This will act for whoever brought or confirmed a file; they were asked if they may."""
    return Actor(
        business_id=BusinessId(row.business_id),
        user_id=UserId(row.user_id) if row.user_id else None,
        label=row.actor_label,
        permissions=frozenset({Permission.MANAGE_PRODUCTS, Permission.VIEW_INVENTORY}),
    )
