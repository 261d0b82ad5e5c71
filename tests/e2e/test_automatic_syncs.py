"""Syncs that nobody stands in front of: *Run when free*, and when they start by themselves."""

import re
import time
from collections.abc import Callable
from typing import Any

import httpx2
from playwright.sync_api import Dialog, Page, expect
from tests.support.browser import DESK, View
from tests.support.emulator import ANSWER_SECONDS

DELAY_SECONDS = 20
"""What has to be done while a sync runs is done within that on a busy machine, too."""

type Demo = dict[str, Any]
type OpenPage = Callable[..., Any]


def open_sync_items(page: Page, demo: Demo) -> None:
    page.goto(f"/b/{demo['business']}/settings/integrations/sync/")
    expect(page.get_by_role("heading", name="Sync Items", exact=True)).to_be_visible()


def start_a_slow_sync(page: Page, demo: Demo) -> None:
    delay = {"kind": "delay", "delay_ms": DELAY_SECONDS * 1000, "count": 1, "path": "/query"}
    httpx2.post(
        f"{demo['emulator']['control_url']}/faults", json=delay, timeout=ANSWER_SECONDS
    ).raise_for_status()
    page.goto(f"/b/{demo['business']}/inventory/accounting-items/")
    page.get_by_role("button", name="Sync Items").click()
    expect(page.get_by_role("progressbar")).to_be_visible()


def press_again(page: Page, demo: Demo) -> None:
    """This will be refused, and offered to run when free."""
    page.goto(f"/b/{demo['business']}/inventory/accounting-items/")
    page.get_by_role("button", name="Sync Items").click()
    page.get_by_role("button", name="Run when free").click()


def wait_until_nothing_waits(page: Page, demo: Demo) -> None:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        open_sync_items(page, demo)
        said = page.get_by_text("A sync waits for its turn")
        if not said.is_visible() and not page.get_by_text("A sync is running").is_visible():
            return
        page.wait_for_timeout(300)
    raise AssertionError("a sync still waits or runs")


def test_run_when_free(synced: Demo, open_page: OpenPage) -> None:
    with open_page(view=DESK) as page:
        start_a_slow_sync(page, synced)
        first = page.url
        press_again(page, synced)
        expect(page.get_by_text("A sync waits for its turn")).to_be_visible()
        expect(page.get_by_text("Robin Lane asked for it")).to_be_visible()
        wait_until_nothing_waits(page, synced)
        runs = page.locator("tbody a")
        expect(runs.first).to_be_visible()
        assert first.endswith(str(runs.nth(1).get_attribute("href")))


def test_a_waiting_sync_can_be_cancelled(synced: Demo, open_page: OpenPage) -> None:
    with open_page(view=DESK) as page:
        start_a_slow_sync(page, synced)
        first = page.url
        press_again(page, synced)
        page.get_by_role("button", name="Cancel").click()
        expect(page.get_by_text("The waiting sync is cancelled.")).to_be_visible()
        wait_until_nothing_waits(page, synced)
        assert first.endswith(str(page.locator("tbody a").first.get_attribute("href")))


def test_choosing_when_syncs_start_by_themselves(
    synced: Demo, open_page: OpenPage, view: View, inspect_page: Callable[..., None]
) -> None:
    with open_page(view=view) as page:
        open_sync_items(page, synced)
        card = page.locator("#automatic")
        card.get_by_label("Every day").check()
        card.get_by_label("Hour of the daily sync").select_option("05:00")
        card.get_by_role("button", name="Save schedule").click()
        expect(page.get_by_text("Saved when syncs start by themselves.")).to_be_visible()
        expect(
            card.get_by_text(re.compile(r"Next sync: \w+day \d+ \w+, 05:[01]\d\."))
        ).to_be_visible()
        inspect_page(page, name="sync-automatic")
        card.get_by_label("Off").check()
        card.get_by_role("button", name="Save schedule").click()
        expect(page.locator("#automatic").get_by_text("Next sync")).to_have_count(0)


def test_what_the_other_form_would_lose_is_asked_first(synced: Demo, open_page: OpenPage) -> None:
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.message)
        if len(asked) == 1:
            dialog.dismiss()
        else:
            dialog.accept()

    with open_page(view=DESK) as page:
        page.on("dialog", answer)
        open_sync_items(page, synced)
        types, automatic = page.locator("#types"), page.locator("#automatic")
        automatic.get_by_role("button", name="Save schedule").click()
        expect(page.get_by_text("Saved when syncs start by themselves.")).to_be_visible()
        assert not asked, "nothing else was changed"
        open_sync_items(page, synced)
        automatic.get_by_label("Every hour").check()
        types.get_by_role("button", name="Save types").click()
        assert asked == [
            "You changed the schedule too. That is not saved yet and would be lost. Go on?"
        ]
        expect(automatic.get_by_label("Every hour")).to_be_checked()
        types.get_by_role("button", name="Save types").click()
        expect(page.get_by_text("The next sync reads these types.")).to_be_visible()
        assert len(asked) == 2
