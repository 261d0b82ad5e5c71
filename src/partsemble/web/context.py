"""What the frame around every page needs: theme, menu, person, businesses."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from django.http import HttpRequest

from partsemble.accounting.queries.connections import BooksLook
from partsemble.identity.queries import list_memberships
from partsemble.identity.types import BusinessView
from partsemble.kernel.ids import UserId
from partsemble.kernel.permissions import Permission
from partsemble.web.navigation import (
    Group,
    Link,
    build_account_menu,
    build_business_menu,
    list_links,
)
from partsemble.web.theme import read_theme
from partsemble.words.names import make_initials

if TYPE_CHECKING:
    from partsemble.web.access import BusinessRequest

BOTTOM_BAR_ENTRIES: Final = 4
"""What thumbs reach side by side on a small phone; the rest is in the menu."""


@dataclass(frozen=True, slots=True)
class Shell:
    """The frame of a page for a person who is signed in."""

    person: str
    initials: str
    email: str
    business: BusinessView | None
    business_initials: str
    businesses: tuple[BusinessView, ...]
    books: BooksLook
    may_reconnect: bool
    menu: tuple[Group, ...]
    bottom_bar: tuple[Link, ...]


def frame(request: HttpRequest) -> dict[str, object]:
    """This will give templates the theme and the frame.

    The look at the connection costs a query and is for whole pages only.
    """
    values: dict[str, object] = {"theme": read_theme(request), "path": request.get_full_path()}
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return values
    is_fragment = bool(getattr(request, "htmx", False))
    guest = cast("BusinessRequest", request)
    business = getattr(guest, "business", None)
    books = BooksLook()
    if business is None:
        memberships = () if is_fragment else list_memberships(user_id=UserId(user.pk))
        menu = build_account_menu(path=request.path)
    else:
        memberships = guest.memberships
        menu = build_business_menu(actor=guest.actor, business=business, path=request.path)
        if not is_fragment:
            books = guest.books
    links = list_links(menu)
    values["shell"] = Shell(
        person=str(user),
        initials=make_initials(str(user)),
        email=user.email,
        business=business,
        business_initials=make_initials(business.name) if business else "",
        businesses=tuple(each.business for each in memberships),
        books=books,
        may_reconnect=bool(books.expired and guest.actor.is_allowed(Permission.MANAGE_CONNECTION)),
        menu=menu,
        bottom_bar=links[:BOTTOM_BAR_ENTRIES],
    )
    return values
