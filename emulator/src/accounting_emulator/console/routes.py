"""The console as a whole: every page of it, and what stands around each."""

from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl, quote, unquote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from accounting_emulator.console import (
    accounts,
    activity,
    behaviour,
    faults,
    frame,
    home,
    items,
    merging,
    parts,
    people,
    trial,
)
from accounting_emulator.console.levers import Declined, Levers
from accounting_emulator.console.markup import Html, tag, together
from accounting_emulator.console.pages import problem_page
from accounting_emulator.console.visit import (
    ROOT,
    Answer,
    GoOn,
    Screen,
    Visit,
    find_intrusion,
)

COOKIE = "emulator_notice"
MAX_FORM = 100_000
MAX_NOTICE = 300
_PARTS = (items, merging, accounts, people, trial, activity, faults, behaviour)
_TABS = (
    ("items", "Items"),
    ("accounts", "Accounts"),
    ("customers", "Customers"),
    ("vendors", "Vendors"),
    ("trial-balance", "Trial balance"),
    ("activity", "Activity"),
    ("faults", "Faults"),
    ("clock", "Clock & switches"),
)
_Respond = Callable[[Request], Awaitable[Response]]


class Console:
    """The pages of the person who plays the bookkeeper; `control` answers the control API."""

    def __init__(self, *, control: ASGIApp, base_url: str) -> None:
        self._levers = Levers(app=control)
        self._base_url = base_url

    def routes(self) -> list[Route]:
        """List the addresses of all pages."""
        pages = [
            Route(f"{ROOT}/{{realm_id}}/{path}", self._guarded(self._showing(answer)), methods=[m])
            for part in _PARTS
            for m, path, answer in part.table()
        ]
        return [
            Route("/", self._guarded(self._home)),
            Route(ROOT, self._guarded(self._home)),
            Route(ROOT, self._guarded(self._found), methods=["POST"]),
            Route(f"{ROOT}/{{realm_id}}", self._guarded(self._enter)),
            *pages,
            *frame.routes(),
        ]

    def _guarded(self, respond: _Respond) -> _Respond:
        async def guard(request: Request) -> Response:
            intrusion = find_intrusion(request=request)
            if intrusion is not None:
                return problem_page(sentence=intrusion, status=403)
            try:
                return await respond(request)
            except Declined as declined:
                return problem_page(sentence=declined.sentence, status=declined.status)

        return guard

    async def _home(self, request: Request) -> Response:
        del request
        return await self._show_home({}, "")

    async def _found(self, request: Request) -> Response:
        form = await _read_form(request)
        try:
            realm_id = await home.found_company(levers=self._levers, form=form)
        except Declined as declined:
            return await self._show_home(form, declined.sentence, declined.status)
        name = form.get("name", "").strip()
        return _leave(GoOn(f"{ROOT}/{realm_id}/items", f"{name} is founded."))

    async def _show_home(self, form: dict[str, str], problem: str, status: int = 200) -> Response:
        companies = (await self._levers.read("companies"))["companies"]
        body = home.show_home(
            companies=companies, base_url=self._base_url, form=form, problem=problem
        )
        return frame.make_page(title="Companies", body=body, sort="console", status=status)

    async def _enter(self, request: Request) -> Response:
        return RedirectResponse(f"{ROOT}/{request.path_params['realm_id']}/items", status_code=303)

    def _showing(self, answer: Answer) -> _Respond:
        async def respond(request: Request) -> Response:
            visit = await self._open(request)
            try:
                found = await answer(visit)
            except Declined as declined:
                found = _not_there(visit, declined)
            if isinstance(found, GoOn):
                return _leave(found)
            title = f"{found.title} · {visit.company['name']}"
            body = _surround(visit, found)
            page = frame.make_page(title=title, body=body, sort="console", status=found.status)
            if visit.notice:
                page.delete_cookie(COOKIE, path=ROOT)
            return page

        return respond

    async def _open(self, request: Request) -> Visit:
        """Find out which company it is about, and what is to be said.

        Raises:
            Declined: there is no such company.
        """
        realm_id = request.path_params["realm_id"]
        companies = (await self._levers.read("companies"))["companies"]
        company = next((row for row in companies if row["realm_id"] == realm_id), None)
        if company is None:
            raise Declined(404, f"There is no company with id {realm_id}. Choose one at “/”.")
        return Visit(
            request=request,
            levers=self._levers,
            company=company,
            clock=await self._levers.read("clock"),
            form=await _read_form(request) if request.method == "POST" else {},
            notice=unquote(request.cookies.get(COOKIE, ""))[:MAX_NOTICE],
        )


def _not_there(visit: Visit, declined: Declined) -> Screen:
    back = parts.link("To the items", visit.path("items"), class_="button")
    body = together(parts.heading("Not there", back), parts.problem(declined.sentence))
    return Screen("Not there", "", body, declined.status)


async def _read_form(request: Request) -> dict[str, str]:
    """Read a form; more than any of ours holds is cut off."""
    text = (await request.body())[:MAX_FORM].decode(errors="replace")
    return dict(parse_qsl(text, keep_blank_values=True))


def _leave(going: GoOn) -> Response:
    response = RedirectResponse(going.path, status_code=303)
    if going.notice:
        value = quote(going.notice[:MAX_NOTICE])
        response.set_cookie(COOKIE, value, max_age=60, path=ROOT, httponly=True, samesite="strict")
    return response


def _surround(visit: Visit, screen: Screen) -> Html:
    """Put the company, the clock and the tabs around a screen."""
    tabs = (
        tag("li", parts.link(words, visit.path(path),
                             aria_current="page" if path == screen.tab else None))
        for path, words in _TABS
    )  # fmt: skip
    return together(
        tag("a", "Skip to content", href="#content", class_="skip"),
        tag(
            "header",
            tag(
                "div",
                parts.link("Accounting emulator", "/", class_="product"),
                tag("span", parts.name(visit.company["name"]), class_="company"),
                _time(visit),
                class_="bar",
            ),
            tag("nav", tag("ul", tabs), aria_label="Books", class_="tabs"),
            class_="top",
        ),
        tag(
            "main",
            tag("p", visit.notice, class_="notice", role="status") if visit.notice else None,
            screen.body,
            id="content",
        ),
    )


def _time(visit: Visit) -> Html:
    now, clock = visit.now, visit.clock
    words = f"{now:%Y-%m-%d %H:%M}"
    state = None
    if clock["is_stopped"]:
        state = parts.badge("stopped", "warn")
    elif abs(clock["offset_seconds"]) >= 1:
        state = parts.badge("moved", "warn")
    return parts.link(together(tag("time", words), state), visit.path("clock"), class_="hour",
                      aria_label=f"The emulator's clock: {words}")  # fmt: skip
