"""Where quantities are kept, as the page of the connection says it."""

from dataclasses import dataclass

from partsemble.accounting.queries.connections import get_connection
from partsemble.accounting.types import InventoryMode
from partsemble.kernel.actor import Actor
from partsemble.kernel.permissions import Permission
from partsemble.sync.queries.corrections import follows_books


@dataclass(frozen=True, slots=True)
class ModeCard:
    """The mode, ready for its card."""

    is_sync: bool
    can_sync: bool
    follows_books: bool
    """Whether the books are the master of quantities now."""
    may_change: bool


def look_at_mode(*, actor: Actor) -> ModeCard:
    """This will say where quantities are kept, and whether the person may change it (CONN-8)."""
    connection = get_connection(actor=actor)
    is_manager = actor.is_allowed(Permission.MANAGE_CONNECTION)
    return ModeCard(
        is_sync=connection.mode is InventoryMode.SYNC,
        can_sync=connection.takes_adjustments,
        follows_books=follows_books(business_id=actor.business_id),
        may_change=is_manager and connection.takes_adjustments,
    )
