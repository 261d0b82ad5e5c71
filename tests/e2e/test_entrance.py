"""A newcomer's first minutes: sign up, name the business, arrive."""

import re
from collections.abc import Callable
from uuid import uuid4

from playwright.sync_api import Browser, expect
from tests.support.browser import View, check_fits, opened_page

PASSWORD = "four lamps in a long row"
PHONE = View(width=390, theme="light")


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


def test_a_name_without_a_gap_does_not_push_the_page_aside(
    chromium: Browser, empty_site: str
) -> None:
    with opened_page(chromium, base_url=empty_site, view=PHONE) as page:
        page.goto("/account/signup/")
        page.get_by_label("Email").fill(f"{uuid4().hex}@lamps.example")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Create account").click()
        page.get_by_label("Business name").fill("Lamps" * 24)
        page.get_by_role("button", name="Create business").click()
        expect(page).to_have_url(re.compile("/b/lamps"))
        check_fits(page)
