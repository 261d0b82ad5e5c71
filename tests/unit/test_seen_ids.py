"""Ids that a reading has shown: a set, however they are written."""

from hypothesis import given
from hypothesis import strategies as st

from partsemble.sync.rules.seen import SeenIds

ids = st.one_of(
    st.integers(min_value=0, max_value=20_000_000).map(str),
    st.text(alphabet="0123456789", max_size=9),
    st.text(alphabet="07²٣٤a-", max_size=4),
    st.uuids().map(str),
)


@given(shown=st.lists(ids), asked=st.lists(ids))
def test_it_knows_what_was_shown_and_nothing_else(shown: list[str], asked: list[str]) -> None:
    seen = SeenIds()
    for external_id in shown:
        seen.update([external_id])
    assert all(each in seen for each in shown)
    assert [each in seen for each in asked] == [each in set(shown) for each in asked]
