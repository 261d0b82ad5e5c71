"""What things are called on screens."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from partsemble.identity.types import Role
from partsemble.kernel.permissions import Permission
from partsemble.locks.types import HolderKind
from partsemble.words.names import (
    HOLDER_WORDS,
    PERMISSION_WORDS,
    ROLE_WORDS,
    make_initials,
    say,
)


@pytest.mark.parametrize(
    ("label", "initials"),
    [
        ("Ada Hartmann", "AH"),
        ("Hartmann & Daughters Workshop", "HW"),
        ("ada@hartmann.example", "A"),
        ("ada.hartmann@example.com", "AH"),
        ("Kiln", "K"),
        ("", "?"),
        ("@", "?"),
    ],
)
def test_initials_stand_for_a_name(label: str, initials: str) -> None:
    assert make_initials(label) == initials


def test_every_permission_role_and_holder_has_words() -> None:
    assert set(PERMISSION_WORDS) == set(Permission)
    assert set(ROLE_WORDS) == set(Role)
    assert set(HOLDER_WORDS) == set(HolderKind)


@pytest.mark.parametrize(
    ("fact", "words"),
    [
        (Permission.EXPORT, "export and retry exports"),
        (Role.BUILDER, "Builder"),
        (HolderKind.BUILD, "A build"),
        (12, "12"),
        (Decimal("1000000000.500000"), "1,000,000,000.5"),
    ],
)
def test_facts_are_said(fact: object, words: str) -> None:
    assert say(fact) == words


def test_an_instant_is_said_from_now() -> None:
    now = timezone.now()
    assert say(now - timedelta(minutes=3, seconds=5)) == "3\xa0minutes ago"
    assert say(now) == "just now"
    assert say(now + timedelta(seconds=30)) == "in a moment"
    assert say(now + timedelta(minutes=4, seconds=55)) == "in 4\xa0minutes"
