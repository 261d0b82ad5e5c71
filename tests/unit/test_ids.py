"""Version 7 UUIDs."""

from uuid import RFC_4122

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partsemble.database.ids import new_id, new_ids
from partsemble.kernel.ids import uuid7

clocks = st.integers(min_value=0, max_value=2**48 - 1)
randomness = st.binary(min_size=10, max_size=10)


def test_the_example_of_the_standard() -> None:
    # RFC 9562, appendix A.6: 2022-02-22 14:22:22.00 in Eastern time, rand_a CC3, rand_b 18C4….
    random_bits = 0xCC3 << 68 | 0x18C4DC0C0C07398F
    made = uuid7(unix_milliseconds=0x017F22E279B0, randomness=random_bits.to_bytes(10, "big"))
    assert str(made) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


@given(clocks, randomness)
def test_it_carries_its_version_variant_and_clock(clock: int, bits: bytes) -> None:
    made = uuid7(unix_milliseconds=clock, randomness=bits)
    assert made.version == 7
    assert made.variant == RFC_4122
    assert made.int >> 80 == clock


@given(clocks, clocks, randomness, randomness)
def test_later_clocks_sort_later(one: int, other: int, bits: bytes, more: bytes) -> None:
    if one < other:
        first = uuid7(unix_milliseconds=one, randomness=bits)
        assert first < uuid7(unix_milliseconds=other, randomness=more)


@pytest.mark.parametrize(("clock", "size"), [(-1, 10), (2**48, 10), (0, 9), (0, 11)])
def test_what_does_not_fit_is_refused(clock: int, size: int) -> None:
    with pytest.raises(ValueError, match="must"):
        uuid7(unix_milliseconds=clock, randomness=bytes(size))


def test_ids_of_one_writer_are_in_the_order_in_which_they_were_made() -> None:
    made = [new_id() for _ in range(1000)]
    assert made == sorted(made)
    assert {each.version for each in made} == {7}


def test_ids_that_are_made_together_are_in_order_too_and_different() -> None:
    made = new_ids(5000)
    assert made == sorted(set(made))
    assert {each.version for each in made} == {7}
