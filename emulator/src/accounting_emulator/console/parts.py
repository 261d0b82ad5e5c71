"""The pieces that pages are put together from."""

from collections.abc import Iterable
from decimal import Decimal

from accounting_emulator.console.markup import Child, Html, tag, together
from accounting_emulator.console.visit import PAGE_ROWS, Visit

MINUS = "−"
Choices = Iterable[tuple[str, str]]
"""Pairs of what is sent and what is shown."""


def money(amount: object) -> str:
    """Write an amount with at least two places, and all places it has."""
    return "" if amount is None else _figure(Decimal(str(amount)), 2)


def quantity(amount: object) -> str:
    """Write a quantity with the places it has."""
    return "" if amount is None else _figure(Decimal(str(amount)), 0)


def plain(amount: object) -> str:
    """Write a number as it is typed into a field."""
    return "" if amount is None else f"{Decimal(str(amount)):f}"


def _figure(amount: Decimal, places: int) -> str:
    amount = amount.normalize()
    exponent = amount.as_tuple().exponent
    shown = max(places, -exponent if isinstance(exponent, int) else places)
    return f"{amount:,.{shown}f}".replace("-", MINUS)


def name(text: str | None) -> Html:
    """Write somebody's words so that their direction stays their own."""
    return tag("bdi", text)


def path_name(full_name: str) -> Html:
    """Write the name of something with the names of what it is below."""
    return name(full_name.replace(":", " › "))


def link(text: Child, href: str, **attributes: str | bool | None) -> Html:
    """Make a link."""
    return tag("a", text, href=href, **attributes)


def button(text: str, *, is_primary: bool = False, **attributes: str | bool | None) -> Html:
    """Make a button that sends its form."""
    return tag("button", text, class_="primary" if is_primary else None, **attributes)


def form(action: str, *children: Child, class_: str | None = None) -> Html:
    """Make a form that changes something."""
    return tag("form", *children, method="post", action=action, class_=class_)


def search_form(*children: Child) -> Html:
    """Make a form that looks for something on the same page."""
    return tag("search", tag("form", *children, button("Search"), method="get", class_="search"))


def field(
    label: str, control: str, value: str | None = "", *, hint: str = "", **attributes: str | bool
) -> Html:
    """Make a labelled field of one line; `control` is its name in the form."""
    given: dict[str, str | bool | None] = {"type": "text", "dir": "auto", "autocomplete": "off"}
    given |= attributes
    described = f"{control}-hint" if hint else None
    return tag(
        "p",
        tag("label", label, for_=control),
        tag("input", id=control, name=control, value=value or "",
            aria_describedby=described, **given),
        tag("small", hint, id=described) if hint else None,
        class_="field",
    )  # fmt: skip


def figure_field(label: str, control: str, value: str | None = "", *, hint: str = "") -> Html:
    """Make a field for a number."""
    return field(label, control, value, hint=hint, inputmode="decimal", dir="ltr")


def text_field(label: str, control: str, value: str | None = "", *, hint: str = "") -> Html:
    """Make a field of several lines."""
    described = f"{control}-hint" if hint else None
    return tag(
        "p",
        tag("label", label, for_=control),
        tag("textarea", "\n" + (value or ""), id=control, name=control, rows=3, dir="auto",
            aria_describedby=described),
        tag("small", hint, id=described) if hint else None,
        class_="field wide",
    )  # fmt: skip


def select(label: str, control: str, choices: Choices, chosen: str | None = "") -> Html:
    """Make a field to choose one of a few words."""
    return tag(
        "p",
        tag("label", label, for_=control),
        tag("select", options(choices, chosen), id=control, name=control),
        class_="field",
    )


def options(choices: Choices, chosen: str | None = "") -> list[Html]:
    """Make the choices of a select."""
    return [
        tag("option", shown, value=value, selected=value == (chosen or ""))
        for value, shown in choices
    ]


def checkbox(label: Child, control: str, *, is_on: bool, hint: Child = None) -> Html:
    """Make a box to tick."""
    return tag(
        "label",
        tag("input", type="checkbox", name=control, value="yes", checked=is_on),
        tag("span", tag("span", label), tag("small", hint) if hint else None),
        class_="check",
    )


def badge(text: str, tone: str = "") -> Html:
    """Make a small mark of a state: good, warn, bad, or quiet."""
    return tag("span", text, class_=f"badge {tone}".strip())


def state_badge(*, is_active: bool) -> Html | None:
    """Mark what is switched off; what is in use needs no mark."""
    return None if is_active else badge("Inactive", "quiet")


def problem(sentence: str) -> Html | None:
    """Say why something was refused."""
    if not sentence:
        return None
    return tag("p", sentence, class_="problem", role="alert")


def saving(words: str, *, back: str) -> Html:
    """Make the end of a form: save what was typed, or go back without."""
    cancel = link("Cancel", back, class_="button")
    return tag("div", button(words, is_primary=True), cancel, class_="actions")


def retiring(*, action: str, words: str, is_active: bool, beside: Child = None) -> Html:
    """Make the card that switches an object off, or on again; `words` say what comes of it."""
    title, label, value = ("Inactive", "Make active", "yes")
    if is_active:
        title, label, value = ("Retire", "Make inactive", "no")
    turn = form(action, button(label, name="active", value=value))
    return card(title, tag("p", words), tag("div", turn, beside, class_="actions"))


def heading(title: Child, *actions: Child, under: Child = None) -> Html:
    """Make the top of a page: what it is, and what can be done first."""
    words = tag("div", tag("h1", title), tag("p", under, class_="under") if under else None)
    return tag("header", words, tag("div", *actions, class_="actions"), class_="heading")


def card(title: str, *children: Child, class_: str = "") -> Html:
    """Make a part of a page with its own heading."""
    return tag("section", tag("h2", title), *children, class_=f"card {class_}".strip())


def facts(*pairs: tuple[str, Child]) -> Html:
    """List what is known of something."""
    rows = (tag("div", tag("dt", term), tag("dd", value)) for term, value in pairs)
    return tag("dl", rows, class_="facts")


def table(caption: str, heads: Iterable[str], rows: Iterable[Html], foot: Child = None) -> Html:
    """Make a table that scrolls by itself when it is wide.

    A head may begin with marks: `#` for figures, `+` for what only wide windows show.
    """
    labels = [tag("th", head.lstrip("#+"), scope="col", class_=_classes(head)) for head in heads]
    whole = tag(
        "table",
        tag("caption", caption, class_="unseen"),
        tag("thead", tag("tr", labels)),
        tag("tbody", rows),
        tag("tfoot", foot) if foot else None,
    )
    return tag("div", whole, class_="table", role="region", aria_label=caption, tabindex=0)


def row(*cells: Child, marks: str = "") -> Html:
    """Make one row; `marks` has one word per cell, as in the heads of a table, `.` for none."""
    words = marks.split() or ["."] * len(cells)
    return tag(
        "tr",
        (tag("td", cell, class_=_classes(mark)) for cell, mark in zip(cells, words, strict=True)),
    )


def _classes(mark: str) -> str | None:
    names = [name for sign, name in (("#", "figure"), ("+", "roomy")) if sign in mark[:2]]
    return " ".join(names) or None


def nothing(sentence: str) -> Html:
    """Say that a list is empty, and why or what to do."""
    return tag("p", sentence, class_="nothing")


def pager(visit: Visit, path: str, count: int, *, is_capped: bool = False) -> Html:
    """Say which rows are shown, and lead to the others."""
    first, last = visit.after + 1, min(visit.after + PAGE_ROWS, count)
    words = {word: text for word, text in visit.query.items() if word != "page"}
    total = f"more than {count:,}" if is_capped else f"{count:,}"
    here = f"{first:,}–{last:,} of {total}" if count > 0 and first <= last else f"0 of {total}"
    steps = (
        ("Previous", visit.page - 1, visit.page > 1, "prev"),
        ("Next", visit.page + 1, last < count, "next"),
    )
    links = [
        link(text, visit.path(path, **words, page=page), rel=rel)
        for text, page, is_there, rel in steps
        if is_there
    ]
    return tag("nav", tag("span", here), together(*links), aria_label="Pages", class_="pager")


def stamp(visit: Visit, seconds: float | Decimal) -> Html:
    """Write an instant in the company's zone."""
    moment = visit.moment(seconds)
    return tag(
        "time",
        *(tag("span", f"{moment:%Y-%m-%d}"), " ", tag("span", f"{moment:%H:%M:%S}")),
        datetime=moment.isoformat(timespec="seconds"),
    )
