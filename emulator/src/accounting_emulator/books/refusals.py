"""Why the books decline a command."""

from typing import Literal

Obstacle = Literal[
    "not_found",
    "duplicate_name",
    "bad_name",
    "too_long",
    "missing",
    "rule",
    "bad_reference",
    "inactive_reference",
    "wrong_account",
    "bad_choice",
    "bad_number",
    "bad_parent",
    "own_parent",
    "parent_missing",
    "too_deep",
    "no_account_type",
    "no_name",
    "opening_date_missing",
    "before_start",
    "closed",
]


class Refusal(Exception):
    """The books decline a command; `obstacle` names why, `detail` says it in a sentence.

    `element` names the field at fault, in the words of the command.
    """

    def __init__(self, obstacle: Obstacle, detail: str, *, element: str | None = None) -> None:
        super().__init__(detail)
        self.obstacle = obstacle
        self.detail = detail
        self.element = element
