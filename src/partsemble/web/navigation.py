"""The main menu: which entries there are, and which of them a person sees.

An entry appears here together with its screen, never before: the menu shows no dead ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.urls import reverse

from partsemble.identity.types import BusinessView
from partsemble.kernel.actor import Actor
from partsemble.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu, shown to whoever holds the permission (None: any member)."""

    label: str
    icon: str
    url_name: str
    permission: Permission | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Entries under a heading."""

    heading: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as it is drawn."""

    label: str
    icon: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A section as it is drawn."""

    heading: str
    links: tuple[Link, ...]


BUSINESS_MENU: Final = (
    Section("", (Entry("Home", "house", "home"),)),
    Section(
        "Inventory",
        (
            Entry("Products", "boxes", "products", Permission.VIEW_INVENTORY),
            Entry("Stock", "arrow-left-right", "stock_transactions", Permission.VIEW_INVENTORY),
            Entry("Accounting items", "package", "accounting_items", Permission.VIEW_INVENTORY),
        ),
    ),
    Section(
        "Settings",
        (
            Entry("Integrations", "plug", "integrations", Permission.MANAGE_CONNECTION),
            Entry("Features", "toggle-right", "features", Permission.MANAGE_SETTINGS),
            Entry("API tokens", "key-square", "api_tokens", Permission.MANAGE_SETTINGS),
        ),
    ),
)

ACCOUNT_MENU: Final = (
    Section(
        "",
        (
            Entry("Businesses", "store", "choose_business"),
            Entry("Password", "key-round", "account_change_password"),
            Entry("Security", "shield-check", "mfa_index"),
        ),
    ),
)
"""What the menu shows outside any business."""


def build_business_menu(*, actor: Actor, business: BusinessView, path: str) -> tuple[Group, ...]:
    """This will draw the menu of a business for what the actor may see.

    Arguments:
        path: of the page that is shown; its entry is marked.
    """
    arguments = {"slug": business.slug}
    home = reverse("home", kwargs=arguments)
    groups = []
    for section in BUSINESS_MENU:
        links = tuple(
            _draw(entry, reverse(entry.url_name, kwargs=arguments), path=path, home=home)
            for entry in section.entries
            if entry.permission is None or actor.is_allowed(entry.permission)
        )
        if links:
            groups.append(Group(heading=section.heading, links=links))
    return tuple(groups)


def build_account_menu(*, path: str) -> tuple[Group, ...]:
    """This will draw the menu of a person's own pages."""
    return tuple(
        Group(
            heading=section.heading,
            links=tuple(_draw(each, reverse(each.url_name), path=path) for each in section.entries),
        )
        for section in ACCOUNT_MENU
    )


def list_links(groups: Sequence[Group]) -> tuple[Link, ...]:
    """This will list all links of a menu in order, for the bar at the bottom of a phone."""
    return tuple(link for group in groups for link in group.links)


def _draw(entry: Entry, url: str, *, path: str, home: str = "") -> Link:
    is_current = path == url if url == home else path.startswith(url)
    return Link(label=entry.label, icon=entry.icon, url=url, is_current=is_current)
