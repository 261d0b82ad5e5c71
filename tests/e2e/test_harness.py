"""The browser tests notice what they are there to notice."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.support.browser import (
    DESK,
    View,
    check_accessibility,
    check_fits,
    opened_page,
    take_screenshot,
)

HEAD = "<!doctype html><html lang=en><meta charset=utf-8><title>Lamps</title><main><h1>Lamps</h1>"
PAGES = {
    "/good": HEAD,
    "/inline": f"{HEAD}<script>document.title = 'Chairs'</script>",
    "/nameless": f"{HEAD}<button></button>",
    "/wide": f"{HEAD}<table width=2000><tr><td>A lamp</table>",
    "/missing": f"{HEAD}<img alt='A lamp' src=/broken>",
}


class _Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        is_page = self.path in PAGES
        body = PAGES.get(self.path, "broken").encode()
        self.send_response(200 if is_page or self.path == "/favicon.ico" else 500)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", "default-src 'self'")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_good_page_passes(chromium: Browser, site: str, tmp_path: Path, view: View) -> None:
    with opened_page(chromium, base_url=site, view=view) as page:
        page.goto("/good")
        expect(page).to_have_title("Lamps")
        check_accessibility(page)
        check_fits(page)
        take_screenshot(page, folder=tmp_path, name="good", view=view)
        assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") == (
            view.theme == "dark"
        )
    width = int.from_bytes((tmp_path / f"good-{view}.png").read_bytes()[16:20], "big")
    assert width == view.width


@pytest.mark.parametrize(
    ("path", "complaint"),
    [("/inline", "Content Security Policy"), ("/missing", "500"), ("/nowhere", "500")],
)
def test_complaints_fail_a_test(chromium: Browser, site: str, path: str, complaint: str) -> None:
    with (
        pytest.raises(AssertionError, match=complaint),
        opened_page(chromium, base_url=site, view=DESK) as page,
    ):
        page.goto(path, wait_until="networkidle")


def test_a_nameless_button_is_noticed(chromium: Browser, site: str) -> None:
    with opened_page(chromium, base_url=site, view=DESK) as page:
        page.goto("/nameless")
        with pytest.raises(AssertionError, match="button-name"):
            check_accessibility(page)


def test_a_page_that_scrolls_sideways_is_noticed(chromium: Browser, site: str) -> None:
    with opened_page(chromium, base_url=site, view=DESK) as page:
        page.goto("/wide")
        with pytest.raises(AssertionError, match="wider than its window"):
            check_fits(page)
