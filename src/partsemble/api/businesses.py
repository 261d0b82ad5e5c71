"""Whose token it is, and how that business is connected to its books."""

from datetime import datetime
from uuid import UUID

from ninja import Router

from partsemble.accounting.queries.connections import get_connection
from partsemble.accounting.types import ConnectionState, ProviderKey
from partsemble.api.access import ApiRequest, Token
from partsemble.api.problems import EVERYWHERE, Problem
from partsemble.api.wire import Shape
from partsemble.identity.queries import get_business
from partsemble.kernel.permissions import Permission

router = Router(tags=["business"])


class Business(Shape):
    """The business that a token belongs to."""

    id: UUID
    name: str
    slug: str
    currency: str
    """ISO 4217."""
    time_zone: str
    """An IANA name."""


class Connection(Shape):
    """The link to the books of a business; it holds no secret."""

    id: UUID
    provider: ProviderKey
    state: ConnectionState
    company_id: str
    company_name: str
    country: str
    currency: str
    connected_by: str
    connected_at: datetime
    last_called_at: datetime | None


@router.get("business", auth=Token(needs=None), response={200: Business, EVERYWHERE: Problem})
def show_business(request: ApiRequest) -> Business:
    """This will tell which business the token belongs to."""
    found = get_business(actor=request.actor)
    return Business(
        id=found.id,
        name=found.name,
        slug=found.slug,
        currency=found.currency,
        time_zone=found.time_zone,
    )


@router.get(
    "connection",
    auth=Token(needs=Permission.VIEW_INVENTORY),
    response={200: Connection, EVERYWHERE | {409}: Problem},
)
def show_connection(request: ApiRequest) -> Connection:
    """This will tell which books the business is connected to (409 `not_connected`: to none)."""
    found = get_connection(actor=request.actor)
    return Connection(
        id=found.id,
        provider=found.provider,
        state=found.state,
        company_id=found.company_id,
        company_name=found.company_name,
        country=found.country,
        currency=found.currency,
        connected_by=found.connected_by,
        connected_at=found.connected_at,
        last_called_at=found.last_called_at,
    )
