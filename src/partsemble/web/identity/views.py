"""The way from signing in to a business: the last one, the only one, or a new one."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from partsemble.identity.queries import list_memberships
from partsemble.identity.services import create_business as store_business
from partsemble.kernel.errors import InvalidInput
from partsemble.web.access import LAST_BUSINESS, UserRequest, public_screen, user_screen
from partsemble.web.identity.forms import BusinessForm
from partsemble.web.theme import COOKIE, REMEMBERED, THEMES
from partsemble.words.names import ROLE_WORDS, make_initials


@user_screen()
def root(request: UserRequest) -> HttpResponse:
    """This will lead to the business that the person was last in, or to choosing one."""
    slugs = [each.business.slug for each in list_memberships(user_id=request.user_id)]
    last = request.session.get(LAST_BUSINESS)
    if last in slugs:
        return redirect("home", slug=last)
    if len(slugs) == 1:
        return redirect("home", slug=slugs[0])
    return redirect("choose_business" if slugs else "create_business")


@user_screen()
def choose_business(request: UserRequest) -> HttpResponse:
    """This will list the businesses that the person belongs to, and as what."""
    memberships = list_memberships(user_id=request.user_id)
    if not memberships:
        return redirect("create_business")
    choices = [
        {
            "business": each.business,
            "initials": make_initials(each.business.name),
            "role": ROLE_WORDS[each.role],
        }
        for each in memberships
    ]
    return render(request, "identity/choose_business.html", {"choices": choices})


@user_screen(methods=("GET", "POST"))
def create_business(request: UserRequest) -> HttpResponse:
    """This will create a business that the person owns, and lead there."""
    form = BusinessForm(request.POST or None)
    if form.is_valid():
        try:
            business = store_business(user_id=request.user_id, **form.cleaned_data)
        except InvalidInput as refusal:
            form.add_error("name", "{problem} {remedy}".format_map(refusal.facts))
        else:
            return redirect("home", slug=business.slug)
    is_first = not list_memberships(user_id=request.user_id)
    context = {"form": form, "is_first": is_first}
    status = 422 if form.errors else 200
    return render(request, "identity/create_business.html", context, status=status)


@public_screen(methods=("POST",))
def choose_theme(request: HttpRequest) -> HttpResponse:
    """This will remember a theme and lead back to the page where it was chosen."""
    theme = request.POST.get("theme", "")
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    response = redirect(back)
    if theme in THEMES:
        response.set_cookie(
            COOKIE,
            theme,
            max_age=REMEMBERED,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response
