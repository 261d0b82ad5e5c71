"""Tables of accounting, a module per subject; all are named here."""

from partsemble.accounting.models.calls import CallRecord
from partsemble.accounting.models.connections import AuthorizationRequest, Connection
from partsemble.accounting.models.items import Item
from partsemble.accounting.models.lists import LedgerAccount, Vendor

__all__ = [
    "AuthorizationRequest",
    "CallRecord",
    "Connection",
    "Item",
    "LedgerAccount",
    "Vendor",
]
