"""What a run came to otherwise than the preview that a person looked at before (SYNC-4). Pure.

Items and corrections of stock are held against each other the same way: by what they are about,
and by a fingerprint that two have in common if they leave the same behind. Fingerprints of the
preview are all that is kept of a whole run; what they stand for is read again where one is left
over, because a catalog is larger than memory should be (SYNC-9).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from partsemble.sync.types.comparing import Compared, Difference, DifferenceKind

DIFFERENCE_LIMIT: Final = 100
"""Differences that are named; the counts say how many there are."""


@dataclass(frozen=True, slots=True)
class Change[Deed]:
    """What a run does, or a preview would, to one item or product."""

    deed: Deed
    about: str
    """Its id; the same in run and preview."""
    name: str
    fingerprint: str | int
    """Two changes with the same leave the same behind."""


def compare_changes[Deed](
    *, shown: Callable[[], Iterable[Change[Deed]]], done: Iterable[Change[Deed]]
) -> Compared[Deed]:
    """This will hold what was done against what had been shown.

    Arguments:
        shown: reads what the preview showed; called a second time for what it alone had.
        done: what the run does; one change at most about each item or product, as in `shown`.
    """
    compared = Compared[Deed]()
    left = {each.about: each.fingerprint for each in shown()}
    for change in done:
        if change.about not in left:
            _note(compared, DifferenceKind.ADDED, change)
        elif left.pop(change.about) == change.fingerprint:
            compared.same += 1
        else:
            _note(compared, DifferenceKind.OTHER, change)
    for change in shown() if left else ():
        if change.about in left:
            _note(compared, DifferenceKind.MISSING, change)
    return compared


def _note[Deed](compared: Compared[Deed], kind: DifferenceKind, change: Change[Deed]) -> None:
    compared.counts[kind] += 1
    if len(compared.differences) < DIFFERENCE_LIMIT:
        compared.differences.append(Difference(kind, change.deed, change.about, change.name))
