"""Making products of items (ITEM-2, ITEM-3).

Problem. Somebody chooses a handful of items, or all hundred thousand, and confirms what a preview
has shown. Meanwhile others make products and a sync changes items. No item may come half over:
with a product but without its link, or without its opening quantity.

Decision. An import is a row that names the selection and what was said about it. It is carried out
part by part in order of id. One transaction locks a part's items, so that a sync which changes them
comes wholly before or wholly after, decides afresh by the same pure function as the preview, makes
products, links and opening entries, and moves the import's position, on the condition that nobody
else has moved it. What a person selects on a page is one part, and is done when the click returns.
More goes on as a job, and after a crash behind its last part.

What was left out: one transaction for a hundred thousand items. It would keep everybody else from
writing for as long on SQLite, and gains nothing: each item is whole, and the import goes on until
all are done.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from partsemble.accounting.documents import ItemType
from partsemble.accounting.queries.choosing import find_last_item, list_chosen_items
from partsemble.accounting.queries.items import ItemFilter
from partsemble.catalog.services import import_products
from partsemble.catalog.types import LinkedCreation, ProductType
from partsemble.database.clock import DatabaseClock
from partsemble.database.counting import count_grown_tables
from partsemble.database.ids import new_ids
from partsemble.database.scope import business_scope
from partsemble.identity.services import record_activity
from partsemble.jobs.services import enqueue_job
from partsemble.kernel.actor import Actor
from partsemble.kernel.ids import BusinessId, ProductId, UserId
from partsemble.kernel.permissions import Permission
from partsemble.sync.import_models import ItemImport
from partsemble.sync.queries.importing import (
    COLUMNS,
    ImportChoices,
    ImportLine,
    ItemChoice,
    Remedy,
    Selection,
    Verdict,
    plan_chosen,
    weigh_import,
)
from partsemble.sync.rules.importing import find_opening
from partsemble.sync.rules.lives import OPEN_IMPORTS
from partsemble.sync.services.opening import Arrival, open_with_stock
from partsemble.sync.types import ImportState

IMPORT_ITEMS_JOB: Final = "sync.import_items"
PART_ITEMS: Final = 250
"""Of one transaction: about as long as people's own clicks may wait behind it."""
RIVAL_ATTEMPTS: Final = 3
"""How often a part is decided again because somebody took a SKU in the same moment."""
LEFTOVERS_KEPT: Final = 200
"""Items without a SKU that an import names; of more it says how many."""


def start_import(
    *, actor: Actor, selection: Selection, choices: ImportChoices, occurred_on: date
) -> UUID:
    """This will make products of items, at once or, if they are many, as a job.

    Arguments:
        occurred_on: the business's date now, which opening entries bear.

    Returns:
        The id of the import.

    Raises:
        PermissionMissing: without *run syncs and import items*.
        NothingToImport: if none of the items would become a product.
        ImportTooLarge: if they are more than `IMPORT_LIMIT`.
    """
    actor.demand(Permission.RUN_SYNC)
    total = weigh_import(actor=actor, selection=selection, choices=choices)
    with business_scope(actor.business_id), transaction.atomic():
        row = ItemImport.objects.create(
            business_id=actor.business_id,
            user_id=actor.user_id,
            actor_label=actor.label,
            selection=write_selection(selection=selection),
            choices=write_choices(choices=choices),
            occurred_on=occurred_on,
            state=ImportState.RUNNING,
            total=total,
            until=find_last_item(wanted=selection.narrow(), ids=selection.ids),
        )
        if total > PART_ITEMS:
            enqueue_job(
                name=IMPORT_ITEMS_JOB,
                business_id=actor.business_id,
                user_id=actor.user_id,
                actor_label=actor.label,
                payload={"import": str(row.id)},
                dedupe_key=f"{IMPORT_ITEMS_JOB}:{row.id}",
            )
    if total <= PART_ITEMS:
        carry_out_import(business_id=actor.business_id, import_id=row.id, report=_say_nothing)
    return UUID(str(row.id))


def _say_nothing(progress: Mapping[str, Any]) -> None:
    """Nobody waits for word of an import that is done when the click returns."""


def carry_out_import(
    *,
    business_id: BusinessId,
    import_id: UUID,
    report: Callable[[Mapping[str, Any]], None],
) -> None:
    """This will make the products of an import that are not made yet.

    Arguments:
        report: hears how far it is, inside each transaction that writes.
    """
    with business_scope(business_id):
        row = ItemImport.objects.get(id=import_id)
    while row.state in OPEN_IMPORTS:
        for attempt in range(RIVAL_ATTEMPTS):
            try:
                with business_scope(business_id), transaction.atomic():
                    count_grown_tables()
                    row = _import_part(row)
                    looked_at = sum(getattr(row, column) for column in COLUMNS.values())
                    report({"import": str(row.id), "done": looked_at, "total": row.total})
                break
            except IntegrityError:
                # Somebody made a product with such a SKU since we looked; look again.
                if attempt == RIVAL_ATTEMPTS - 1:
                    raise


def give_up_import(*, business_id: BusinessId, import_id: UUID) -> None:
    """This will mark an import that its last attempt could not finish."""
    with business_scope(business_id), transaction.atomic():
        ItemImport.objects.filter(id=import_id, state__in=OPEN_IMPORTS).update(
            state=ImportState.FAILED, finished_at=DatabaseClock()
        )


def _import_part(row: ItemImport) -> ItemImport:
    selection, choices = read_selection(kept=row.selection), read_choices(kept=row.choices)
    items = list_chosen_items(
        wanted=selection.narrow(),
        ids=selection.ids,
        after=row.position,
        until=row.until,
        limit=PART_ITEMS,
        is_locked=True,
    )
    business_id = BusinessId(row.business_id)
    lines = plan_chosen(business_id=business_id, items=items, choices=choices)
    made = [line for line in lines if line.verdict is Verdict.CREATE]
    actor = _make_importer(row)
    if made:
        _make_products(actor, row, made)
    is_last = len(items) < PART_ITEMS
    _move_on(row, lines, is_last=is_last)
    moved = ItemImport.objects.get(id=row.id)
    if is_last and moved.created:
        record_activity(
            actor=actor,
            verb="imported",
            subject="items",
            subject_id=row.id,
            subject_label=f"{moved.created:,}",
        )
    return moved


def _make_importer(row: ItemImport) -> Actor:
    """Act for whoever confirmed; that they may was made sure of then."""
    return Actor(
        business_id=BusinessId(row.business_id),
        user_id=UserId(row.user_id) if row.user_id else None,
        label=row.actor_label,
        permissions=frozenset({Permission.RUN_SYNC}),
    )


def _make_products(actor: Actor, row: ItemImport, lines: list[ImportLine]) -> None:
    arrivals = [
        Arrival(LinkedCreation(ProductId(row_id), line.terms, line.item_id), line)
        for row_id, line in zip(new_ids(len(lines)), lines, strict=True)
        if line.terms is not None
    ]
    import_products(actor=actor, creations=[each.creation for each in arrivals])
    open_with_stock(actor=actor, arrivals=arrivals, import_id=row.id, occurred_on=row.occurred_on)


def _move_on(row: ItemImport, lines: tuple[ImportLine, ...], *, is_last: bool) -> None:
    """Move the import's position from where we read it; who else has moved it has done the part."""
    counts = Counter(COLUMNS[line.verdict] for line in lines)
    counts["stocked"] = sum(1 for line in lines if find_opening(line=line))
    leftovers = [*row.leftovers, *map(_write_leftover, _list_obstructed(lines))]
    values: dict[str, Any] = {column: F(column) + number for column, number in counts.items()}
    if lines:
        values["position"] = lines[-1].item_id
    if is_last:
        values |= {"state": ImportState.FINISHED, "finished_at": DatabaseClock()}
    rows = ItemImport.objects.filter(id=row.id, state__in=OPEN_IMPORTS, position=row.position)
    if not rows.update(**values, leftovers=leftovers[:LEFTOVERS_KEPT]):
        raise RuntimeError(f"import {row.id} was carried on by somebody else")


def _list_obstructed(lines: tuple[ImportLine, ...]) -> list[ImportLine]:
    return [line for line in lines if line.verdict is Verdict.OBSTRUCTED]


def _write_leftover(line: ImportLine) -> dict[str, str]:
    return {
        "item_id": str(line.item_id),
        "name": line.item.name,
        "sku": line.item.sku,
        "obstacle": line.obstacle or "",
        "holder": line.holder,
    }


def write_selection(*, selection: Selection) -> dict[str, Any]:
    """This will write a selection as what JSON can say."""
    wanted = selection.wanted
    return {
        "ids": None if selection.ids is None else sorted(map(str, selection.ids)),
        "is_unlinked": selection.is_unlinked,
        "search": wanted.search,
        "type": wanted.type,
        "is_active": wanted.is_active,
        "is_hidden": wanted.is_hidden,
    }


def read_selection(*, kept: Mapping[str, Any]) -> Selection:
    """This will read a selection back."""
    ids = kept["ids"]
    return Selection(
        ids=None if ids is None else frozenset(map(UUID, ids)),
        is_unlinked=kept["is_unlinked"],
        wanted=ItemFilter(
            search=kept["search"],
            type=None if kept["type"] is None else ItemType(kept["type"]),
            is_active=kept["is_active"],
            is_hidden=kept["is_hidden"],
        ),
    )


def write_choices(*, choices: ImportChoices) -> dict[str, Any]:
    """This will write what was said of the items as what JSON can say."""
    return {
        "types": dict(choices.types),
        "stocks_non_inventory": choices.stocks_non_inventory,
        "remedy": choices.remedy,
        "items": {
            str(item_id): [each.type, each.is_stocked, each.sku]
            for item_id, each in choices.items.items()
        },
    }


def read_choices(*, kept: Mapping[str, Any]) -> ImportChoices:
    """This will read the same back."""
    return ImportChoices(
        types={ItemType(each): ProductType(chosen) for each, chosen in kept["types"].items()},
        stocks_non_inventory=kept["stocks_non_inventory"],
        remedy=Remedy(kept["remedy"]),
        items={
            UUID(item_id): ItemChoice(
                type=ProductType(chosen) if chosen else None, is_stocked=is_stocked, sku=sku
            )
            for item_id, (chosen, is_stocked, sku) in kept["items"].items()
        },
    )
