"""Where a stock transaction comes from: the page of the sync or the import behind it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from django.urls import reverse

from partsemble.kernel.permissions import Permission
from partsemble.stock.types import Source
from partsemble.sync.services.correction_entries import RUN_SOURCE
from partsemble.sync.services.opening import SOURCE as IMPORT_SOURCE
from partsemble.web.access import BusinessRequest

_PAGES: Final[Mapping[str, tuple[str, str, str]]] = MappingProxyType(
    {
        RUN_SOURCE: ("The sync that read it in your books", "sync_run", "run_id"),
        IMPORT_SOURCE: ("The import that made the product", "item_import", "import_id"),
    }
)


@dataclass(frozen=True, slots=True)
class SourceLink:
    """What stands behind a stock transaction, and where it is looked at."""

    label: str
    url: str


def find_source_link(request: BusinessRequest, *, source: Source | None) -> SourceLink | None:
    """This will lead to what a stock transaction comes from, for whoever may look at it."""
    if source is None or source.kind not in _PAGES:
        return None
    if not request.actor.is_allowed(Permission.RUN_SYNC):
        return None
    label, page, name = _PAGES[source.kind]
    return SourceLink(label, reverse(page, kwargs={"slug": request.business.slug, name: source.id}))
