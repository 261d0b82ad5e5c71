"""A newcomer's first minutes: sign up, name the business, arrive."""

import re
from collections.abc import Callable
from uuid import uuid4

from playwright.sync_api import Browser, expect
from tests.support.browser import View, opened_page

PASSWORD = "four lamps in a long row"


def test_newcomer_signs_up_and_names_the_business(
    chromium: Browser, empty_site: str, view: View, inspect_page: Callable[..., None]
) -> None:
    with opened_page(chromium, base_url=empty_site, view=view) as page:
        page.goto("/")
        page.get_by_role("link", name="Create an account").click()
        page.get_by_label("Email").fill(f"{uuid4().hex}@lamps.example")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        inspect_page(page, name="sign-up")
        page.get_by_role("button", name="Create account").click()
        page.get_by_label("Business name").fill("Hollow Reed Lamp Works")
        inspect_page(page, name="new-business")
        page.get_by_role("button", name="Create business").click()
        expect(page).to_have_url(re.compile("/b/hollow-reed-lamp-works"))
        inspect_page(page, name="newcomer-home")
