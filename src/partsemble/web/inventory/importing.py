"""The pages on which items become products (ITEM-2, ITEM-3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from partsemble.accounting.documents import ItemType
from partsemble.catalog.types import ProductType
from partsemble.database.pages import ListPage
from partsemble.kernel.permissions import Permission
from partsemble.sync.errors import NothingToImport
from partsemble.sync.queries.importing import (
    ASKED_LINES,
    OPEN_VERDICTS,
    OTHER_LINES,
    ImportChoices,
    ImportLine,
    ImportPreview,
    ImportView,
    Obstacle,
    Remedy,
    Selection,
    Verdict,
    get_import,
    preview_import,
    propose_sku,
)
from partsemble.sync.services.importing import start_import
from partsemble.sync.types import ImportState
from partsemble.web.access import BusinessRequest, business_screen
from partsemble.web.inventory.choices import (
    CHOICES_LIMIT,
    carry_choices,
    count_unread,
    read_choices,
    show_stocked,
)
from partsemble.web.inventory.lines import read_selection
from partsemble.web.lists import read_page
from partsemble.words.figures import count_things, show_quantity
from partsemble.words.items import TYPE_WORDS
from partsemble.words.products import PRODUCT_TYPE_WORDS
from partsemble.words.sentences import explain

PRODUCT_TYPES: Final = tuple((each.value, PRODUCT_TYPE_WORDS[each]) for each in ProductType)
OBSTACLE_WORDS: Final[Mapping[Obstacle, str]] = {
    Obstacle.MISSING: "Has no SKU in the books",
    Obstacle.TAKEN: "{holder} is another product's",
    Obstacle.TOO_LONG: "Its SKU is too long",
}


@dataclass(frozen=True, slots=True)
class TypeQuestion:
    """What items of one type become."""

    name: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """One item of the preview as it is shown."""

    id: UUID
    name: str
    item_sku: str
    item_type: str
    verdict: str
    sku: str
    product_type: str
    is_stocked: bool
    opening: str
    trouble: str
    said_sku: str
    said_type: str
    said_stocked: str
    is_left_out: bool
    asks_stocked: bool
    proposal: str

    @property
    def is_open(self) -> bool:
        """This will tell whether anything can be said of it."""
        return self.verdict in OPEN_VERDICTS


@dataclass(frozen=True, slots=True)
class PlannedPage:
    """One page of them, and which other ones there are; turned inside the form (0: none)."""

    lines: list[PlannedLine]
    summary: str
    page: int
    previous: int
    following: int


@business_screen(permission=Permission.RUN_SYNC, methods=("GET", "POST"))
def import_items(request: BusinessRequest) -> HttpResponse:
    """This will show what an import would do, ask what it has to know, and start it."""
    selection = read_selection(request.GET, is_all=request.GET.get("all") == "1")
    if selection.ids is not None and not selection.ids:
        return redirect("accounting_items", slug=request.business.slug)
    choices = read_choices(request.POST)
    if unread := count_unread(request.POST):
        return _show_preview(request, selection, choices, refusal=_say_unread(unread))
    if request.POST.get("step") != "import":
        return _show_preview(request, selection, choices)
    zone = ZoneInfo(request.business.time_zone)
    try:
        import_id = start_import(
            actor=request.actor,
            selection=selection,
            choices=choices,
            occurred_on=timezone.now().astimezone(zone).date(),
        )
    except NothingToImport as refusal:
        told = explain(refusal)
        return _show_preview(request, selection, choices, refusal=f"{told.what} {told.remedy}")
    return redirect("item_import", slug=request.business.slug, import_id=import_id)


@business_screen(permission=Permission.RUN_SYNC)
def item_import(request: BusinessRequest, *, import_id: UUID) -> HttpResponse:
    """This will show an import: how far it is while it goes, a report afterwards."""
    found = get_import(actor=request.actor, import_id=import_id)
    context = {
        "each": found,
        "business": request.business,
        "title": _name_import(found),
        "is_open": found.state is ImportState.RUNNING,
        "is_failed": found.state is ImportState.FAILED,
        "tiles": _list_tiles(found.verdicts),
        "created": found.verdicts[Verdict.CREATE],
        "progress": f"{found.looked_at:,} of {found.total:,}",
        "leftovers": [
            (one, OBSTACLE_WORDS[one.obstacle].format(holder=one.holder)) for one in found.leftovers
        ],
        "more_leftovers": found.verdicts[Verdict.OBSTRUCTED] - len(found.leftovers),
    }
    page = "import_state" if request.htmx else "item_import"
    return render(request, f"inventory/{page}.html", context)


def _show_preview(
    request: BusinessRequest,
    selection: Selection,
    choices: ImportChoices,
    refusal: str = "",
) -> HttpResponse:
    preview = preview_import(
        actor=request.actor,
        selection=selection,
        choices=choices,
        asked_page=read_page(request.POST, name="asked"),
        other_page=read_page(request.POST, name="others"),
    )
    created = preview.verdicts.get(Verdict.CREATE, 0)
    shown = {line.item_id for line in (*preview.asked.rows, *preview.others.rows)}
    context = {
        "business": request.business,
        "refusal": refusal,
        "is_too_much": preview.is_too_much,
        "total": count_things(preview.total, noun="item"),
        "obstructed": preview.verdicts.get(Verdict.OBSTRUCTED, 0),
        "created": created,
        "button": f"Import {count_things(created, noun='product')}" if created else "Import",
        "tiles": _list_tiles(preview.verdicts),
        "opening": preview.opening,
        "questions": _list_questions(preview, choices),
        "asks_stocked": ItemType.NON_INVENTORY in preview.types,
        "stocks": choices.stocks_non_inventory,
        "is_numbered": choices.remedy is Remedy.NUMBER,
        "asked": _show_page(preview.asked, choices, size=ASKED_LINES),
        "others": _show_page(preview.others, choices, size=OTHER_LINES),
        "carried": carry_choices(choices=choices, shown=shown),
        "product_types": PRODUCT_TYPES,
    }
    status = 422 if refusal else 200
    return render(request, "inventory/import_items.html", context, status=status)


def _say_unread(unread: int) -> str:
    return (
        f"An import takes {CHOICES_LIMIT} answers about single items. "
        f"The last {count_things(unread, noun='answer')} would be lost, so nothing is imported. "
        "Import what you have looked at first: tick those items in the list, then do the rest."
    )


def _list_questions(preview: ImportPreview, choices: ImportChoices) -> list[TypeQuestion]:
    return [
        TypeQuestion(
            name=f"type-of-{each.value}",
            label=f"{TYPE_WORDS[each]} ({preview.types[each]:,})",
            value=choices.types[each].value,
        )
        for each in ItemType
        if preview.types.get(each)
    ]


def _show_page(found: ListPage[ImportLine], choices: ImportChoices, *, size: int) -> PlannedPage:
    first = (found.page - 1) * size
    return PlannedPage(
        lines=[_show_planned(line, choices) for line in found.rows],
        summary=f"{first + 1:,}–{first + len(found.rows):,} of {found.count:,}",
        page=found.page,
        previous=found.page - 1,
        following=found.page + 1 if found.has_more else 0,
    )


def _show_planned(line: ImportLine, choices: ImportChoices) -> PlannedLine:
    said, terms, item = choices.find(line.item_id), line.terms, line.item
    trouble = OBSTACLE_WORDS[line.obstacle].format(holder=line.holder) if line.obstacle else ""
    is_counted = terms is not None and terms.is_stocked and item.type is ItemType.INVENTORY
    return PlannedLine(
        id=line.item_id,
        name=item.name,
        item_sku=item.sku,
        item_type=TYPE_WORDS[item.type],
        verdict=line.verdict,
        sku=terms.sku if terms else "",
        product_type=PRODUCT_TYPE_WORDS[terms.type] if terms else "",
        is_stocked=bool(terms and terms.is_stocked),
        opening=show_quantity(item.quantity_on_hand) if is_counted else "",
        trouble=trouble,
        said_sku=said.sku or "",
        said_type=said.type or "",
        said_stocked=show_stocked(said),
        is_left_out=said.sku == "",
        asks_stocked=item.type is ItemType.NON_INVENTORY,
        proposal=propose_sku(item),
    )


def _list_tiles(verdicts: Mapping[Verdict, int]) -> list[tuple[str, int]]:
    words = {
        Verdict.OBSTRUCTED: "Need a SKU",
        Verdict.LEFT_OUT: "Left out",
        Verdict.HAS_PRODUCT: "Products already",
        Verdict.INACTIVE: "Inactive",
    }
    return [(words[each], verdicts[each]) for each in words if verdicts.get(each)]


def _name_import(found: ImportView) -> str:
    created = count_things(found.verdicts[Verdict.CREATE], noun="product")
    return {
        ImportState.RUNNING: "Import under way",
        ImportState.FINISHED: f"{created} imported",
        ImportState.FAILED: "Import stopped",
    }[found.state]
