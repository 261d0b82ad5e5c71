"""What happened: changes of objects, postings, requests of apps, deliveries of webhooks."""

from urllib.parse import unquote_plus

from accounting_emulator.console import parts
from accounting_emulator.console.forms import read_whole
from accounting_emulator.console.levers import Declined, Shown
from accounting_emulator.console.markup import Html, tag, together
from accounting_emulator.console.visit import (
    PAGE_ROWS,
    GoOn,
    Screen,
    Table,
    Visit,
    show_again,
)

_VIEWS = (
    ("activity", "Changes"),
    ("activity/entries", "Entries"),
    ("activity/requests", "Requests"),
    ("activity/deliveries", "Webhooks"),
)
_PAGES = {"Item": "items", "Account": "accounts", "Customer": "customers", "Vendor": "vendors"}
_VERBS = {"Create": "Created", "Update": "Changed", "Delete": "Deleted", "Merge": "Merged"}
_FAILURES = {
    "ConnectionRefusedError": "nobody listens",
    "ConnectionResetError": "hung up",
    "IncompleteReadError": "hung up",
    "ValueError": "not HTTP",
}
_METHODS = (("", "Any"), ("GET", "GET"), ("POST", "POST"))


def table() -> Table:
    """List what this part answers."""
    return (
        ("GET", "activity", _changes),
        ("GET", "activity/entries", _entries),
        ("GET", "activity/requests", _requests),
        ("POST", "activity/requests/forget", _forget_requests),
        ("GET", "activity/requests/{number:int}", _request),
        ("GET", "activity/deliveries", _deliveries),
        ("POST", "activity/deliveries/listener", _aim),
        ("POST", "activity/deliveries/forget", _forget_deliveries),
        ("POST", "activity/deliveries/{number:int}/replay", _replay),
    )


def _top(visit: Visit, here: str, *actions: Html) -> Html:
    links = (
        tag("li", parts.link(words, visit.path(path),
                             aria_current="page" if path == here else None))
        for path, words in _VIEWS
    )  # fmt: skip
    return together(
        parts.heading("Activity", *actions),
        tag("nav", tag("ul", links), aria_label="Kinds of activity", class_="views"),
        parts.problem(visit.problem),
    )


async def _changes(visit: Visit) -> Screen:
    found = await visit.levers.read(visit.books("changes"), after=visit.after, limit=PAGE_ROWS)
    rows = (
        parts.row(
            parts.stamp(visit, change["at"]),
            _verb(change),
            change["entity"],
            _object(visit, change),
            marks=". . + .",
        )
        for change in found["changes"]
    )
    body = together(
        _top(visit, "activity"),
        parts.table("Changes", ("When", "What", "+Kind", "Name"), rows)
        if found["changes"]
        else parts.nothing("Nothing changed yet. What apps and people change appears here."),
        parts.pager(visit, "activity", found["count"]),
    )
    return Screen("Activity", "activity", body)


def _verb(change: Shown) -> str:
    return "Stock moved" if change["is_stock_move"] else _VERBS[change["operation"]]


def _object(visit: Visit, change: Shown) -> Html:
    words = parts.path_name(change["name"] or f"number {change['id']}")
    page = _PAGES.get(change["entity"]) if change["name"] else None
    shown = parts.link(words, visit.path(f"{page}/{change['id']}")) if page else words
    if change["deleted_id"] is None:
        return shown
    lost = change["deleted_name"] or f"number {change['deleted_id']}"
    return together(shown, tag("small", "took over ", parts.path_name(lost), class_="path"))


async def _entries(visit: Visit) -> Screen:
    currency = visit.company["currency"]
    found = await visit.levers.read(visit.books("entries"), after=visit.after, limit=PAGE_ROWS)
    rows = (
        _line(visit, entry, line, is_first=place == 0)
        for entry in found["entries"]
        for place, line in enumerate(entry["lines"])
    )
    heads = ("Entry", "Account", f"#Debit, {currency}", f"#Credit, {currency}")
    body = together(
        _top(visit, "activity/entries"),
        parts.table("Entries", heads, rows)
        if found["entries"]
        else parts.nothing("Nothing was posted yet. Stock and balances make the first entries."),
        parts.pager(visit, "activity/entries", found["count"]),
    )
    return Screen("Entries", "activity", body)


def _line(visit: Visit, entry: Shown, line: Shown, *, is_first: bool) -> Html:
    """Show one line; the first says beside all of them what the entry is for."""
    address = visit.path(f"accounts/{line['account_id']}")
    memo = tag("td", _memo(visit, entry), rowspan=len(entry["lines"])) if is_first else None
    return tag(
        "tr",
        memo,
        tag("td", parts.link(parts.path_name(line["account_name"]), address)),
        tag("td", parts.money(line["debit"]), class_="figure"),
        tag("td", parts.money(line["credit"]), class_="figure"),
        class_=None if is_first else "continues",
    )


def _memo(visit: Visit, entry: Shown) -> Html:
    day = tag("time", entry["occurred_on"])
    what = tag("small", entry["memo"], class_="path")
    if entry["item_id"] is None:
        return together(day, what)
    item = parts.link(parts.path_name(entry["item_name"]), visit.path(f"items/{entry['item_id']}"))
    return together(day, what, tag("small", item, class_="path"))


async def _requests(visit: Visit) -> Screen:
    query, problem = visit.query, visit.problem
    words = {word: query.get(word, "") for word in ("method", "path", "fault")}
    try:
        words["status"] = str(read_whole(text=query.get("status", ""), what="status") or "")
    except Declined as declined:
        problem = declined.sentence
    wanted = {word: value for word, value in words.items() if value}
    found = await visit.levers.read("requests", limit=PAGE_ROWS, **wanted)
    looking = parts.search_form(
        parts.select("Method", "method", _METHODS, words["method"]),
        parts.field("Part of the path", "path", words["path"], type="search"),
        parts.figure_field("Status", "status", query.get("status", "")),
        parts.select("Faults", "fault", (("", "Any"), ("any", "Only spoiled")), words["fault"]),
    )
    forget = parts.form(
        visit.path("activity/requests/forget"), parts.button("Forget all"), class_="inline"
    )
    follow = tag("button", "Follow", type="button", data_follow=True, hidden=True,
                 aria_pressed="false")  # fmt: skip
    body = together(
        _top(visit, "activity/requests", follow, forget),
        parts.problem(problem),
        looking,
        tag("div", _request_rows(visit, found), data_live=True),
    )
    return Screen("Requests", "activity", body)


def _request_rows(visit: Visit, found: Shown) -> Html:
    if not found["requests"]:
        return parts.nothing("No app asked for anything like that yet.")
    rows = (
        parts.row(
            parts.stamp(visit, entry["at"]),
            tag("span", parts.badge(str(entry["status"]), _tone(entry["status"])),
                parts.badge(entry["fault"], "warn") if entry.get("fault") else None),
            entry["method"],
            parts.link(parts.name(_address(visit, entry)),
                       visit.path(f"activity/requests/{entry['number']}")),
            f"{float(entry['ms']):.1f}",
            marks=". . + . #",
        )
        for entry in reversed(found["requests"])
    )  # fmt: skip
    return together(
        parts.table("Requests", ("When", "Status", "+Method", "Path", "#ms"), rows),
        tag("p", f"The newest that match, of {found['count']:,} in all.",
            class_="note"),
    )  # fmt: skip


def _address(visit: Visit, entry: Shown) -> str:
    """Write a path and its query as people read them, without what is the same for all."""
    query = unquote_plus(entry.get("query", ""))
    path = entry["path"].replace(f"/v3/company/{visit.realm_id}/", "… ")
    whole = path + (f"?{query}" if query else "")
    return whole if len(whole) <= 120 else f"{whole[:119]}…"


def _tone(status: int) -> str:
    if status == 0:
        return "bad"
    return "good" if status < 400 else "warn" if status < 500 else "bad"


async def _request(visit: Visit) -> Screen:
    entry = await visit.levers.read(f"requests/{visit.number}")
    back = visit.path("activity/requests")
    body = together(
        parts.heading(
            together(f"Request {entry['number']}",
                     parts.badge(str(entry["status"]), _tone(entry["status"]))),
            parts.link("All requests", back, class_="button"),
        ),
        parts.card(
            "What was asked",
            parts.facts(
                ("When", parts.stamp(visit, entry["at"])),
                ("Method", entry["method"]),
                ("Path", tag("code", entry["path"])),
                ("Query", tag("code", entry.get("query", ""))),
                ("Took", f"{float(entry['ms']):.1f} ms"),
                ("Fault", entry.get("fault", "") or "none"),
                ("intuit_tid", tag("code", entry.get("intuit_tid", ""))),
            ),
        ),
        _body("Request body", entry.get("request_body", "")),
        _body("Answer, its beginning", entry.get("response_body", "")),
    )  # fmt: skip
    return Screen(f"Request {entry['number']}", "activity", body)


def _body(title: str, text: str) -> Html | None:
    if not text:
        return None
    shown = tag("pre", "\n" + text, tabindex=0, role="region", aria_label=title, dir="auto")
    return parts.card(title, shown)


async def _forget_requests(visit: Visit) -> GoOn:
    await visit.levers.pull("DELETE", "requests")
    return GoOn(visit.path("activity/requests"), "All requests are forgotten.")


async def _deliveries(visit: Visit) -> Screen:
    hooks = await visit.levers.read("webhooks", limit=PAGE_ROWS)
    typed = visit.form.get("url", hooks["url"] or "")
    waiting = f"Notifications that wait: {hooks['waiting']}. "
    waiting += f"Changes that gather: {hooks['gathering']}."
    listener = parts.card(
        "Listener",
        parts.form(
            visit.path("activity/deliveries/listener"),
            parts.field("Address", "url", typed, type="url", dir="ltr",
                        hint="An http address of this machine; empty sends nothing."),
            parts.button("Save"),
            class_="inline",
        ),
        tag("p", waiting, class_="note"),
    )  # fmt: skip
    forget = parts.form(
        visit.path("activity/deliveries/forget"), parts.button("Forget all"), class_="inline"
    )
    body = together(
        _top(visit, "activity/deliveries", forget),
        listener,
        _delivery_rows(visit, hooks["deliveries"]),
    )
    return Screen("Webhooks", "activity", body)


def _delivery_rows(visit: Visit, deliveries: list[Shown]) -> Html:
    if not deliveries:
        return parts.nothing("Nothing was sent yet. Choose a listener, then change something.")
    rows = (
        parts.row(
            parts.stamp(visit, row["at"]),
            together(
                _outcome(row),
                tag("details", tag("summary", "Body"), tag("pre", row["body"], tabindex=0)),
            ),
            f"{row['notification']}, try {row['attempt']}",
            f"{float(row['ms']):.1f}",
            parts.form(visit.path(f"activity/deliveries/{row['number']}/replay"),
                       parts.button("Send again", aria_label=f"Send {row['number']} again")),
            marks=". . + #+ .",
        )
        for row in reversed(deliveries)
    )  # fmt: skip
    heads = ("When", "Outcome and body", "+Notification", "#+ms", "Replay")
    return parts.table("Deliveries", heads, rows)


def _outcome(row: Shown) -> Html:
    if row["is_acknowledged"]:
        return parts.badge("Duplicate" if row["is_duplicate"] else "Taken", "good")
    if row["status"]:
        return parts.badge(str(row["status"]), "bad")
    error = row["error"].partition(":")[0]
    why = tag("small", _FAILURES.get(error, error), class_="path")
    return together(parts.badge("No answer", "bad"), why)


async def _aim(visit: Visit) -> Screen | GoOn:
    url = visit.form.get("url", "").strip() or None
    try:
        await visit.levers.pull("POST", "webhooks", {"url": url})
    except Declined as declined:
        return await show_again(visit, declined, _deliveries)
    words = "Notifications go there now." if url else "Notifications go nowhere now."
    return GoOn(visit.path("activity/deliveries"), words)


async def _forget_deliveries(visit: Visit) -> GoOn:
    await visit.levers.pull("DELETE", "webhooks")
    return GoOn(visit.path("activity/deliveries"), "What waited and what was sent is forgotten.")


async def _replay(visit: Visit) -> Screen | GoOn:
    try:
        await visit.levers.pull("POST", "webhooks/replay", {"delivery": visit.number})
    except Declined as declined:
        return await show_again(visit, declined, _deliveries)
    return GoOn(visit.path("activity/deliveries"), "It was sent again.")
