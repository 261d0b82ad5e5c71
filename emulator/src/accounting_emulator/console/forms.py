"""Reading what a person typed into wishes of the control API.

An empty field means that there is no value. What a form does not have is not touched.
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from accounting_emulator.console.levers import Declined, Shown

Form = Mapping[str, str]


def read_texts(*, form: Form, controls: tuple[str, ...]) -> Shown:
    """Give the texts of these fields, None for an empty one."""
    return {
        control: form[control].replace("\r\n", "\n").strip() or None
        for control in controls
        if control in form
    }


def read_figures(*, form: Form, controls: tuple[str, ...]) -> Shown:
    """Give the numbers of these fields, None for an empty one.

    Raises:
        Declined: one is no number.
    """
    return {
        control: read_figure(text=form[control], what=control)
        for control in controls
        if control in form
    }


def read_figure(*, text: str, what: str) -> Decimal | None:
    """Read a number as people write it; commas between thousands may be there.

    Raises:
        Declined: it is no number.
    """
    bare = text.strip().replace(",", "").replace("−", "-")
    if not bare:
        return None
    try:
        figure = Decimal(bare)
    except InvalidOperation:
        figure = Decimal("NaN")
    if not figure.is_finite():
        words = what.replace("_", " ").capitalize()
        raise Declined(400, f"{words}: “{text.strip()}” is not a number. Write it like 1234.50.")
    return figure


def read_whole(*, text: str, what: str) -> int | None:
    """Read a whole number.

    Raises:
        Declined: it is none.
    """
    figure = read_figure(text=text, what=what)
    if figure is not None and (figure != int(figure) or abs(figure) > 10**15):
        words = what.replace("_", " ").capitalize()
        raise Declined(400, f"{words}: “{text.strip()}” is not a whole number.")
    return None if figure is None else int(figure)
