"""API tokens in the browser: made, copied, used, revoked after a question."""

from collections.abc import Callable
from typing import Any

import httpx2
from playwright.sync_api import Page, expect
from tests.support.browser import DESK, View
from tests.support.emulator import ANSWER_SECONDS

type Demo = dict[str, Any]
type OpenPage = Callable[..., Any]


def call(demo: Demo, token: str) -> httpx2.Response:
    return httpx2.get(
        f"{demo['url']}/api/v1/business",
        headers={"Authorization": f"Bearer {token}"},
        timeout=ANSWER_SECONDS,
    )


def make_token(page: Page, demo: Demo, name: str) -> str:
    page.goto(f"/b/{demo['business']}/settings/api-tokens/")
    page.get_by_label("Program").fill(name)
    page.get_by_label("View inventory and costs").check()
    page.get_by_role("button", name="Make token").click()
    expect(page.get_by_text(f"Copy the token for {name} now")).to_be_visible()
    return page.locator("#secret").inner_text()


def test_the_ready_file_holds_a_token(demo: Demo) -> None:
    answer = call(demo, demo["api_token"])
    assert answer.status_code == httpx2.codes.OK
    assert answer.json()["slug"] == demo["business"]


def test_the_page_of_tokens(
    demo: Demo, open_page: OpenPage, view: View, inspect_page: Callable[..., None]
) -> None:
    with open_page(view=view) as page:
        token = make_token(page, demo, f"Display {view}")
        inspect_page(page, name="api-tokens")
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.get_by_role("button", name="Copy").click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == token
        assert call(demo, token).status_code == httpx2.codes.OK


def test_revoking_asks_first(demo: Demo, open_page: OpenPage) -> None:
    with open_page(view=DESK) as page:
        token = make_token(page, demo, "Old script")
        page.get_by_role("button", name="Revoke Old script").click()
        dialog = page.get_by_role("dialog", name="Revoke Old script?")
        expect(dialog).to_be_visible()
        dialog.get_by_role("button", name="Cancel").click()
        assert call(demo, token).status_code == httpx2.codes.OK
        page.get_by_role("button", name="Revoke Old script").click()
        dialog.get_by_role("button", name="Revoke").click()
        expect(page.get_by_text("Whatever used it is let in no more.")).to_be_visible()
        assert call(demo, token).status_code == httpx2.codes.UNAUTHORIZED
