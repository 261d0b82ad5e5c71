"""Holding what a run did against what its preview showed (SYNC-4)."""

from collections import Counter
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from partsemble.sync.rules.comparing import DIFFERENCE_LIMIT, Change, compare_changes
from partsemble.sync.types.comparing import Compared, DifferenceKind

deeds = st.dictionaries(st.text("abcdef", min_size=1, max_size=2), st.integers(0, 2))


def list_changes(deeds: Mapping[str, int]) -> list[Change[str]]:
    return [Change("done", about, f"Item {about}", print_) for about, print_ in deeds.items()]


def compare(shown: Mapping[str, int], done: Mapping[str, int]) -> Compared[str]:
    return compare_changes(shown=lambda: list_changes(shown), done=list_changes(done))


@given(shown=deeds, done=deeds)
def test_each_thing_is_counted_once(shown: dict[str, int], done: dict[str, int]) -> None:
    found = compare(shown, done)
    assert found.same == len(shown.items() & done.items())
    assert found.counts == Counter(
        {
            DifferenceKind.ADDED: len(done.keys() - shown.keys()),
            DifferenceKind.MISSING: len(shown.keys() - done.keys()),
            DifferenceKind.OTHER: sum(done[each] != shown[each] for each in shown.keys() & done),
        }
    )
    named = {each.about: each.kind for each in found.differences}
    assert all(named[each] is DifferenceKind.ADDED for each in done.keys() - shown.keys())
    assert all(named[each] is DifferenceKind.MISSING for each in shown.keys() - done.keys())
    assert len(named) == found.counts.total()


def test_only_the_first_differences_are_named() -> None:
    found = compare({}, {str(each): 0 for each in range(DIFFERENCE_LIMIT + 7)})
    assert found.counts[DifferenceKind.ADDED] == DIFFERENCE_LIMIT + 7
    assert len(found.differences) == DIFFERENCE_LIMIT
