"""Stock transactions: all of them, each one, and adjusting a product (STOCK-1, STOCK-3)."""

from datetime import date
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone

from partsemble.accounting.queries.items import get_item
from partsemble.catalog.queries import get_product
from partsemble.catalog.types import ProductView
from partsemble.costing.errors import QuantityTooLarge, UnitCostTooLarge, ValueTooLarge
from partsemble.costing.reference import choose_reference_cost
from partsemble.database.ids import new_id
from partsemble.identity.types import BusinessView
from partsemble.kernel.actor import Actor
from partsemble.kernel.errors import DomainError, InvalidInput
from partsemble.kernel.ids import ProductId
from partsemble.kernel.permissions import Permission
from partsemble.stock.errors import EntryReversed, NotEnoughStock
from partsemble.stock.queries.balances import get_balance, preview_adjustment
from partsemble.stock.queries.entries import (
    STRETCH,
    MoveFilter,
    MoveList,
    get_entry,
    list_moves,
)
from partsemble.stock.services.adjusting import adjust_stock, reverse_entry
from partsemble.stock.types import Balance, EntryKind, MovePosition
from partsemble.web.access import BusinessRequest, business_screen
from partsemble.web.lists import change_query
from partsemble.web.stock.effect import tell_effect
from partsemble.web.stock.forms import AdjustForm
from partsemble.web.stock.lines import KIND_CHOICES, show_entry, show_figures, show_moves
from partsemble.web.stock.sources import find_source_link
from partsemble.words.sentences import explain

_PLACE_DIGITS: Final = 18
_AMISS: Final = (
    InvalidInput,
    NotEnoughStock,
    QuantityTooLarge,
    UnitCostTooLarge,
    ValueTooLarge,
)
"""What a person mends in the form; anything else is a page of its own."""
_FIELDS: Final = {
    NotEnoughStock: "quantity",
    QuantityTooLarge: "quantity",
    UnitCostTooLarge: "unit_cost",
    ValueTooLarge: "quantity",
}


@business_screen(permission=Permission.VIEW_INVENTORY)
def stock_transactions(request: BusinessRequest) -> HttpResponse:
    """This will list the stock transactions, newest first: search, kind, one product, pages."""
    wanted = read_filter(request.GET)
    found = list_moves(actor=request.actor, wanted=wanted)
    product = None
    if wanted.product_id is not None:
        product = get_product(actor=request.actor, product_id=wanted.product_id)
    context = {
        "rows": show_moves(found),
        "product": product,
        "newest_url": change_query(request.GET, changes={"before": ""}) if wanted.before else "",
        "older_url": _link_older(request.GET, found),
        "is_stretch_over": found.is_stretch_over,
        "stretch": STRETCH,
        "is_filtered": wanted != MoveFilter(),
        "search": wanted.search,
        "kind": wanted.kind or "",
        "kinds": KIND_CHOICES,
        "currency": request.business.currency,
        "clear_url": request.path,
    }
    page = "moves_table" if request.htmx else "stock_transactions"
    return render(request, f"stock/{page}.html", context)


@business_screen(permission=Permission.VIEW_INVENTORY)
def stock_transaction(request: BusinessRequest, *, entry_id: UUID) -> HttpResponse:
    """This will show one entry: what moved, why, by whom, and what took it back."""
    return _show_entry(request, entry_id)


def _show_entry(
    request: BusinessRequest, entry_id: UUID, *, refusal: DomainError | None = None
) -> HttpResponse:
    found = get_entry(actor=request.actor, entry_id=entry_id)
    is_reversible = found.kind in {EntryKind.OPENING, EntryKind.ADJUSTMENT}
    context = {
        "entry": show_entry(found),
        "source": find_source_link(request, source=found.source),
        "recorded_at": found.recorded_at,
        "currency": request.business.currency,
        "may_reverse": is_reversible
        and found.reversed_by is None
        and request.actor.is_allowed(Permission.ADJUST_STOCK),
        "refused": explain(refusal) if refusal else None,
    }
    return render(request, "stock/stock_transaction.html", context, status=409 if refusal else 200)


@business_screen(permission=Permission.ADJUST_STOCK, methods=("POST",))
def reverse_transaction(request: BusinessRequest, *, entry_id: UUID) -> HttpResponse:
    """This will take an entry back, and lead to what took it back."""
    try:
        posted = reverse_entry(
            actor=request.actor, entry_id=entry_id, occurred_on=read_today(request.business)
        )
    except (NotEnoughStock, EntryReversed) as refusal:
        return _show_entry(request, entry_id, refusal=refusal)
    messages.success(request, "Reversed. Both stay in the list, and together they are nothing.")
    return redirect("stock_transaction", slug=request.business.slug, entry_id=posted.id)


@business_screen(permission=Permission.ADJUST_STOCK, methods=("GET", "POST"))
def adjust_product(request: BusinessRequest, *, product_id: UUID) -> HttpResponse:
    """This will add to the stock of a product, or remove from it."""
    product = get_product(actor=request.actor, product_id=product_id)
    balance = get_balance(actor=request.actor, product_id=product_id)
    if request.method != "POST":
        cost = _suggest_cost(request.actor, product, balance)
        form = AdjustForm(initial={"key": new_id(), "unit_cost": cost})
        return _show_form(request, form, product, balance)
    form = AdjustForm(request.POST)
    if not form.is_valid():
        return _show_form(request, form, product, balance, status=422)
    try:
        adjust_stock(
            actor=request.actor,
            adjustment=form.read_adjustment(product_id),
            occurred_on=read_today(request.business),
            key=f"web:{form.cleaned_data['key']}",
        )
    except _AMISS as refusal:
        _note(form, refusal)
        return _show_form(request, form, product, balance, status=422)
    messages.success(request, f"The stock of {product.sku} is adjusted.")
    return redirect("product", slug=request.business.slug, product_id=product_id)


@business_screen(permission=Permission.ADJUST_STOCK)
def adjustment_effect(request: BusinessRequest, *, product_id: UUID) -> HttpResponse:
    """This will say what an adjustment that is being typed would come to."""
    context: dict[str, object] = {}
    form = AdjustForm(request.GET)
    if form.is_valid():
        try:
            before, after = preview_adjustment(
                actor=request.actor, adjustment=form.read_adjustment(product_id)
            )
        except _AMISS as refusal:
            told = explain(refusal)
            context["refusal"] = f"{told.what} {told.why}"
        else:
            context["effect"] = tell_effect(
                before=before, after=after, currency=request.business.currency
            )
    else:
        context["refusal"] = " ".join(form.list_number_errors())
    return render(request, "stock/effect.html", context)


def read_filter(query: QueryDict) -> MoveFilter:
    """This will read what a person wants to see from an address; nonsense is left out."""
    kind, product = query.get("kind", ""), query.get("product", "")
    return MoveFilter(
        search=query.get("q", "").replace("\0", " ").strip(),
        kind=EntryKind(kind) if kind in set(EntryKind) else None,
        product_id=_read_id(product),
        before=_read_place(query.get("before", "")),
    )


def read_today(business: BusinessView) -> date:
    """This will say which day it is where the business is."""
    return timezone.now().astimezone(ZoneInfo(business.time_zone)).date()


def _link_older(query: QueryDict, found: MoveList) -> str:
    """Link the page of what was posted before; empty at the end."""
    if found.next_before is None:
        return ""
    at = found.next_before
    return change_query(query, changes={"before": f"{at.number}.{at.position}"})


def _read_id(text: str) -> ProductId | None:
    try:
        return ProductId(UUID(text))
    except ValueError:
        return None


def _read_place(text: str) -> MovePosition | None:
    parts = text.split(".")
    if len(parts) != len(MovePosition._fields):
        return None
    if not all(each.isascii() and each.isdecimal() for each in parts) or len(text) > _PLACE_DIGITS:
        return None
    return MovePosition(*map(int, parts))


def _suggest_cost(actor: Actor, product: ProductView, balance: Balance) -> object:
    """Give the average, or what stands for it while nothing is there (COST-2)."""
    if balance.unit_cost is not None:
        return balance.unit_cost
    purchase_cost = None
    if product.accounting_item_id is not None:
        item = get_item(actor=actor, item_id=product.accounting_item_id).item
        purchase_cost = item.purchase_cost
    chosen = choose_reference_cost(
        last_unit_cost=balance.last_unit_cost,
        purchase_cost=purchase_cost,
        typed_cost=product.terms.unit_cost,
    )
    return chosen.unit_cost or None


def _note(form: AdjustForm, refusal: DomainError) -> None:
    """Say a refusal beside the field that it is about."""
    said = str(refusal.facts.get("field", _FIELDS.get(type(refusal), "")))
    told = explain(refusal)
    words = f"{told.what} {told.remedy}"
    if not isinstance(refusal, InvalidInput):
        words = f"{told.what} {told.why} {told.remedy}"
    form.add_error(said if said in form.fields else None, words)


def _show_form(
    request: BusinessRequest,
    form: AdjustForm,
    product: ProductView,
    balance: Balance,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "product": product,
        "figures": show_figures(balance),
        "currency": request.business.currency,
    }
    return render(request, "stock/adjust.html", context, status=status)
