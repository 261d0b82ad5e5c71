"""The pages on which a product is linked to an item of the books, or no longer (ITEM-4)."""

from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from partsemble.catalog.queries import get_product
from partsemble.kernel.permissions import Permission
from partsemble.sync.errors import QuantityUndecided
from partsemble.sync.queries.linking import Likeness, are_items_leading, look_at_link, propose_items
from partsemble.sync.services.linking import Holding, link_product, take_over_sku, unlink_product
from partsemble.web.access import BusinessRequest, business_screen
from partsemble.web.inventory.lines import show_line as show_item
from partsemble.words.figures import show_money, show_quantity
from partsemble.words.items import TYPE_WORDS
from partsemble.words.products import PRODUCT_TYPE_WORDS
from partsemble.words.sentences import explain

LIKENESS_WORDS: Final = {
    Likeness.SKU: "Same SKU",
    Likeness.NAME: "Same name",
    Likeness.FOUND: "",
}


@business_screen(permission=Permission.MANAGE_PRODUCTS)
def choose_item(request: BusinessRequest, *, product_id: UUID) -> HttpResponse:
    """This will propose items to link a product to, those like it first, and search for others."""
    product = get_product(actor=request.actor, product_id=product_id)
    search = request.GET.get("q", "").strip()
    proposals = propose_items(actor=request.actor, product=product, search=search)
    context = {
        "product": product,
        "search": search,
        "rows": [
            (show_item(each.row, product=None), LIKENESS_WORDS[each.likeness]) for each in proposals
        ],
        "currency": request.business.currency,
        "clear_url": request.path,
    }
    page = "proposals" if request.htmx else "choose_item"
    return render(request, f"products/{page}.html", context)


@business_screen(permission=Permission.MANAGE_PRODUCTS, methods=("GET", "POST"))
def link_item(request: BusinessRequest, *, product_id: UUID, item_id: UUID) -> HttpResponse:
    """This will show a product beside an item, ask which quantity holds, and link them."""
    if request.method != "POST":
        return _show_look(request, product_id, item_id)
    said = request.POST.get("holds", "")
    zone = ZoneInfo(request.business.time_zone)
    try:
        product = link_product(
            actor=request.actor,
            product_id=product_id,
            item_id=item_id,
            holds=Holding(said) if said in set(Holding) else None,
            occurred_on=timezone.now().astimezone(zone).date(),
        )
    except QuantityUndecided as refusal:
        told = explain(refusal)
        return _show_look(request, product_id, item_id, refusal=f"{told.why} {told.remedy}")
    messages.success(request, f"{product.sku} is linked.")
    return redirect("product", slug=request.business.slug, product_id=product_id)


@business_screen(permission=Permission.MANAGE_PRODUCTS, methods=("POST",))
def unlink_item(request: BusinessRequest, *, product_id: UUID) -> HttpResponse:
    """This will take a product's link away and lead back to its page."""
    product = unlink_product(actor=request.actor, product_id=product_id)
    messages.success(request, f"{product.sku} is linked to nothing now; its stock stays.")
    return redirect("product", slug=request.business.slug, product_id=product_id)


@business_screen(permission=Permission.MANAGE_PRODUCTS, methods=("POST",))
def take_over(request: BusinessRequest, *, product_id: UUID) -> HttpResponse:
    """This will give a product the SKU of its item, and lead back to its page."""
    product = take_over_sku(actor=request.actor, product_id=product_id)
    messages.success(request, f"{product.sku} is its SKU now, here and in your books.")
    return redirect("product", slug=request.business.slug, product_id=product_id)


def _show_look(
    request: BusinessRequest, product_id: UUID, item_id: UUID, refusal: str = ""
) -> HttpResponse:
    product = get_product(actor=request.actor, product_id=product_id)
    look = look_at_link(actor=request.actor, product=product, item_id=item_id)
    item, terms = look.item, product.terms
    context = {
        "product": product,
        "item_id": item_id,
        "item_name": item.name,
        "refusal": refusal,
        "leads": are_items_leading(business_id=request.business.id),
        "asks": look.differs,
        "ours": f"{show_quantity(look.ours)} {terms.unit}",
        "theirs": show_quantity(look.theirs),
        "pairs": [
            ("Name", terms.name, item.name),
            ("SKU", terms.sku, item.sku or "–"),
            ("Type", PRODUCT_TYPE_WORDS[terms.type], TYPE_WORDS[item.type]),
            ("Selling price", show_money(terms.selling_price), show_money(item.unit_price)),
            ("Unit cost", show_money(terms.unit_cost), show_money(item.purchase_cost)),
            ("Quantity", show_quantity(look.ours), show_quantity(item.quantity_on_hand)),
        ],
    }
    status = 422 if refusal else 200
    return render(request, "products/link_item.html", context, status=status)
