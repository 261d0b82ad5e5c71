"""The one place where a connection changes its state."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from partsemble.accounting.models.connections import Connection
from partsemble.accounting.rules import TRANSITIONS
from partsemble.accounting.types import ConnectionEvent


def move_connection(
    *, rows: QuerySet[Connection], event: ConnectionEvent, columns: Mapping[str, Any]
) -> bool:
    """This will let an event happen to a connection and tell whether it could; in a scope.

    Whoever renews its tokens at that moment loses the claim.

    Arguments:
        rows: the connection, with the conditions under which the event counts.
        event: what happened.
        columns: what changes besides the state.
    """
    transition = TRANSITIONS[event]
    moved = rows.filter(state__in=[each.value for each in transition.sources]).update(
        state=transition.target.value,
        **{**columns, "refresh_claim": None, "refresh_claimed_until": None},
    )
    return bool(moved)
