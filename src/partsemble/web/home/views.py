"""The home page of a business."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from partsemble.accounting.queries.connections import find_connection
from partsemble.kernel.permissions import Permission
from partsemble.web.access import BusinessRequest, business_screen
from partsemble.web.home.guide import Progress, build_guide


@business_screen(permission=None)
def home(request: BusinessRequest) -> HttpResponse:
    """This will show where the business stands and what to do next."""
    may_look = request.actor.is_allowed(Permission.VIEW_INVENTORY)
    connection = find_connection(actor=request.actor) if may_look else None
    progress = Progress(
        company=connection.company_name if connection else "",
        connect_url=reverse("integrations", kwargs={"slug": request.business.slug}),
    )
    return render(request, "home/home.html", {"guide": build_guide(progress)})
