"""A furnished Partsemble as `make demo` starts it, and a browser to look at it."""

import random
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, Page, StorageState, expect, sync_playwright
from tests.support.browser import (
    ALL_VIEWS,
    DESK,
    WIDTHS,
    View,
    check_accessibility,
    check_fits,
    launched_chromium,
    opened_page,
    take_screenshot,
)
from tests.support.emulator import ANSWER_SECONDS
from tests.support.programs import running_program

type OpenPage = Callable[..., AbstractContextManager[Page]]


_UNSET = {
    f"PARTSEMBLE_{name}": ""
    for name in ("DATABASE_URL", "MIGRATION_DATABASE_URL", "SECRET_KEYS", "DATA_DIR")
}
"""Browser tests look at installations of their own, not at the database of the test process."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--screenshots",
        type=Path,
        help="folder that keeps the pictures of the main pages (otherwise they are thrown away)",
    )


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright, launched_chromium(playwright) as browser:
        yield browser


_PORTS = range(20_000, 32_000)
"""Below those that the system gives to connections: whoever asks for an answer before the server
listens takes one of them, and it may be the very one that the server is to have."""


def _take_free_port() -> int:
    chance = random.SystemRandom()
    while True:
        port = chance.choice(_PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@pytest.fixture(scope="session")
def empty_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a web server without anybody in its database, with the style page."""
    folder = tmp_path_factory.mktemp("empty-site")
    port = _take_free_port()
    url = f"http://localhost:{port}"
    environment = {
        **_UNSET,
        "PARTSEMBLE_DATA_DIR": str(folder / "data"),
        "PARTSEMBLE_BASE_URL": url,
        "PARTSEMBLE_DEBUG": "yes",
    }
    with running_program("partsemble", "migrate", folder=folder, environment=environment) as once:
        assert once.process.wait() == 0, once.read_log()
    serve = ("serve", "--port", str(port))
    with running_program("partsemble", *serve, folder=folder, environment=environment) as program:
        program.wait_for(lambda: _answers(f"{url}/readyz"), what="an answer")
        yield url


def _answers(url: str) -> bool:
    try:
        return httpx2.get(url, timeout=ANSWER_SECONDS).is_success
    except httpx2.TransportError:
        return False


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The ready file of a running demo on SQLite (url, email, password, business, emulator),

    and `data_dir`, where its database is.
    """
    folder = tmp_path_factory.mktemp("demo")
    arguments = (
        *("demo", "--port", str(_take_free_port()), "--emulator-port", str(_take_free_port())),
        *("--data-dir", str(folder / "data"), "--ready-file", "{ready}"),
    )
    with running_program("partsemble", *arguments, folder=folder, environment=_UNSET) as program:
        yield {**program.wait_until_ready(), "data_dir": folder / "data"}


@pytest.fixture(scope="session")
def signed_in(chromium: Browser, demo: dict[str, Any]) -> StorageState:
    """The cookies of the demo's owner, who signed in through the form once."""
    with opened_page(chromium, base_url=demo["url"], view=DESK) as page:
        page.goto("/")
        page.get_by_label("Email").fill(demo["email"])
        page.get_by_label("Password", exact=True).fill(demo["password"])
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/b/**")
        return page.context.storage_state()


@pytest.fixture(scope="session")
def synced(chromium: Browser, demo: dict[str, Any], signed_in: StorageState) -> dict[str, Any]:
    """The demo after its owner has connected and synced, click by click.

    Other tests may have been here before, and have created other businesses.
    """
    home = f"/b/{demo['business']}/"
    with opened_page(chromium, base_url=demo["url"], view=DESK, signed_in=signed_in) as page:
        page.goto(f"{home}settings/integrations/")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        if page.get_by_role("button", name="Connect to QuickBooks").is_visible():
            page.goto(home)
            page.get_by_role("link", name="Connect to QuickBooks").click()
            page.get_by_role("button", name="Connect to QuickBooks").click()
            page.wait_for_url(f"{demo['emulator']['base_url']}/**")
            page.get_by_role("button", name="Connect", exact=True).click()
            expect(page.get_by_text("Connected to Hollow Reed Lamp Works.")).to_be_visible()
        page.get_by_role("button", name="Sync Items").click()
        expect(page.get_by_text("in step with your books")).to_be_visible()
    return demo


@pytest.fixture
def open_page(chromium: Browser, demo: dict[str, Any], signed_in: StorageState) -> OpenPage:
    """Opens pages as the demo's owner: `with open_page(view=…) as page`."""
    return partial(opened_page, chromium, base_url=demo["url"], signed_in=signed_in)


@pytest.fixture(params=ALL_VIEWS, ids=str)
def view(request: pytest.FixtureRequest) -> View:
    """Every width in both themes."""
    chosen: View = request.param
    return chosen


@pytest.fixture
def inspect_page(request: pytest.FixtureRequest, tmp_path: Path, view: View) -> Callable[..., None]:
    """Looks at a page as a critic does: accessible, not too wide, and a picture for the record."""
    folder = request.config.getoption("--screenshots") or tmp_path

    def inspect(page: Page, *, name: str) -> None:
        page.wait_for_load_state()  # an address may be right before its style sheets are there
        take_screenshot(page, folder=folder, name=name, view=view)
        check_accessibility(page)
        check_fits(page)

    return inspect


@pytest.fixture
def inspect_everywhere(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., None]:
    """Looks at an open page at every width in both themes, in the middle of a journey."""
    folder = request.config.getoption("--screenshots") or tmp_path

    def inspect(page: Page, *, name: str, views: Sequence[View] = ALL_VIEWS) -> None:
        page.wait_for_load_state()
        for view in views:
            page.set_viewport_size({"width": view.width, "height": WIDTHS[view.width]})
            page.emulate_media(color_scheme=view.theme, reduced_motion="reduce")
            take_screenshot(page, folder=folder, name=name, view=view)
            check_accessibility(page)
            check_fits(page)
        page.set_viewport_size({"width": DESK.width, "height": WIDTHS[DESK.width]})
        page.emulate_media(color_scheme=DESK.theme, reduced_motion="reduce")

    return inspect
