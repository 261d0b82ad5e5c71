"""What a run did to accounts, vendors and preferences, in words."""

from collections.abc import Iterable
from types import MappingProxyType
from typing import Final

from partsemble.sync.types import RefreshSubject, RefreshView
from partsemble.words.sentences import explain_code

PREFERENCE_WORDS: Final = MappingProxyType(
    {
        "company_name": "company name",
        "country": "country",
        "offering": "plan",
        "is_multicurrency": "several currencies",
        "tracks_quantity": "quantities of items",
        "has_own_numbers": "own document numbers",
        "takes_adjustments": "adjusting quantities",
        "books_closed_until": "books closed until",
    }
)
_NOUNS: Final = MappingProxyType(
    {
        RefreshSubject.ACCOUNTS: ("account", "accounts"),
        RefreshSubject.VENDORS: ("vendor", "vendors"),
    }
)


def say_refreshes(refreshes: Iterable[RefreshView]) -> str:
    """This will say what changed beside the items, and what could not be read."""
    changes: list[str] = []
    failures: list[str] = []
    for each in refreshes:
        if each.failure_code:
            why = explain_code(code=each.failure_code, facts={}).what
            failures.append(f"The {each.subject.value} could not be read this time: {why}")
        else:
            changes.extend(_say_changes(each))
    if not changes and not failures:
        return ""
    told = [f"Beside the items: {', '.join(changes)}."] if changes else []
    return " ".join([*told, *failures])


def _say_changes(refresh: RefreshView) -> list[str]:
    if refresh.subject is RefreshSubject.PREFERENCES:
        names = ", ".join(PREFERENCE_WORDS.get(each, each) for each in refresh.fields)
        return [f"preferences changed ({names})"] if names else []
    counts = ((refresh.created, "new"), (refresh.changed, "changed"), (refresh.absent, "gone"))
    one, many = _NOUNS[refresh.subject]
    return [f"{count:,} {one if count == 1 else many} {word}" for count, word in counts if count]
