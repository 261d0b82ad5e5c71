"""Something that must not be seen: tokens, keys, passwords of other systems."""

import hmac
from typing import NoReturn


class Secret:
    """A text that shows itself to nobody, unless it is asked to by name.

    Logs, tracebacks with local variables, error pages and test reports all call `repr`; a plain
    string in any frame would end up there. Comparing takes the same time for any content.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """This will give the text; only for the line that sends or encrypts it."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._text.encode(), other._text.encode())

    def __hash__(self) -> int:
        return hash((Secret, self._text))

    def __reduce__(self) -> NoReturn:
        raise TypeError("A Secret is not copied into files or other processes.")
