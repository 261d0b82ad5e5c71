"""Tables of accounting, a module per subject; all are named here."""

from partsemble.accounting.models.calls import CallRecord
from partsemble.accounting.models.connections import AuthorizationRequest, Connection
from partsemble.accounting.models.items import Item
from partsemble.accounting.models.lists import LedgerAccount, Vendor
from partsemble.accounting.models.tallies import AppTally, ConnectionTally

__all__ = [
    "AppTally",
    "AuthorizationRequest",
    "CallRecord",
    "Connection",
    "ConnectionTally",
    "Item",
    "LedgerAccount",
    "Vendor",
]
