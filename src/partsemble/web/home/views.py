"""The home page of a business."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from partsemble.accounting.queries.connections import find_connection
from partsemble.accounting.queries.items import count_items
from partsemble.kernel.permissions import Permission
from partsemble.web.access import BusinessRequest, business_screen
from partsemble.web.home.guide import Progress, build_guide


@business_screen(permission=None)
def home(request: BusinessRequest) -> HttpResponse:
    """This will show where the business stands and what to do next."""
    return render(request, "home/home.html", {"guide": build_guide(_look_at_progress(request))})


def _look_at_progress(request: BusinessRequest) -> Progress:
    if not request.actor.is_allowed(Permission.VIEW_INVENTORY):
        return Progress()
    connection = find_connection(actor=request.actor)
    item_count = count_items(actor=request.actor)
    place = {"slug": request.business.slug}
    return Progress(
        company=connection.company_name if connection else "",
        has_synced=item_count > 0,
        item_count=item_count,
        connect_url=reverse("integrations", kwargs=place),
        sync_url=reverse("integrations", kwargs=place),
        items_url=reverse("accounting_items", kwargs=place),
    )
