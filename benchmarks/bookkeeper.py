"""The contestant of `corrections.py`: quantities that a sync brings in step with the books."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from memory import measure_memory
from newcomers import import_items

if TYPE_CHECKING:
    from partsemble.kernel.actor import Actor
    from partsemble.sync.services.fenced import RunInHand

CHANGES = {"none": None, "1 %": "00", "all": ""}
"""How the ids end of the items that the bookkeeper changes before each run."""


def correct_stock(*, actor: "Actor", count: int) -> dict[str, Any]:
    """This will link so many products, and let runs bring in step what the bookkeeper changed.

    First quantities, then prices, as after Partsemble-only mode: those of items that no run reads
    as changed any more.
    """
    import_items(actor=actor, count=count)
    took = {}
    for name, ending in CHANGES.items():
        took[f"{name} changed"] = _correct(actor, ending)
    for name, ending in CHANGES.items():
        took[f"{name} behind"] = _catch_up(actor, ending)
    return took


def _correct(actor: "Actor", ending: str | None) -> dict[str, Any]:
    from partsemble.sync.queries.runs import get_run
    from partsemble.sync.services.correcting import correct_quantities
    from partsemble.sync.services.running import give_up_item_sync

    changed = 0 if ending is None else _add_one(actor, "quantity_on_hand", ending)
    run = _take_run(actor)
    with _clocked_planning() as planned:
        took = _clock(lambda: correct_quantities(run=run))
    _demand(get_run(actor=actor, run_id=run.id).corrections.applied, changed)
    give_up_item_sync(business_id=actor.business_id, run_id=run.id)
    return took | {"split": {"plan": planned[0], "apply": took["wall"] - planned[0]}}


def _catch_up(actor: "Actor", ending: str | None) -> dict[str, Any]:
    from partsemble.accounting.services.modes import note_stragglers
    from partsemble.database.scope import business_scope
    from partsemble.sync.queries.runs import get_run
    from partsemble.sync.services.following import catch_up
    from partsemble.sync.services.running import give_up_item_sync

    changed = 0 if ending is None else _add_one(actor, "unit_price", ending)
    run = _take_run(actor)
    with business_scope(actor.business_id):
        note_stragglers(
            business_id=actor.business_id, connection_id=run.connection_id, are_there=True
        )
    took = _clock(lambda: catch_up(run=run))
    _demand(get_run(actor=actor, run_id=run.id).followed, changed)
    give_up_item_sync(business_id=actor.business_id, run_id=run.id)
    return took | {"split": {"follow": took["wall"]}}


def _clock(act: Callable[[], object]) -> dict[str, Any]:
    idle, began, cpu = measure_memory(), time.perf_counter(), time.process_time()
    act()
    wall, spent = time.perf_counter() - began, time.process_time() - cpu
    return {"wall": wall, "cpu": spent, "idle_mib": idle, "peak_mib": measure_memory()}


def _add_one(actor: "Actor", column: str, ending: str) -> int:
    """The mirror as a reading leaves it: one more of each such item that says how many."""
    from decimal import Decimal

    from django.db.models import F, Value

    from partsemble.accounting.models.items import Item
    from partsemble.database.fields import FixedPointField
    from partsemble.database.scope import business_scope

    with business_scope(actor.business_id):
        rows = Item.objects.filter(**{"external_id__endswith": ending, f"{column}__isnull": False})
        one = Value(Decimal(1), output_field=FixedPointField())
        return rows.update(**{column: F(column) + one})


def _take_run(actor: "Actor") -> "RunInHand":
    """A run that has applied its plan and holds the sync lock."""
    from partsemble.accounting.documents import ItemType
    from partsemble.accounting.queries.connections import look_up_connection
    from partsemble.locks.services import confirm_fence, take_sync_lock
    from partsemble.locks.types import HolderKind, LockHolder
    from partsemble.sync.services.fenced import RunInHand
    from partsemble.sync.services.start import start_item_sync
    from partsemble.sync.types import FullReason, ReadMode, Trigger

    run_id = start_item_sync(actor=actor, trigger=Trigger.COMMAND)
    holder = LockHolder(kind=HolderKind.ITEM_SYNC, holder_id=run_id, label=actor.label)
    lease = take_sync_lock(business_id=actor.business_id, holder=holder, lease_seconds=300)
    connection = look_up_connection(business_id=actor.business_id)
    if connection is None:
        raise SystemExit("The business is not connected.")
    return RunInHand(
        id=run_id,
        business_id=actor.business_id,
        actor=actor,
        connection_id=connection.id,
        types=frozenset(ItemType),
        mode=ReadMode.FULL,
        full_reason=FullReason.ASKED,
        since=None,
        is_preview=False,
        confirmed_run_id=None,
        confirm=partial(confirm_fence, lease=lease, lease_seconds=300),
    )


@contextmanager
def _clocked_planning() -> Iterator[list[float]]:
    """Give the seconds of weighing all products, before the first of them is corrected."""
    from partsemble.sync.services import correcting

    weigh: Callable[..., Any] = getattr(correcting, "_weigh")  # noqa: B009 it is its own
    seconds = [0.0]

    def clocked(*given: object) -> object:
        began = time.perf_counter()
        try:
            return weigh(*given)
        finally:
            seconds[0] = time.perf_counter() - began

    setattr(correcting, "_weigh", clocked)  # noqa: B010 likewise
    try:
        yield seconds
    finally:
        setattr(correcting, "_weigh", weigh)  # noqa: B010 likewise


def _demand(found: int, changed: int) -> None:
    if found != changed:
        raise SystemExit(f"{found} brought in step of {changed}")
