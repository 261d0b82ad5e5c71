"""Faults: plan them, see which wait and which struck."""

from decimal import Decimal
from typing import Any

import msgspec

from accounting_emulator.console import parts
from accounting_emulator.console.forms import Form, read_figure, read_texts, read_whole
from accounting_emulator.console.levers import Declined, Shown
from accounting_emulator.console.markup import Html, tag, together
from accounting_emulator.console.visit import GoOn, Screen, Table, Visit, show_again

KINDS = {
    "status": "An HTTP status instead of an answer",
    "fault": "A fault of the error table",
    "fault_200": "A fault under HTTP 200",
    "delay": "The answer comes late",
    "drip": "The answer comes in small pieces",
    "close": "Reset before the request is read",
    "close_after": "Reset after the work: the answer is lost",
    "refuse": "Reset, then connections are refused for a while",
    "truncate": "Half of the body, then a reset",
    "wrong_length": "The whole body under a wrong length",
    "malformed": "Half of the JSON under its true length",
    "xml": "XML although JSON was asked for",
    "html": "A proxy's page, 503",
    "empty": "Nothing, under HTTP 200",
    "commands": "Something changes behind the client's back",
}
_STORM = ("close", "close_after", "status:503", "status:503:after", "delay", "malformed")
_MAX_STRUCK = 50
_WHOLE = ("after", "count", "status", "retry_after", "delay_ms", "pieces", "extra_bytes")
_TEXTS = ("when", "method", "entity", "contains", "code", "message", "detail")
_EXTRAS = (
    ("status", "HTTP status", "status", "500"),
    ("retry_after", "Retry-After, seconds", "status", ""),
    ("code", "Code", "fault fault_200", "6000"),
    ("message", "Message", "fault fault_200", ""),
    ("detail", "Detail", "fault fault_200", ""),
    ("delay_ms", "Milliseconds", "delay drip refuse", "1000"),
    ("pieces", "Pieces", "drip", "20"),
    ("extra_bytes", "Bytes too many (or too few)", "wrong_length", "-10"),
)


def table() -> Table:
    """List what this part answers."""
    return (
        ("GET", "faults", _show),
        ("POST", "faults", _plan),
        ("POST", "faults/storm", _plan_storm),
        ("POST", "faults/clear", _clear),
        ("POST", "faults/{number:int}/drop", _drop),
    )


async def _show(visit: Visit) -> Screen:
    waiting = (await visit.levers.read("faults"))["faults"]
    struck = await visit.levers.read("faults/struck", limit=_MAX_STRUCK)
    clear = parts.form(visit.path("faults/clear"), parts.button("Clear all"), class_="inline")
    body = together(
        parts.heading(
            "Faults", clear if waiting or struck["count"] else None,
            under="What goes wrong for apps on purpose, in all companies of this server",
        ),
        parts.problem(visit.problem),
        tag(
            "div",
            _planning(visit),
            tag("div", _waiting(visit, waiting), _struck(struck), class_="column"),
            class_="pair",
        ),
        _storm(visit),
    )  # fmt: skip
    return Screen("Faults", "faults", body)


def _planning(visit: Visit) -> Html:
    form = visit.form
    whens = (("", "As usual for its kind"), ("before", "No"), ("after", "Yes"))
    writes = (("", "Reads and writes"), ("yes", "Writes only"), ("no", "Reads only"))
    extras = (
        tag("div", _extra(form, control, label, usual), data_for=kinds)
        for control, label, kinds, usual in _EXTRAS
    )
    commands = parts.text_field(
        "Commands, as JSON", "commands", form.get("commands"),
        hint='[{"method": "PATCH", "path": "items/9", "body": {"name": "Another"}}]',
    )  # fmt: skip
    return parts.card(
        "Plan a fault",
        parts.form(
            visit.path("faults"),
            tag(
                "div",
                tag(
                    "div",
                    parts.select("What happens", "kind", KINDS.items(), form.get("kind")),
                    class_="wide",
                ),
                extras,
                tag("div", commands, data_for="commands", class_="wide"),
                parts.select("Is the work done first?", "when", whens, form.get("when")),
                class_="fields",
            ),
            tag(
                "fieldset",
                tag("legend", "To which requests"),
                parts.select("Kind", "is_write", writes, form.get("is_write")),
                parts.field("Object", "entity", form.get("entity"), hint="such as item"),
                parts.field("Part of the path", "path", form.get("path", "/v3/"), dir="ltr"),
                parts.field("Text in query or body", "contains", form.get("contains")),
                parts.checkbox("Only of this company", "is_here", is_on="is_here" in form),
                class_="fields",
            ),
            tag(
                "fieldset",
                tag("legend", "To which of those"),
                parts.figure_field("Let pass first", "after", form.get("after", "0")),
                parts.figure_field("How often", "count", form.get("count", "1"), hint="0: always"),
                parts.figure_field("By chance, %", "percent", form.get("percent", "100")),
                parts.field("Seed", "seed", form.get("seed", "0")),
                class_="fields",
            ),
            tag("div", parts.button("Plan it", is_primary=True), class_="actions"),
        ),
    )  # fmt: skip


def _extra(form: Form, control: str, label: str, usual: str) -> Html:
    if control in _WHOLE:
        return parts.figure_field(label, control, form.get(control), hint=_usually(usual))
    return parts.field(label, control, form.get(control), hint=_usually(usual))


def _usually(usual: str) -> str:
    return f"empty is {usual}" if usual else ""


def _waiting(visit: Visit, waiting: list[Shown]) -> Html:
    if not waiting:
        return parts.card("Waiting", parts.nothing("No fault is planned: everything goes well."))
    rows = (
        parts.row(
            tag("span", KINDS[fault["kind"]], tag("small", _conditions(fault), class_="path")),
            str(fault["matched"]),
            str(fault["struck"]),
            parts.form(visit.path(f"faults/{fault['id']}/drop"),
                       parts.button("Drop", aria_label=f"Drop fault {fault['id']}")),
            marks=". # # .",
        )
        for fault in waiting
    )  # fmt: skip
    heads = ("Fault", "#Matched", "#Struck", "Drop")
    return parts.card("Waiting", parts.table("Waiting faults", heads, rows))


def _conditions(fault: Shown) -> str:
    """Say in words when a fault strikes; what is as usual goes without saying."""
    hidden = ("id", "kind", "matched", "struck", "commands", "seed")
    words = [_condition(word, value) for word, value in fault.items() if word not in hidden]
    return ", ".join(words) or "the next request"


def _condition(word: str, value: object) -> str:
    match word, value:
        case "is_write", _:
            return "writes only" if value else "reads only"
        case "rate", Decimal():
            return f"{parts.quantity(value * 100)} % by chance"
        case "count", 0:
            return "for ever"
        case "realm_id", _:
            return f"only company {value}"
        case "when", _:
            return f"{value} the work"
    return f"{word.replace('_', ' ')} {value}"


def _struck(struck: Shown) -> Html:
    if not struck["count"]:
        return parts.card("Struck", parts.nothing("No request met a fault yet."))
    rows = (
        parts.row(
            KINDS[row["kind"]],
            parts.name(f"{row['method']} {row['path']}"),
            str(row["match"]),
            marks=". . #",
        )
        for row in reversed(struck["struck"])
    )
    shown = parts.table("Faults that struck", ("Fault", "Request", "#Match"), rows)
    count = f"The latest of {struck['count']:,}." if struck["count"] > _MAX_STRUCK else None
    return parts.card("Struck", shown, tag("p", count, class_="note") if count else None)


def _storm(visit: Visit) -> Html:
    form = visit.form
    return parts.card(
        "Or a storm",
        tag("p", "Each matching request meets one of these by chance: the same ones for the same "
            "seed, until it is cleared.", class_="note"),
        parts.form(
            visit.path("faults/storm"),
            tag(
                "div",
                (
                    parts.figure_field(_storm_words(kind), f"rate:{kind}",
                                       form.get(f"rate:{kind}", ""))
                    for kind in _STORM
                ),
                parts.figure_field("Seed", "storm_seed", form.get("storm_seed", "1")),
                parts.checkbox("Writes only", "storm_writes", is_on="storm_writes" in form),
                class_="fields",
            ),
            tag("div", parts.button("Start the storm"), class_="actions"),
        ),
    )  # fmt: skip


def _storm_words(kind: str) -> str:
    words = {
        "status:503": "503 before the work, %",
        "status:503:after": "503 after the work, %",
        "delay": "100 ms late, %",
        "malformed": "Half of the JSON, %",
        "close": "Reset before the work, %",
        "close_after": "Reset after the work, %",
    }
    return words[kind]


async def _plan(visit: Visit) -> Screen | GoOn:
    try:
        await visit.levers.pull("POST", "faults", _read_fault(visit.form, visit.realm_id))
    except Declined as declined:
        return await show_again(visit, declined, _show)
    return GoOn(visit.path("faults"), "It is planned.")


def _read_fault(form: Form, realm_id: str) -> Shown:
    """Make a wish of a form: what belongs to other kinds, or is empty, stays out."""
    kind = form.get("kind", "")
    foreign = {control for control, _, kinds, _ in _EXTRAS if kind not in kinds.split()}
    texts = read_texts(form=form, controls=_TEXTS)
    wholes = {word: read_whole(text=form.get(word, ""), what=word) for word in _WHOLE}
    wish: Shown = {word: value for word, value in (texts | wholes).items()
                   if value is not None and word not in foreign}  # fmt: skip
    wish |= {"kind": kind, "path": form.get("path", "/v3/"), "seed": form.get("seed") or "0"}
    percent = read_figure(text=form.get("percent", ""), what="chance")
    if percent is not None:
        wish["rate"] = percent / 100
    if form.get("is_write"):
        wish["is_write"] = form["is_write"] == "yes"
    if "is_here" in form:
        wish["realm_id"] = realm_id
    if kind == "commands":
        wish["commands"] = _read_commands(form.get("commands", ""))
    return wish


def _read_commands(text: str) -> list[dict[str, Any]]:
    try:
        return msgspec.json.decode(text or "[]", type=list[dict[str, Any]])
    except msgspec.DecodeError as error:
        raise Declined(400, f"The commands are not a JSON list: {error}.") from error


def _read_storm(form: Form) -> Shown:
    rates = {
        kind: percent / 100
        for kind in _STORM
        if (percent := read_figure(text=form.get(f"rate:{kind}", ""), what="chance"))
    }
    if not rates:
        raise Declined(400, "Give at least one kind of fault a chance.")
    seed = read_whole(text=form.get("storm_seed", ""), what="seed")
    wish: Shown = {"seed": seed or 0, "rates": rates}
    return wish | {"is_write": True} if "storm_writes" in form else wish


async def _plan_storm(visit: Visit) -> Screen | GoOn:
    try:
        await visit.levers.pull("POST", "faults/mix", _read_storm(visit.form))
    except Declined as declined:
        return await show_again(visit, declined, _show)
    return GoOn(visit.path("faults"), "The storm is on.")


async def _clear(visit: Visit) -> GoOn:
    await visit.levers.pull("DELETE", "faults")
    return GoOn(visit.path("faults"), "No fault is planned any more.")


async def _drop(visit: Visit) -> GoOn:
    await visit.levers.pull("DELETE", f"faults/{visit.number}")
    return GoOn(visit.path("faults"), "It is dropped.")
