"""Chromium, driven by Playwright, and what every page must pass."""

from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, expect

from conftest import CHROMIUM

WIDTHS = {1440: 900, 820: 1180, 390: 844}
"""A desk, a tablet, a phone: width and height in CSS pixels."""
VIEWS = tuple((width, theme) for width in WIDTHS for theme in ("light", "dark"))
ARGUMENTS = [
    "--no-sandbox",  # CI runs as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MILLISECONDS = 60_000
"""A busy machine answers late: only what never comes is a failure."""


@contextmanager
def launched(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
    try:
        yield browser
    finally:
        browser.close()


@contextmanager
def opened(
    browser: Browser, *, base_url: str, width: int, theme: str, has_scripts: bool = True
) -> Iterator[Page]:
    """Open a page; it must end without complaints of the browser."""
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        # A refused form is answered with its own status, which the browser mentions.
        if message.type in ("error", "warning") and "status of 4" not in message.text:
            complaints.append(message.text)

    context = browser.new_context(
        base_url=base_url,
        viewport={"width": width, "height": WIDTHS[width]},
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
        java_script_enabled=has_scripts,
    )
    context.on("console", note)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    try:
        yield context.new_page()
    finally:
        context.close()
    assert complaints == []


def check(page: Page) -> None:
    """See that a page is accessible, and scrolls down only."""
    # Preloading would fetch style sheets into inline ones, which the page refuses.
    results = Axe().run(page, options={"preload": False})
    assert results.violations_count == 0, results.generate_report()
    overhang = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert overhang == 0, f"{page.url} is {overhang} pixels wider than its window"
