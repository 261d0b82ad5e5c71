"""Making HTML: a page is built of tags, and every text in it is escaped, because nothing else can
be put in.

There is no template engine in this distribution. Functions that nest do the same, and mypy reads
them.
"""

from collections.abc import Iterable
from html import escape

VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})


class Html(str):
    """Text that is markup already, and is not escaped again."""

    __slots__ = ()


type Child = str | int | Iterable[Child] | None
"""What goes into a tag: texts, markup, numbers, nothing, and lists of these."""


def tag(name: str, /, *children: Child, **attributes: str | int | bool | None) -> Html:
    """Make one element.

    Attributes are named as in Python: `aria_label` is aria-label and `class_` is class. True is
    an attribute without a value; False and None leave it out.
    """
    written = "".join(
        f" {_attribute(word, value)}"
        for word, value in attributes.items()
        if value is not None and value is not False
    )
    if name in VOID:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{together(*children)}</{name}>")


def together(*children: Child) -> Html:
    """Put pieces one after another."""
    return Html("".join(map(_rendered, children)))


def _attribute(word: str, value: str | int) -> str:
    name = word.rstrip("_").replace("_", "-")
    return name if value is True else f'{name}="{escape(str(value))}"'


def _rendered(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Html):
        return child
    if isinstance(child, str | int):
        return escape(str(child))
    return together(*child)
