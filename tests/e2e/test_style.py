"""The design system, on the page that shows every component in every state."""

from collections.abc import Callable

from playwright.sync_api import Browser, expect
from tests.support.browser import View, opened_page


def test_every_component_is_accessible_at_every_width(
    chromium: Browser, empty_site: str, view: View, inspect_page: Callable[..., None]
) -> None:
    with opened_page(chromium, base_url=empty_site, view=view) as page:
        page.goto("/style/")
        expect(page.get_by_role("heading", name="Style", exact=True)).to_be_visible()
        inspect_page(page, name="style")
