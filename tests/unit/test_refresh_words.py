"""What a run says of accounts, vendors and preferences (SYNC-1)."""

from dataclasses import fields

from partsemble.accounting.services.lists import COMPANY_COLUMNS
from partsemble.sync.types import RefreshSubject, RefreshView
from partsemble.words.refreshes import PREFERENCE_WORDS, say_refreshes


def make(subject: RefreshSubject, **values: object) -> RefreshView:
    given = {"created": 0, "changed": 0, "absent": 0, "fields": (), "failure_code": "", **values}
    assert set(given) < {each.name for each in fields(RefreshView)}
    return RefreshView(subject=subject, **given)  # type: ignore[arg-type]  # the fields by name


def test_nothing_is_said_of_nothing() -> None:
    assert say_refreshes([make(each) for each in RefreshSubject]) == ""


def test_changes_are_counted_in_words() -> None:
    said = say_refreshes(
        [
            make(RefreshSubject.PREFERENCES, changed=1, fields=("books_closed_until",)),
            make(RefreshSubject.ACCOUNTS, changed=3),
            make(RefreshSubject.VENDORS, created=1, absent=2),
        ]
    )
    assert said == (
        "Beside the items: preferences changed (books closed until), 3 accounts changed, "
        "1 vendor new, 2 vendors gone."
    )


def test_what_could_not_be_read_is_said_with_the_reason() -> None:
    said = say_refreshes([make(RefreshSubject.VENDORS, failure_code="provider_try_later")])
    assert said == "The vendors could not be read this time: Your books ask us to wait."


def test_every_preference_has_a_name() -> None:
    assert set(PREFERENCE_WORDS) == set(COMPANY_COLUMNS)
