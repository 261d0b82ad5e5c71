"""Secrets at rest open with any listed key, and say which one that is (CONN-2)."""

import pytest
from pytest_django import Settings

from partsemble.database.encryption import (
    SecretUnreadable,
    list_key_ids,
    newest_key_id,
    seal,
    unseal,
)
from partsemble.kernel.secret import Secret

OLD, NEW = "an-old-key-" + "o" * 32, "a-newer-key-" + "n" * 32


def test_what_is_sealed_opens_and_shows_nothing(settings: Settings) -> None:
    settings.PARTSEMBLE_SECRET_KEYS = [OLD]
    sealed = seal(Secret("RT1-39-H3"))
    assert "RT1-39-H3" not in sealed
    assert sealed.startswith(newest_key_id() + ":")
    assert newest_key_id() not in OLD
    assert unseal(sealed) == Secret("RT1-39-H3")
    assert seal(Secret("RT1-39-H3")) != sealed


def test_a_new_key_in_front_leaves_old_values_readable_and_findable(
    settings: Settings,
) -> None:
    settings.PARTSEMBLE_SECRET_KEYS = [OLD]
    before = seal(Secret("token"))
    assert before.startswith(newest_key_id())
    settings.PARTSEMBLE_SECRET_KEYS = [NEW, OLD]
    assert unseal(before) == Secret("token")
    assert not before.startswith(newest_key_id())
    assert list_key_ids() == [newest_key_id(), before.partition(":")[0]]
    after = seal(unseal(before))
    assert after.startswith(newest_key_id())
    settings.PARTSEMBLE_SECRET_KEYS = [NEW]
    assert unseal(after) == Secret("token")
    with pytest.raises(SecretUnreadable) as refusal:
        unseal(before)
    assert refusal.value.facts["key_id"] == before.split(":")[0]


def test_a_damaged_value_is_told_apart_from_a_missing_key(settings: Settings) -> None:
    settings.PARTSEMBLE_SECRET_KEYS = [NEW]
    with pytest.raises(SecretUnreadable) as refusal:
        unseal(seal(Secret("token"))[:-4] + "AAA=")
    assert refusal.value.facts["problem"] == "the value was damaged"
    assert refusal.value.__cause__ is None
