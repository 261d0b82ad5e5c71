"""The home page of a business."""

from django.http import HttpResponse
from django.shortcuts import render

from partsemble.web.access import BusinessRequest, business_screen
from partsemble.web.home.guide import Progress, build_guide


@business_screen(permission=None)
def home(request: BusinessRequest) -> HttpResponse:
    """This will show where the business stands and what to do next."""
    return render(request, "home/home.html", {"guide": build_guide(Progress())})
