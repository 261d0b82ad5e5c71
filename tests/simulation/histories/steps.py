"""What can happen in a history, as plain values that print as the code that makes them."""

from typing import Final

import msgspec

Texts = tuple[str, ...]
TWICE_EVERY: Final = 20
"""Of every so many seeds one is played twice, if nothing has to race in it."""


class Edit(msgspec.Struct, frozen=True, kw_only=True):
    """What the bookkeeper does to one item.

    `kind`: create, rename, reprice, recost, describe, sku, count, deactivate, reactivate, merge,
    retype, recategorise. `pick` and `other` choose among the items that fit; `number` is what
    the edit writes, made unlike others by it.
    """

    kind: str
    pick: int = 0
    other: int = 0
    number: int = 0


class WireFault(msgspec.Struct, frozen=True, kw_only=True):
    """One fault of the emulator, as its control API takes it; or of its token endpoint."""

    kind: str
    after: int = 0
    count: int = 1
    status: int | None = None
    code: str | None = None
    on_tokens: bool = False


class Rival(msgspec.Struct, frozen=True, kw_only=True):
    """A pause at a transaction boundary, past every lease, and who acts meanwhile.

    `who`: worker (takes the job and finishes the run), build (takes the lock and keeps it),
    person (tries to start another sync), bookkeeper (edits), neighbour (syncs next door).
    """

    at: int
    who: str
    edit: Edit | None = None


class Sync(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """One sync of a house, from the click to the end of its job, with the trouble it meets.

    `mode`: usual (what changed, if that will do), full, preview, confirm (what the last run held
    back), all by the buttons that people have. `crashes`: at which event each attempt dies, one
    after the other; `drifts`: edits by the page before which they happen; `workers`: how many
    drain the jobs at once.
    """

    house: int = 0
    mode: str = "usual"
    faults: tuple[WireFault, ...] = ()
    drifts: tuple[tuple[int, Edit], ...] = ()
    crashes: tuple[int, ...] = ()
    rival: Rival | None = None
    workers: int = 1

    @property
    def is_undisturbed(self) -> bool:
        """Say whether all that happens, if anything, happens to the worker."""
        is_drifting = self.rival is not None and self.rival.who == "bookkeeper"
        return not (self.faults or self.drifts or is_drifting)


class Work(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The bookkeeper works between two syncs."""

    house: int = 0
    edits: tuple[Edit, ...] = ()


class ChooseTypes(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The owner chooses what is read."""

    house: int = 0
    types: Texts = ()


class Tokens(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Something happens to the permission.

    `what`: expire_access, revoke, expire_refresh, reconnect, disconnect, dead_claim, long_life.
    """

    house: int = 0
    what: str = "expire_access"


class Clock(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A clock jumps: the books' by seconds, or ours, by moving every stored instant."""

    whose: str = "theirs"
    seconds: int = 0


class Switch(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The emulator behaves in another way that the real service may have too."""

    name: str
    value: int | bool | str


Step = Sync | Work | ChooseTypes | Tokens | Clock | Switch


class History(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that decides how a history goes."""

    seed: int
    items: tuple[int, int]
    """Of the two houses' catalogues at the start."""
    page_size: int
    calls_in_flight: int
    steps: tuple[Step, ...]


def is_played_twice(history: History) -> bool:
    """Whether the same seed is to make the same plans twice (I10); then nothing may race in it."""
    workers = [getattr(step, "workers", 1) for step in history.steps]
    is_repeatable = history.calls_in_flight == 1 and max(workers, default=1) == 1
    return is_repeatable and history.seed % TWICE_EVERY == 0


def write_history(history: History) -> str:
    """This will print a history for people, a step a line."""
    heading = (
        f"seed {history.seed}: {history.items[0]} items, {history.items[1]} next door, pages of "
        f"{history.page_size}, {history.calls_in_flight} at once"
    )
    steps = [f"  {number}. {step!r}" for number, step in enumerate(history.steps, start=1)]
    return "\n".join([heading, *steps])
