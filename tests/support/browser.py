"""Debian's Chromium, driven by Playwright: pages that must stay quiet, accessible and pictured."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Response,
    StorageState,
    expect,
)

Theme = Literal["light", "dark"]

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",  # CI runs as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

WIDTHS = {1440: 900, 820: 1180, 390: 844}
"""A desk, a tablet on the bench, a phone in the hand: width and height in CSS pixels."""
THEMES: tuple[Theme, ...] = ("light", "dark")

PATIENCE_MILLISECONDS = 30_000
"""A busy machine answers late: only what never comes is a failure."""
PICTURE_MILLISECONDS = 120_000
"""A long list is painted by the processor, which others may be using."""
_SERVER_ERROR = 500
_REFUSED = re.compile(r"responded with a status of (409|422)\b")
"""Pages that say why something was refused; Chromium notes the status of every form's answer."""


@dataclass(frozen=True, slots=True)
class View:
    """How a page is looked at."""

    width: int
    theme: Theme

    def __str__(self) -> str:
        return f"{self.width}-{self.theme}"


ALL_VIEWS = tuple(View(width=width, theme=theme) for width in WIDTHS for theme in THEMES)
DESK = View(width=1440, theme="light")


def collect_complaints(context: BrowserContext) -> list[str]:
    """This will fill a list with what the browser has to say about the pages it shows.

    That is: errors of scripts, refusals of the content security policy, and broken answers.
    """
    complaints: list[str] = []

    def note_message(message: ConsoleMessage) -> None:
        if _REFUSED.search(message.text):
            return
        if message.type in {"error", "warning"}:
            complaints.append(f"{message.type}: {message.text}")

    def note_response(response: Response) -> None:
        if response.status >= _SERVER_ERROR:
            complaints.append(f"{response.status}: {response.request.method} {response.url}")

    context.on("console", note_message)
    context.on("weberror", lambda error: complaints.append(f"exception: {error.error}"))
    context.on("response", note_response)
    return complaints


@contextmanager
def launched_chromium(playwright: Playwright) -> Iterator[Browser]:
    """This will start the system's Chromium, which every page of a run shares."""
    path = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    assert path, "Browser tests need Chromium. Install it; on Debian: apt-get install chromium"
    browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_ARGUMENTS))
    try:
        yield browser
    finally:
        browser.close()


@contextmanager
def opened_page(
    browser: Browser, *, base_url: str, view: View, signed_in: StorageState | None = None
) -> Iterator[Page]:
    """This will open a page that fails its test if the browser complained about anything.

    Arguments:
        browser: from `launched_chromium`.
        base_url: what relative addresses belong to.
        view: width and theme.
        signed_in: cookies of an earlier page, to be somebody from the start.
    """
    context = browser.new_context(
        base_url=base_url,
        viewport={"width": view.width, "height": WIDTHS[view.width]},
        color_scheme=view.theme,
        reduced_motion="reduce",
        locale="en-US",
        timezone_id="America/New_York",
        storage_state=signed_in,
    )
    complaints = collect_complaints(context)
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    try:
        yield context.new_page()
    finally:
        context.close()
    assert complaints == [], "\n".join(complaints)


def check_accessibility(page: Page) -> None:
    """This will let axe look at the page as it stands, contrast and focus order included."""
    # Preloading would fetch our style sheets into inline ones, which the page refuses.
    results = Axe().run(page, options={"preload": False})
    assert results.violations_count == 0, results.generate_report()


def check_fits(page: Page) -> None:
    """This will see that nothing sticks out sideways: a page scrolls down, never across."""
    page.wait_for_load_state()  # an address may be right before its style sheets are there
    overhang = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert overhang == 0, f"{page.url} is {overhang} pixels wider than its window"


def take_screenshot(page: Page, *, folder: Path, name: str, view: View) -> None:
    """This will keep a picture of the whole page."""
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(
        path=folder / f"{name}-{view}.png",
        full_page=True,
        animations="disabled",
        caret="hide",
        timeout=PICTURE_MILLISECONDS,
    )
