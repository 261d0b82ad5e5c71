"""Tables of accounting, a module per subject; all are named here."""

from partsemble.accounting.models.connections import AuthorizationRequest, Connection

__all__ = ["AuthorizationRequest", "Connection"]
