"""Every refusal has its sentence (UI-3)."""

import importlib
import pkgutil
import re
from datetime import UTC, datetime, timedelta

import pytest

import partsemble
from partsemble.kernel.errors import DomainError, PermissionMissing
from partsemble.kernel.permissions import Permission
from partsemble.locks.errors import SyncLockHeld
from partsemble.locks.types import HolderKind
from partsemble.words.sentences import MISTAKES_OF_OURS, SENTENCES, explain


def list_codes() -> set[str]:
    """This will find the code of every refusal of the project, by importing all of it."""
    for module in pkgutil.walk_packages(partsemble.__path__, "partsemble."):
        if not module.name.rpartition(".")[2].startswith("wsgi"):
            importlib.import_module(module.name)
    found, waiting = set(), DomainError.__subclasses__()
    while waiting:
        each = waiting.pop()
        waiting += each.__subclasses__()
        if each.__module__.startswith("partsemble."):
            found.add(each.code)
    return found


def test_every_refusal_has_a_sentence() -> None:
    assert list_codes() - set(SENTENCES) - MISTAKES_OF_OURS == set()


def test_mistakes_of_ours_get_no_sentence() -> None:
    assert set(SENTENCES) & MISTAKES_OF_OURS == set()


@pytest.mark.parametrize("code", SENTENCES)
def test_a_sentence_says_what_why_and_what_to_do(code: str) -> None:
    sentence = SENTENCES[code]
    for part in (sentence.what, sentence.why, sentence.remedy):
        assert re.search(r"[.}]$", part), part
    assert 400 <= sentence.status < 504


def test_facts_are_said_in_words() -> None:
    refusal = explain(PermissionMissing(permission=Permission.RUN_SYNC, actor="Bela"))
    assert "permission to run syncs and import items" in refusal.why


def test_a_held_lock_says_who_since_when_and_until_when() -> None:
    now = datetime.now(UTC)
    refusal = explain(
        SyncLockHeld(
            kind=HolderKind.ITEM_SYNC,
            holder_id=None,
            label="Olivia",
            since=now - timedelta(minutes=2, seconds=5),
            expires_at=now + timedelta(minutes=4, seconds=55),
        )
    )
    assert refusal.what == "An item sync is running."
    assert refusal.why.startswith("Olivia started it 2\xa0minutes ago.")
    assert refusal.remedy.endswith("it ends by itself in 4\xa0minutes.")


def test_a_lock_of_a_blink_needs_no_facts() -> None:
    held = SyncLockHeld(
        kind=HolderKind.BUILD, holder_id=None, label="", since=None, expires_at=None
    )
    refusal = explain(held)
    assert "Somebody started it a moment ago" in refusal.why
    assert "None" not in refusal.why + refusal.remedy
