"""What is in the way of a sync, and what waits for it to be gone (LOCK-5)."""

from dataclasses import dataclass

from partsemble.kernel.actor import Actor
from partsemble.locks.queries import find_sync_lock
from partsemble.sync.queries.waiting import find_waiting_sync
from partsemble.sync.types import RunView
from partsemble.web.sync.progress import describe_progress
from partsemble.words.names import say, say_since


@dataclass(frozen=True, slots=True)
class WhenFree:
    """One notice: what runs or what waits, and the one thing that can be done about it."""

    title: str
    text: str
    is_waiting: bool
    """Whether a sync waits already; then it can be cancelled, else asked for."""


def build_when_free(*, actor: Actor, newest: RunView | None) -> WhenFree | None:
    """This will say what is in the way and what waits, or None if neither is there.

    Arguments:
        newest: the business's newest run; at most that one is open.

    Raises:
        PermissionMissing: without *run syncs*.
    """
    obstacle = _describe_obstacle(actor, newest)
    waiting = find_waiting_sync(actor=actor)
    if waiting is not None:
        return WhenFree(
            title="A sync waits for its turn",
            text=f"{waiting.actor_label} asked for it {say_since(waiting.asked_at)}. It starts by "
            f"itself as soon as nothing else runs. {obstacle}".strip(),
            is_waiting=True,
        )
    if not obstacle:
        return None
    return WhenFree(
        title="One at a time",
        text=f"{obstacle} Until it has ended no other sync can start.",
        is_waiting=False,
    )


def _describe_obstacle(actor: Actor, run: RunView | None) -> str:
    """Say what holds the lock, who, since when, how far, and that it ends by itself."""
    lock = find_sync_lock(business_id=actor.business_id)
    if run is not None and run.is_open:
        said = (
            f"An item sync is running: {run.actor_label} started it {say_since(run.queued_at)}, "
            f"{describe_progress(run).lower()}."
        )
    elif lock is not None:
        said = f"{say(lock.kind)} is running: {lock.label} started it {say_since(lock.since)}."
    else:
        return ""
    if lock is None:
        return said
    return f"{said} Should it be stuck, it ends by itself {say(lock.expires_at)}."
