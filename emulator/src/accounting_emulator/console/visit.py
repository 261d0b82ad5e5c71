"""One visit to a page of the console: who asks for what, and what comes back.

A page is a function of a visit that gives a screen, or tells the browser where to go on. After a
change it always goes on, so that reloading repeats nothing; what was done is said on the next
page, from a cookie that lives until then.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.requests import Request

from accounting_emulator.console.levers import Declined, Levers, Shown
from accounting_emulator.console.markup import Html

ROOT = "/console"
PAGE_ROWS = 50
MAX_PAGE = 1_000_000


@dataclass(frozen=True, slots=True)
class Screen:
    """A page to show: `tab` is the one it belongs to."""

    title: str
    tab: str
    body: Html
    status: int = 200


@dataclass(frozen=True, slots=True)
class GoOn:
    """Where to go on, and what to say there."""

    path: str
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of a person who plays the bookkeeper of a company."""

    request: Request
    levers: Levers
    company: Shown
    clock: Shown
    form: Mapping[str, str] = field(default_factory=dict)
    notice: str = ""
    problem: str = ""

    @property
    def realm_id(self) -> str:
        """Give the company's id."""
        realm_id: str = self.company["realm_id"]
        return realm_id

    @property
    def zone(self) -> ZoneInfo:
        """Give the zone that the company's dates are in."""
        return ZoneInfo(self.company["time_zone"])

    @property
    def now(self) -> datetime:
        """Give the emulator's time, in the company's zone."""
        return datetime.fromisoformat(self.clock["now"]).astimezone(self.zone)

    @property
    def query(self) -> Mapping[str, str]:
        """Give the words behind the question mark."""
        return self.request.query_params

    @property
    def number(self) -> int:
        """Give the number in the address."""
        number: int = self.request.path_params["number"]
        return number

    @property
    def page(self) -> int:
        """Give which page of a list is asked for, from 1."""
        text = self.query.get("page", "")
        return min(max(int(text), 1), MAX_PAGE) if text.isdecimal() and len(text) < 9 else 1

    @property
    def after(self) -> int:
        """Give how many rows come before the page."""
        return (self.page - 1) * PAGE_ROWS

    def path(self, path: str, **query: str | int) -> str:
        """Give the address of a page of this company's console."""
        words = {name: value for name, value in query.items() if value not in ("", None)}
        return f"{ROOT}/{self.realm_id}/{path}" + (f"?{urlencode(words)}" if words else "")

    def books(self, path: str) -> str:
        """Give the control address of something in this company's books."""
        return f"companies/{self.realm_id}/{path}"

    def moment(self, seconds: float | Decimal) -> datetime:
        """Give an instant in the company's zone."""
        return datetime.fromtimestamp(float(seconds), self.zone)


Answer = Callable[[Visit], Awaitable[Screen | GoOn]]
Table = tuple[tuple[str, str, Answer], ...]
"""Method, path below the company, and what answers."""


async def show_again(visit: Visit, declined: Declined, answer: Answer) -> Screen:
    """Show the page with the form again, with what was typed, and say why it was refused."""
    again = await answer(replace(visit, problem=declined.sentence))
    if isinstance(again, GoOn):
        raise AssertionError("a page that shows a form shows it again")  # noqa: TRY004
    return replace(again, status=declined.status)


def find_intrusion(*, request: Request) -> str | None:
    """Say why a request must not be answered: somebody else's page stands behind it.

    The console asks for no password, so it takes forms only from its own pages: browsers say
    where a form comes from, in Sec-Fetch-Site or in Origin.
    """
    if request.method != "POST":
        return None
    site = request.headers.get("sec-fetch-site")
    origin, host = request.headers.get("origin", ""), request.headers.get("host", "")
    is_ours = origin == f"http://{host}" if site is None else site == "same-origin"
    if not is_ours:
        return "This form came from another site, so nothing was changed. Use the console's own."
    return None
