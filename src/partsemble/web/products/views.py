"""The list of products, each one's page, and the form behind it (PROD-1, PROD-2)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from partsemble.catalog.errors import ProductChanged, SkuTaken
from partsemble.catalog.queries import (
    ProductOrder,
    get_product,
    list_products,
)
from partsemble.catalog.services import create_product, set_product_active
from partsemble.catalog.types import ProductView
from partsemble.kernel.errors import DomainError, InvalidInput
from partsemble.kernel.permissions import Permission
from partsemble.stock.errors import ShortageRemains, StockRemains
from partsemble.stock.queries.balances import find_balances, get_balance
from partsemble.stock.queries.low import list_low_products
from partsemble.stock.types import NOTHING_THERE
from partsemble.sync.queries.linking import find_ownership
from partsemble.sync.services.linking import change_product as change_linked
from partsemble.web.access import BusinessRequest, business_screen
from partsemble.web.downloads import download_csv, download_workbook
from partsemble.web.lists import link_list, link_sort
from partsemble.web.products.activity import show_newest
from partsemble.web.products.forms import ProductForm, list_initial
from partsemble.web.products.lines import (
    DOWNLOAD_HEAD,
    LOW,
    SHOW_CHOICES,
    TYPE_CHOICES,
    list_cells,
    read_filter,
    show_line,
)
from partsemble.web.products.page import find_link_card, list_history, read_links
from partsemble.web.stock.product import show_product_stock
from partsemble.web.stock.views import read_today
from partsemble.words.figures import show_quantity
from partsemble.words.sentences import explain

_FIELDS: Final[Mapping[type[DomainError], str]] = MappingProxyType(
    {SkuTaken: "sku", StockRemains: "is_stocked", ShortageRemains: "is_stocked"}
)
"""The fields of the form beside which refusals are said."""


@business_screen(permission=Permission.VIEW_INVENTORY)
def products(request: BusinessRequest) -> HttpResponse:
    """This will list the products: search, filter, sort, pages."""
    wanted = read_filter(request.GET)
    is_low = request.GET.get("show") == LOW
    find = list_low_products if is_low else list_products
    found = find(actor=request.actor, wanted=wanted)
    balances = find_balances(actor=request.actor, product_ids=[row.id for row in found.rows])
    sort = ("-" if wanted.is_descending else "") + wanted.order
    context = {
        "rows": [show_line(row, balance=balances.get(row.id, NOTHING_THERE)) for row in found.rows],
        "pages": link_list(query=request.GET, found=found),
        "sorts": {
            each.value: link_sort(query=request.GET, column=each, current=sort)
            for each in ProductOrder
        },
        "sort": request.GET.get("sort", ""),
        "search": wanted.search,
        "type": request.GET.get("type", ""),
        "types": TYPE_CHOICES,
        "show": request.GET.get("show", ""),
        "shows": SHOW_CHOICES,
        "is_filtered": bool(wanted.search or wanted.type or request.GET.get("show")),
        "currency": request.business.currency,
        "clear_url": request.path,
        "query": request.GET.urlencode(),
        "may_sync": request.actor.is_allowed(Permission.RUN_SYNC),
        "may_manage": request.actor.is_allowed(Permission.MANAGE_PRODUCTS),
    }
    page = "products_table" if request.htmx else "products"
    return render(request, f"products/{page}.html", context)


@business_screen(permission=Permission.VIEW_INVENTORY)
def download_products(request: BusinessRequest) -> HttpResponseBase:
    """This will answer with the products that the list shows, all pages of it."""
    name = f"{request.business.slug}-products"
    rows = list_cells(
        actor=request.actor,
        wanted=read_filter(request.GET),
        show=request.GET.get("show", ""),
    )
    if request.GET.get("as") == "xlsx":
        return download_workbook(name=name, sheet="Products", head=DOWNLOAD_HEAD, rows=rows)
    return download_csv(name=name, head=DOWNLOAD_HEAD, rows=rows)


@business_screen(permission=Permission.VIEW_INVENTORY)
def product(request: BusinessRequest, *, product_id: UUID) -> HttpResponse:
    """This will show one product: its figures, its link, what happened to it."""
    found = get_product(actor=request.actor, product_id=product_id)
    links = read_links(found, actor=request.actor)
    balance = get_balance(actor=request.actor, product_id=product_id)
    context = {
        "product": found,
        "line": show_line(found),
        "link": find_link_card(
            found,
            links=links,
            balance=balance,
            books=request.books.connection,
            actor=request.actor,
        ),
        "history": list_history(links, time_zone=request.business.time_zone),
        "reorder_point": show_quantity(found.terms.reorder_point),
        "may_manage": request.actor.is_allowed(Permission.MANAGE_PRODUCTS),
        "stock": show_product_stock(
            actor=request.actor,
            product=found,
            balance=balance,
            today=read_today(request.business),
            currency=request.business.currency,
        ),
        "may_adjust": found.terms.is_stocked and request.actor.is_allowed(Permission.ADJUST_STOCK),
        "activity": show_newest(
            actor=request.actor, product=found, links=links, currency=request.business.currency
        ),
        "currency": request.business.currency,
    }
    return render(request, "products/product.html", context)


@business_screen(permission=Permission.MANAGE_PRODUCTS, methods=("GET", "POST"))
def new_product(request: BusinessRequest) -> HttpResponse:
    """This will take down a product that somebody makes by hand."""
    form = ProductForm(request.POST or None)
    if not form.is_valid():
        return _show_form(request, form, status=422 if form.is_bound else 200)
    try:
        made = create_product(actor=request.actor, terms=form.read_terms())
    except (InvalidInput, SkuTaken) as refusal:
        _note(form, refusal)
        return _show_form(request, form, status=422)
    messages.success(request, f"{made.sku} is here.")
    return redirect("product", slug=request.business.slug, product_id=made.id)


@business_screen(permission=Permission.MANAGE_PRODUCTS, methods=("GET", "POST"))
def change_product(request: BusinessRequest, *, product_id: UUID) -> HttpResponse:
    """This will change what is said of a product."""
    known = get_product(actor=request.actor, product_id=product_id)
    initial = list_initial(known.terms, revision=known.revision)
    owned = find_ownership(actor=request.actor, product=known).fields
    form = ProductForm(request.POST or None, initial=initial, owned=owned)
    if not form.is_valid():
        return _show_form(request, form, known, status=422 if form.is_bound else 200)
    try:
        edited = change_linked(
            actor=request.actor,
            product_id=product_id,
            terms=form.read_terms(),
            revision=form.cleaned_data["revision"] or 0,
        )
    except (InvalidInput, SkuTaken, StockRemains, ShortageRemains) as refusal:
        _note(form, refusal)
        return _show_form(request, form, known, status=422)
    except ProductChanged:
        return _show_changed(request, known, initial)
    messages.success(request, f"{edited.sku} is saved.")
    return redirect("product", slug=request.business.slug, product_id=product_id)


@business_screen(permission=Permission.MANAGE_PRODUCTS, methods=("POST",))
def activate_product(request: BusinessRequest, *, product_id: UUID) -> HttpResponse:
    """This will take a product out of use, or back, and lead back to its page."""
    is_active = request.POST.get("is_active") == "yes"
    known = get_product(actor=request.actor, product_id=product_id)
    set_product_active(
        actor=request.actor, product_id=product_id, is_active=is_active, revision=known.revision
    )
    said = "is in use again" if is_active else "is no longer in use; its history stays"
    messages.success(request, f"{known.sku} {said}.")
    return redirect("product", slug=request.business.slug, product_id=product_id)


def _note(form: ProductForm, refusal: DomainError) -> None:
    """Say a refusal beside the field that it is about."""
    field = _FIELDS.get(type(refusal)) or str(refusal.facts["field"])
    told = explain(refusal)
    form.add_error(field, f"{told.what} {told.remedy}")


def _show_changed(
    request: BusinessRequest, known: ProductView, initial: dict[str, object]
) -> HttpResponse:
    """Keep what was typed, and let the person decide over it, now that they know."""
    answers = request.POST.copy()
    answers["revision"] = str(known.revision)
    form = ProductForm(answers, initial=initial)
    form.add_error(
        None,
        f"{known.sku} was changed meanwhile, so nothing was saved. What you typed is still here: "
        "look at the product as it is now, then save again to put yours in its place.",
    )
    return _show_form(request, form, known, status=409)


def _show_form(
    request: BusinessRequest,
    form: ProductForm,
    known: ProductView | None = None,
    *,
    status: int,
) -> HttpResponse:
    context = {"form": form, "product": known, "currency": request.business.currency}
    return render(request, "products/form.html", context, status=status)
