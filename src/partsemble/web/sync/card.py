"""The card of item syncs on Settings → Integrations."""

from dataclasses import dataclass

from partsemble.kernel.actor import Actor
from partsemble.kernel.ids import BusinessId
from partsemble.kernel.permissions import Permission
from partsemble.sync.queries import find_last_run, get_item_types
from partsemble.sync.types import CHOOSABLE_TYPES
from partsemble.web.sync.report import RunReport, make_report
from partsemble.words.items import TYPE_WORDS


@dataclass(frozen=True, slots=True)
class SyncCard:
    """How syncs stand: what they read, and what the newest came to."""

    types: str
    last_run: RunReport | None


def build_sync_card(*, actor: Actor) -> SyncCard | None:
    """This will put the card together, or give None to whoever may not run syncs."""
    if not actor.is_allowed(Permission.RUN_SYNC):
        return None
    last_run = find_last_run(actor=actor)
    return SyncCard(
        types=", ".join(list_chosen_types(business_id=actor.business_id)),
        last_run=make_report(last_run) if last_run else None,
    )


def list_chosen_types(*, business_id: BusinessId) -> tuple[str, ...]:
    """This will name the item types that runs read, in the order in which they are offered."""
    chosen = get_item_types(business_id=business_id)
    return tuple(dict.fromkeys(TYPE_WORDS[each] for each in CHOOSABLE_TYPES if each in chosen))
