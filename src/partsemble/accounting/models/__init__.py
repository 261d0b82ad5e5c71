"""Tables of accounting, a module per subject; all are named here."""

from partsemble.accounting.models.connections import AuthorizationRequest, Connection
from partsemble.accounting.models.items import Item

__all__ = ["AuthorizationRequest", "Connection", "Item"]
