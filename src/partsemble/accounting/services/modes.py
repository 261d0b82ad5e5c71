"""Where quantities are kept, and from which entry on the books have to follow (CONN-8, EXP-0)."""

from django.db import transaction

from partsemble.accounting.errors import QuantitiesNotTaken
from partsemble.accounting.models.connections import Connection
from partsemble.accounting.queries.connections import get_connection
from partsemble.accounting.types import InventoryMode
from partsemble.database.scope import business_scope
from partsemble.identity.services import record_activity
from partsemble.kernel.actor import Actor
from partsemble.kernel.ids import BusinessId, ConnectionId
from partsemble.kernel.permissions import Permission


def set_inventory_mode(*, actor: Actor, mode: InventoryMode) -> bool:
    """This will choose where quantities are kept, and tell whether that changed anything.

    Whoever knows what follows from it calls it, in the transaction of what goes along.

    Raises:
        PermissionMissing: without *manage connection*.
        NotConnected: if there are no books.
        QuantitiesNotTaken: if the books take no adjustments of quantities.
    """
    actor.demand(Permission.MANAGE_CONNECTION)
    with business_scope(actor.business_id), transaction.atomic():
        connection = get_connection(actor=actor)
        if mode is InventoryMode.SYNC and not connection.takes_adjustments:
            raise QuantitiesNotTaken(
                company=connection.company_name,
                offering=connection.offering,
                country=connection.country,
            )
        if connection.mode is mode:
            return False
        Connection.objects.filter(id=connection.id).update(inventory_mode=mode.value)
        record_activity(
            actor=actor,
            verb="chose",
            subject="inventory mode",
            subject_id=connection.id,
            subject_label=mode.value,
        )
    return True


def draw_start_line(*, business_id: BusinessId, connection_id: ConnectionId, number: int) -> None:
    """This will take everything up to a stock entry as settled with the books (EXP-0).

    Arguments:
        number: of the last stock entry that the books need not follow.
    """
    with business_scope(business_id), transaction.atomic():
        Connection.objects.filter(id=connection_id).update(start_number=number)


def note_stragglers(
    *, business_id: BusinessId, connection_id: ConnectionId, are_there: bool
) -> None:
    """This will remember whether linked products may be behind their items (ITEM-6)."""
    with business_scope(business_id), transaction.atomic():
        Connection.objects.filter(id=connection_id).update(has_stragglers=are_there)
