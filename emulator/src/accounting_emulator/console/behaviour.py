"""Clock, connections and switches: how the server behaves from now on."""

from datetime import datetime
from decimal import Decimal
from itertools import groupby

from accounting_emulator.console import parts
from accounting_emulator.console.forms import Form, read_figure
from accounting_emulator.console.levers import Declined, Shown
from accounting_emulator.console.markup import Html, tag, together
from accounting_emulator.console.visit import GoOn, Screen, Table, Visit, show_again

_STEPS = (("3600", "1 hour"), ("86400", "1 day"), ("8640000", "100 days"))
_CUTS = {
    "revoke": ("Disconnect all apps", "All apps are disconnected."),
    "expire-access-tokens": ("Expire access tokens", "All access tokens are too old now."),
    "expire-refresh-tokens": ("Expire refresh tokens", "All refresh tokens are too old now."),
}


def table() -> Table:
    """List what this part answers."""
    return (
        ("GET", "clock", _show),
        ("POST", "clock", _move),
        ("POST", "clock/connections", _cut),
        ("POST", "clock/switches", _turn),
        ("POST", "clock/switches/default", _turn_back),
    )


async def _show(visit: Visit) -> Screen:
    switches = (await visit.levers.read("switches/explained"))["switches"]
    groups = [(group, list(rows)) for group, rows in groupby(switches, key=lambda s: s["group"])]
    changed = [row["name"] for row in switches if row["value"] != row["default"]]
    body = together(
        parts.heading("Clock and switches", under="They hold for all companies of this server"),
        parts.problem(visit.problem),
        tag("div", _clock(visit), _connections(visit), class_="pair"),
        tag(
            "div",
            tag("h2", "Switches"),
            tag("p", _count(changed), class_="note"),
            parts.form(
                visit.path("clock/switches/default"), parts.button("All back to the default")
            )
            if changed
            else None,
            class_="between",
        ),
        tag("div", (_group(visit, group, rows) for group, rows in groups), class_="masonry"),
    )
    return Screen("Clock and switches", "clock", body)


def _count(changed: list[str]) -> str:
    if not changed:
        return "Each is where it is at first: like the real service, as far as that is known."
    return f"{len(changed)} changed: {', '.join(word.replace('_', ' ') for word in changed)}."


def _clock(visit: Visit) -> Html:
    action = visit.path("clock")
    now, is_stopped = visit.now, visit.clock["is_stopped"]
    running = "Time stands still." if is_stopped else "Time runs."
    steps = (parts.button(f"+ {words}", name="advance", value=value) for value, words in _STEPS)
    turn = ("no", "Let it run") if is_stopped else ("yes", "Stop")
    return parts.card(
        "Clock",
        tag("p", tag("time", f"{now:%Y-%m-%d %H:%M:%S}", datetime=now.isoformat()), class_="now"),
        tag("p", f"{running} {_ahead(visit.clock['offset_seconds'])} "
            f"Shown in {visit.company['time_zone'].replace('_', ' ')}.", class_="note"),
        parts.form(action, tag("div", steps, class_="actions")),
        parts.form(
            action,
            tag("div",
                parts.button(turn[1], name="stopped", value=turn[0]),
                parts.button("Back to the real time", name="reset", value="yes"),
                class_="actions"),
        ),
        parts.form(
            action,
            parts.field("Set to", "set_to", visit.form.get("set_to", f"{now:%Y-%m-%dT%H:%M}"),
                        type="datetime-local"),
            parts.button("Set"),
            class_="inline",
        ),
    )  # fmt: skip


def _ahead(seconds: float) -> str:
    whole = round(abs(seconds))
    if whole < 1:
        return "It shows the real time."
    days, rest = divmod(whole, 86_400)
    hours, rest = divmod(rest, 3_600)
    amounts = ((days, "day"), (hours, "hour"), (rest // 60, "minute"), (rest % 60, "second"))
    words = [f"{n:,} {unit}{'' if n == 1 else 's'}" for n, unit in amounts if n][:2]
    return f"It is {' and '.join(words)} {'ahead' if seconds > 0 else 'behind'}."


def _connections(visit: Visit) -> Html:
    rows = (parts.button(words, name="cut", value=cut) for cut, (words, _) in _CUTS.items())
    return parts.card(
        "Connected apps",
        tag("p", f"What a person, or time, does to the apps connected to {visit.company['name']}.",
            class_="note"),
        parts.form(visit.path("clock/connections"), tag("div", rows, class_="actions")),
    )  # fmt: skip


def _group(visit: Visit, group: str, rows: list[Shown]) -> Html:
    return parts.card(
        group,
        parts.form(
            visit.path("clock/switches"),
            tag("input", type="hidden", name="group", value=group),
            (_switch(visit, row) for row in rows),
            tag(
                "div",
                parts.button("Save", aria_label=f"Save {group.lower()}"),
                class_="actions",
            ),
        ),
    )


def _switch(visit: Visit, row: Shown) -> Html:
    switch = row["name"]
    label = switch.replace("_", " ").capitalize().replace("cdc", "CDC").replace("Cdc", "CDC")
    typed = visit.form if visit.form.get("group") == row["group"] else None
    mark = parts.badge("changed", "warn") if row["value"] != row["default"] else None
    if row["kind"] == "flag":
        is_on = row["value"] if typed is None else switch in typed
        return parts.checkbox(together(label, mark), switch, is_on=is_on, hint=row["sentence"])
    value = _written(row) if typed is None else typed.get(switch, "")
    hint = tag("small", row["sentence"], id=f"{switch}-hint")
    named = {"id": switch, "name": switch, "aria_describedby": f"{switch}-hint"}
    if row["kind"] == "choice":
        choices = ((word, word.replace("_", " ")) for word in row["choices"])
        control = tag("select", parts.options(choices, value), **named)
    else:
        mode = "decimal" if row["kind"] == "number" else None
        control = tag("input", type="text", value=value, inputmode=mode, autocomplete="off",
                      **named)  # fmt: skip
    return tag("p", tag("label", label, mark, for_=switch), control, hint, class_="field")


def _written(row: Shown) -> str:
    if row["kind"] != "number":
        return str(row["value"])
    return parts.plain(Decimal(str(row["value"])).normalize())


async def _move(visit: Visit) -> Screen | GoOn:
    form = visit.form
    try:
        wish: Shown = {}
        if "advance" in form:
            wish["advance_seconds"] = read_figure(text=form["advance"], what="seconds")
        if "stopped" in form:
            wish["is_stopped"] = form["stopped"] == "yes"
        if "reset" in form:
            wish["reset"] = True
        if "set_to" in form:
            wish["set_to"] = _read_moment(visit, form["set_to"])
        clock = await visit.levers.pull("POST", "clock", wish)
    except Declined as declined:
        return await show_again(visit, declined, _show)
    now = datetime.fromisoformat(clock["now"]).astimezone(visit.zone)
    return GoOn(visit.path("clock"), f"It is {now:%Y-%m-%d %H:%M:%S} now.")


def _read_moment(visit: Visit, text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Declined(400, f"“{text}” is not a date and time.") from None
    return moment.replace(tzinfo=visit.zone).isoformat()


async def _cut(visit: Visit) -> Screen | GoOn:
    cut = visit.form.get("cut", "")
    if cut not in _CUTS:
        return await show_again(visit, Declined(400, "Choose what to do to the apps."), _show)
    await visit.levers.pull("POST", visit.books(cut), {})
    return GoOn(visit.path("clock"), _CUTS[cut][1])


async def _turn(visit: Visit) -> Screen | GoOn:
    form = visit.form
    rows = (await visit.levers.read("switches/explained"))["switches"]
    try:
        wish = {row["name"]: _read_switch(form, row) for row in rows
                if row["group"] == form.get("group")}  # fmt: skip
        await visit.levers.pull("PATCH", "switches", wish)
    except Declined as declined:
        return await show_again(visit, declined, _show)
    return GoOn(visit.path("clock"), f"{form.get('group', 'Nothing')}: saved.")


def _read_switch(form: Form, row: Shown) -> object:
    if row["kind"] == "flag":
        return row["name"] in form
    text = form.get(row["name"], "").strip()
    if row["kind"] != "number":
        return text
    figure = read_figure(text=text, what=row["name"])
    if figure is None:
        return row["default"]
    return int(figure) if figure == int(figure) else figure


async def _turn_back(visit: Visit) -> GoOn:
    rows = (await visit.levers.read("switches/explained"))["switches"]
    await visit.levers.pull("PATCH", "switches", {row["name"]: row["default"] for row in rows})
    return GoOn(visit.path("clock"), "All switches are where they are at first.")
