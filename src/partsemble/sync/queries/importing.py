"""Reading what an import would do, and what one has done (ITEM-2, ITEM-3)."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from partsemble.accounting.documents import ItemType
from partsemble.accounting.queries.choosing import (
    ChosenItem,
    count_chosen_items,
    list_chosen_items,
)
from partsemble.accounting.queries.items import ItemFilter, ItemList, count_items, list_items
from partsemble.catalog.queries import (
    find_taken_skus,
    item_is_linked,
    look_up_linked_products,
)
from partsemble.catalog.types import fold_sku
from partsemble.database.pages import COUNT_CAP, ListPage
from partsemble.database.scope import business_scope
from partsemble.kernel.actor import Actor
from partsemble.kernel.ids import BusinessId
from partsemble.kernel.permissions import Permission
from partsemble.sync.errors import ImportNotFound, ImportTooLarge, NothingToImport
from partsemble.sync.import_models import ItemImport
from partsemble.sync.rules.importing import (
    OPEN_VERDICTS,
    SUGGESTED_TYPES,
    ImportChoices,
    ImportLine,
    ItemChoice,
    Obstacle,
    Remedy,
    Verdict,
    asks_sku,
    find_opening,
    list_wanted_skus,
    plan_import,
    propose_sku,
)
from partsemble.sync.types import ImportState

__all__ = [
    "ASKED_LINES",
    "IMPORT_LIMIT",
    "OPEN_VERDICTS",
    "OTHER_LINES",
    "SUGGESTED_TYPES",
    "ImportChoices",
    "ImportLine",
    "ImportPreview",
    "ImportView",
    "ItemChoice",
    "Leftover",
    "Obstacle",
    "Remedy",
    "Selection",
    "Verdict",
    "count_not_imported",
    "get_import",
    "list_items_by_product",
    "not_imported",
    "preview_import",
    "propose_sku",
    "weigh_import",
]

IMPORT_LIMIT: Final = 100_000
"""Items of one import: the largest catalogs there are, and few enough to be looked at."""
ASKED_LINES: Final = 50
"""Items of a preview's page that need a decision: as many as one answers at once."""
OTHER_LINES: Final = 20
"""Items of a preview's page that need none: enough to see that they become what was meant."""
PART_ITEMS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Selection:
    """Which items are meant: some by id, or all that a filter lets through."""

    ids: frozenset[UUID] | None = None
    wanted: ItemFilter = field(default_factory=ItemFilter)
    is_unlinked: bool = False
    """Whether those that have a product are not among them; else they are counted."""

    def narrow(self) -> ItemFilter:
        """This will give the whole filter, inside the caller's scope."""
        return not_imported(wanted=self.wanted) if self.is_unlinked else self.wanted


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """What an import would do."""

    total: int
    verdicts: Mapping[Verdict, int]
    types: Mapping[ItemType, int]
    """Of the items that would become products, or may."""
    asked: ListPage[ImportLine]
    """Those that need a decision, or had needed one before it was made."""
    others: ListPage[ImportLine]
    opening: int
    """Products that would begin with a quantity from the books."""
    is_too_much: bool


@dataclass(frozen=True, slots=True)
class Leftover:
    """An item that an import could not make a product of."""

    item_id: UUID
    name: str
    sku: str
    obstacle: Obstacle
    holder: str


@dataclass(frozen=True, slots=True)
class ImportView:
    """An import as its people see it."""

    id: UUID
    state: ImportState
    actor_label: str
    total: int
    verdicts: Mapping[Verdict, int]
    opening: int
    leftovers: tuple[Leftover, ...]
    """The first of them."""
    created_at: datetime
    finished_at: datetime | None

    @property
    def looked_at(self) -> int:
        """This will count the items that are decided."""
        return sum(self.verdicts.values())


def not_imported(*, wanted: ItemFilter, is_linked: bool = False) -> ItemFilter:
    """This will narrow a filter to items without a product, or to those with one (ITEM-1)."""
    linked = item_is_linked()
    return replace(wanted, having=linked if is_linked else ~linked)


def list_items_by_product(*, actor: Actor, wanted: ItemFilter, is_linked: bool | None) -> ItemList:
    """This will give one page of items: with a product, without one, or both for None (ITEM-1).

    Raises:
        PermissionMissing: without *view inventory*.
    """
    if is_linked is None:
        return list_items(actor=actor, wanted=wanted)
    with business_scope(actor.business_id):
        return list_items(actor=actor, wanted=not_imported(wanted=wanted, is_linked=is_linked))


def count_not_imported(*, actor: Actor, cap: int = COUNT_CAP) -> int:
    """This will count the items that could become products, up to one above the cap (T4).

    Raises:
        PermissionMissing: without *view inventory*.
    """
    with business_scope(actor.business_id):
        wanted = not_imported(wanted=ItemFilter(is_active=True, is_hidden=False))
        return count_items(actor=actor, wanted=wanted, cap=cap)


class _Pager:
    """Keeps one page of the lines that go by, the last one if there are fewer."""

    def __init__(self, *, page: int, size: int) -> None:
        self.most = page * size
        self.size = size
        self.count = 0
        self.rows: list[ImportLine] = []

    def add(self, line: ImportLine) -> None:
        """This will count a line, and keep it if it is not behind the page."""
        if self.count < self.most:
            if self.count % self.size == 0:
                self.rows.clear()
            self.rows.append(line)
        self.count += 1

    def read(self) -> ListPage[ImportLine]:
        """This will give the page when all lines have gone by."""
        last = min(self.count, self.most)
        page = max(1, -(-last // self.size))
        return ListPage(
            rows=tuple(self.rows), count=self.count, page=page, has_more=last < self.count
        )


def preview_import(
    *,
    actor: Actor,
    selection: Selection,
    choices: ImportChoices,
    asked_page: int = 1,
    other_page: int = 1,
) -> ImportPreview:
    """This will say what an import would do, and change nothing.

    Arguments:
        asked_page: of the items that need a decision, from 1.
        other_page: of the others, from 1.

    Raises:
        PermissionMissing: without *run syncs and import items*.
    """
    actor.demand(Permission.RUN_SYNC)
    verdicts: Counter[Verdict] = Counter()
    types: Counter[ItemType] = Counter()
    asked = _Pager(page=asked_page, size=ASKED_LINES)
    others = _Pager(page=other_page, size=OTHER_LINES)
    total, opening = 0, 0
    for lines in _iterate_parts(actor.business_id, selection, choices):
        total += len(lines)
        for line in lines:
            verdicts[line.verdict] += 1
            if line.verdict in OPEN_VERDICTS:
                types[line.item.type] += 1
            opening += bool(find_opening(line=line))
            (asked if asks_sku(line=line, choices=choices) else others).add(line)
        if total > IMPORT_LIMIT:
            break
    return ImportPreview(
        total=total,
        verdicts=verdicts,
        types=types,
        asked=asked.read(),
        others=others.read(),
        opening=opening,
        is_too_much=total > IMPORT_LIMIT,
    )


def weigh_import(*, actor: Actor, selection: Selection, choices: ImportChoices) -> int:
    """This will count the items of an import that would make a product at least.

    Raises:
        PermissionMissing: without *run syncs and import items*.
        ImportTooLarge: if they are more than `IMPORT_LIMIT`.
        NothingToImport: if none of them would become a product.
    """
    actor.demand(Permission.RUN_SYNC)
    with business_scope(actor.business_id):
        total = count_chosen_items(
            wanted=selection.narrow(), ids=selection.ids, limit=IMPORT_LIMIT + 1
        )
    if total > IMPORT_LIMIT:
        raise ImportTooLarge(limit=IMPORT_LIMIT)
    parts = _iterate_parts(actor.business_id, selection, choices)
    if not any(line.verdict is Verdict.CREATE for lines in parts for line in lines):
        raise NothingToImport
    return total


def _iterate_parts(
    business_id: BusinessId, selection: Selection, choices: ImportChoices
) -> Iterator[tuple[ImportLine, ...]]:
    taken: dict[str, str] = {}
    after: UUID | None = None
    while lines := plan_part(
        business_id=business_id, selection=selection, choices=choices, after=after, taken=taken
    ):
        yield lines
        after = lines[-1].item_id


def plan_part(
    *,
    business_id: BusinessId,
    selection: Selection,
    choices: ImportChoices,
    after: UUID | None,
    taken: dict[str, str] | None = None,
) -> tuple[ImportLine, ...]:
    """This will say what becomes of the next items of a selection, in order of id.

    Arguments:
        after: behind this one.
        taken: SKUs that earlier parts of a preview would take; what this one takes is added.
    """
    with business_scope(business_id):
        items = list_chosen_items(
            wanted=selection.narrow(), ids=selection.ids, after=after, limit=PART_ITEMS
        )
    return plan_chosen(business_id=business_id, items=items, choices=choices, taken=taken)


def plan_chosen(
    *,
    business_id: BusinessId,
    items: tuple[ChosenItem, ...],
    choices: ImportChoices,
    taken: dict[str, str] | None = None,
) -> tuple[ImportLine, ...]:
    """This will say what becomes of these items, against the products as they are now."""
    with business_scope(business_id):
        linked = look_up_linked_products(business_id=business_id, item_ids=[i.id for i in items])
        wanted = list_wanted_skus(items=items, choices=choices)
        in_use = {**find_taken_skus(sku_keys=wanted), **(taken or {})}
    lines = plan_import(items=items, linked=linked.keys(), taken=in_use, choices=choices)
    if taken is not None:
        made = (line.terms.sku for line in lines if line.terms)
        taken.update({fold_sku(sku): sku for sku in made})
    return lines


def get_import(*, actor: Actor, import_id: UUID) -> ImportView:
    """This will show an import.

    Raises:
        PermissionMissing: without *run syncs and import items*.
        ImportNotFound: if the business has none of that id.
    """
    actor.demand(Permission.RUN_SYNC)
    with business_scope(actor.business_id):
        row = ItemImport.objects.filter(id=import_id).first()
    if row is None:
        raise ImportNotFound(import_id=import_id)
    return ImportView(
        id=row.id,
        state=ImportState(row.state),
        actor_label=row.actor_label,
        total=row.total,
        verdicts={each: getattr(row, COLUMNS[each]) for each in Verdict},
        opening=row.stocked,
        leftovers=tuple(map(_read_leftover, row.leftovers)),
        created_at=row.created_at,
        finished_at=row.finished_at,
    )


COLUMNS: Final[Mapping[Verdict, str]] = {
    Verdict.CREATE: "created",
    Verdict.HAS_PRODUCT: "has_product",
    Verdict.INACTIVE: "inactive",
    Verdict.LEFT_OUT: "left_out",
    Verdict.OBSTRUCTED: "obstructed",
}
"""In which column each verdict is counted."""


def _read_leftover(kept: Mapping[str, Any]) -> Leftover:
    return Leftover(
        item_id=UUID(kept["item_id"]),
        name=kept["name"],
        sku=kept["sku"],
        obstacle=Obstacle(kept["obstacle"]),
        holder=kept["holder"],
    )
