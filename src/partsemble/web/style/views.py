"""The style page, for developers: with DEBUG, or for staff."""

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from partsemble.web.access import public_screen
from partsemble.web.style.samples import make_samples


@public_screen()
def style_page(request: HttpRequest) -> HttpResponse:
    """This will show every component in every state."""
    is_staff = not isinstance(request.user, AnonymousUser) and request.user.is_staff
    if not (settings.DEBUG or is_staff):
        raise Http404
    return render(request, "style/style.html", make_samples())
