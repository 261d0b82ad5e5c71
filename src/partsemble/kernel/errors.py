"""Refusals: what Partsemble says when it will not do something.

A refusal is a class named for the obstacle, with a stable code and the facts. It is no
accident but an answer, so it carries what a screen, an API reply or a command needs to say
what happened, why, and what to do. The words themselves live in the interfaces.
"""

from typing import ClassVar


class DomainError(Exception):
    """Base of every refusal; `code` is stable, `facts` fill the sentence."""

    code: ClassVar[str] = "refused"

    def __init__(self, **facts: object) -> None:
        self.facts: dict[str, object] = facts
        super().__init__(self.code)

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.code}({shown})" if shown else self.code


class PermissionMissing(DomainError):
    """The actor's role does not include the permission that the action needs."""

    code = "permission_missing"


class NotFound(DomainError):
    """No such record in this business; whether another business has one is never said."""

    code = "not_found"


class InvalidInput(DomainError):
    """A value given at the door can't be used; facts: `field`, `problem`, `remedy`."""

    code = "invalid_input"
