"""A bookkeeper for the tests of the console: reads pages and sends their forms."""

import re
from html import unescape
from typing import TYPE_CHECKING, Any

import httpx2

if TYPE_CHECKING:
    from conftest import Running


class Bookkeeper:
    """Somebody who reads pages and sends their forms, as a browser would."""

    def __init__(self, server: "Running", realm_id: str | None = None) -> None:
        self.server = server
        self.base = server.ready["base_url"]
        self.root = f"{self.base}/console/{realm_id or server.ready['realm_id']}"

    def get(self, path: str) -> httpx2.Response:
        return self.server.client.get(f"{self.root}/{path}")

    def read(self, path: str) -> str:
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return unescape(answer.text)

    def send(self, path: str, /, **form: str) -> httpx2.Response:
        headers = {"Sec-Fetch-Site": "same-origin", "Origin": self.base}
        return self.server.client.post(f"{self.root}/{path}", data=form, headers=headers)

    def act(self, path: str, /, **form: str) -> str:
        """Send a form that must be accepted; gives where it leads, below the company."""
        answer = self.send(path, **form)
        assert answer.status_code == 303, find_problem(answer)
        location = answer.headers["location"]
        after = self.server.client.get(f"{self.base}{location}")
        assert after.status_code == 200
        assert 'role="status"' in after.text
        assert 'role="status"' not in self.server.client.get(f"{self.base}{location}").text
        return location.partition(self.root.removeprefix(self.base))[2].lstrip("/")

    def refused(self, path: str, /, **form: str) -> str:
        """Send a form that must be declined; gives the sentence."""
        answer = self.send(path, **form)
        assert 400 <= answer.status_code < 500, answer.status_code
        return find_problem(answer)


def find_problem(answer: httpx2.Response) -> str:
    found = re.search(r'<p class="problem" role="alert">(.*?)</p>', answer.text, re.DOTALL)
    assert found, answer.text[:2000]
    return unescape(found[1])


def item_of(keeper: Bookkeeper, number: str) -> dict[str, Any]:
    found: dict[str, Any] = keeper.server.control("GET", f"items/{number}")
    return found


def make_item(keeper: Bookkeeper, name: str, **more: str) -> str:
    form = {"type": "Inventory", "name": name, "purchase_cost": "2.50", "quantity_on_hand": "8"}
    return keeper.act("items/new", **(form | more)).removeprefix("items/")
