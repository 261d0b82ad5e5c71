"""Refusals in a person's words: what happened, why, and what to do (UI-3).

Services refuse with a class, a stable code and facts; this is the one place that turns them
into sentences for screens. A test fails for a refusal that has none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from partsemble.kernel.errors import DomainError
from partsemble.words.names import say


@dataclass(frozen=True, slots=True)
class Sentence:
    """What a screen says about a refusal; `{fact}` stands for one of its facts."""

    what: str
    why: str
    remedy: str
    status: int = 409


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal ready to be shown."""

    code: str
    what: str
    why: str
    remedy: str
    status: int


SENTENCES: Final[Mapping[str, Sentence]] = MappingProxyType(
    {
        "permission_missing": Sentence(
            what="You can't do that here.",
            why="It needs the permission to {permission}, which your role does not include.",
            remedy="The owner or an admin of this business can give it to you.",
            status=403,
        ),
        "not_found": Sentence(
            what="There is no such thing here.",
            why="It may have been removed, or the address is not quite right.",
            remedy="Go back and look for it in its list.",
            status=404,
        ),
        "business_not_found": Sentence(
            what="There is no such business.",
            why="Either it does not exist, or you do not belong to it.",
            remedy="Choose one of your businesses.",
            status=404,
        ),
        "invalid_input": Sentence(
            what="{problem}",
            why="Nothing was changed.",
            remedy="{remedy}",
            status=422,
        ),
        "email_taken": Sentence(
            what="That address is in use.",
            why="Somebody signs in with it already.",
            remedy="Sign in with it, or use another address.",
            status=422,
        ),
        "membership_exists": Sentence(
            what="That person is a member already.",
            why="Each person has one role in a business.",
            remedy="Change the role that they have.",
        ),
    }
)

MISTAKES_OF_OURS: Final = frozenset({"scope_missing", "scope_conflict"})
"""Refusals that only a programmer can cause; they end as error 500 and are logged as such."""

_PLAIN: Final = Sentence(
    what="That was not possible.",
    why="Partsemble refused it and changed nothing.",
    remedy="Try again; if it stays, tell us the code below.",
)


class _Facts(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "…"


def explain(error: DomainError) -> Refusal:
    """This will put a refusal into sentences, with its facts filled in."""
    return explain_code(code=error.code, facts=error.facts)


def explain_code(*, code: str, facts: Mapping[str, object]) -> Refusal:
    """This will put a refusal that was stored by code and facts into sentences."""
    sentence = SENTENCES.get(code, _PLAIN)
    facts = _Facts({name: say(fact) for name, fact in facts.items()})
    return Refusal(
        code=code,
        what=sentence.what.format_map(facts),
        why=sentence.why.format_map(facts),
        remedy=sentence.remedy.format_map(facts),
        status=sentence.status,
    )
