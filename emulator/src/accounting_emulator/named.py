"""What everything that stands in a list has: an id, a name, and a place below others."""

from typing import Any

import msgspec


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """One row; times in seconds since 1970 UTC."""

    id: int
    name: str
    full_name: str
    parent_id: int | None = None
    level: int = 0
    active: bool = True
    created_at: int
    updated_at: int
    sync_token: int = 0
    details: dict[str, Any] = {}
