"""Drawing a history from a seed: the odds of everything."""

import random
from collections.abc import Callable

from tests.simulation.histories.steps import (
    ChooseTypes,
    Clock,
    Edit,
    History,
    Rival,
    Step,
    Switch,
    Sync,
    Tokens,
    WireFault,
    Work,
)

MODES = ("usual", "usual", "usual", "full", "preview", "confirm")
"""Ways to sync that the application has, and how often each."""

_EDITS = {
    "create": 5, "rename": 4, "reprice": 4, "recost": 3, "describe": 1, "sku": 2, "count": 4,
    "deactivate": 5, "reactivate": 4, "merge": 2, "retype": 2, "recategorise": 1, "namesake": 2,
    "account": 1, "vendor": 1,
}  # fmt: skip
_TYPES = ("inventory", "non_inventory", "service", "group", "bundle")
_STEPS = {"sync": 9, "quiet": 3, "work": 5, "mass": 1, "types": 2, "tokens": 3, "clock": 2,
          "switch": 1}  # fmt: skip
_PAGE_FAULTS = (
    WireFault(kind="refuse"),
    WireFault(kind="delay"),
    WireFault(kind="drip"),
    WireFault(kind="close"),
    WireFault(kind="close_after"),
    WireFault(kind="status", status=500),
    WireFault(kind="status", status=503),
    WireFault(kind="status", status=504),
    WireFault(kind="status", status=429),
    WireFault(kind="status", status=401),
    WireFault(kind="status", status=403),
    WireFault(kind="fault_200", code="10000"),
    WireFault(kind="fault_200", code="3001"),
    WireFault(kind="fault", code="4001"),
    WireFault(kind="fault", code="150"),
    WireFault(kind="truncate"),
    WireFault(kind="malformed"),
    WireFault(kind="xml"),
    WireFault(kind="wrong_length"),
    WireFault(kind="html"),
    WireFault(kind="empty"),
)
_TOKEN_FAULTS = (
    WireFault(kind="close"),
    WireFault(kind="close_after"),
    WireFault(kind="status", status=500),
    WireFault(kind="status", status=429),
    WireFault(kind="truncate"),
    WireFault(kind="malformed"),
    WireFault(kind="html"),
    WireFault(kind="empty"),
    WireFault(kind="delay"),
)
_TOKEN_WORDS = {"expire_access": 6, "revoke": 1, "expire_refresh": 1, "reconnect": 2,
                "disconnect": 1, "dead_claim": 1, "long_life": 2}  # fmt: skip
_RIVALS = {"worker": 5, "build": 3, "person": 2, "bookkeeper": 2, "neighbour": 2}
_LATEST_EVENT = 90
"""About so many statements and boundaries has a small run; later ones strike nothing."""


def draw_history(seed: int) -> History:
    """This will draw the history of a seed, always the same."""
    chance = random.Random(f"history {seed}")  # noqa: S311 a history is no secret
    items = (chance.randint(10, 40), chance.randint(10, 20))
    steps: list[Step] = []
    if _is(chance, 0.5):
        steps.append(Switch(name="refresh_rotation_seconds", value=0))
    if _is(chance, 0.25):
        skew = chance.choice((-7_200, -90, 90, 3_600, 86_400))
        steps.append(Switch(name="date_skew_seconds", value=skew))
    if _is(chance, 0.3):
        steps.append(Switch(name="stock_moves_touch_items", value=False))
    steps += [_draw_step(chance) for _ in range(chance.randint(3, 8))]
    return History(
        seed=seed,
        items=items,
        page_size=chance.choice((4, 6, 8, 10, 13, 25, 100)),
        calls_in_flight=1 if _is(chance, 0.8) else chance.choice((2, 6)),
        steps=tuple(steps),
    )


def _is(chance: random.Random, odds: float) -> bool:
    return chance.random() < odds


def _weighed(chance: random.Random, odds: dict[str, int]) -> str:
    return chance.choices(tuple(odds), weights=tuple(odds.values()))[0]


def _draw_step(chance: random.Random) -> Step:
    house = 0 if _is(chance, 0.85) else 1
    return _DRAW[_weighed(chance, _STEPS)](chance, house)


def _draw_quiet(chance: random.Random, house: int) -> Sync:
    return Sync(house=house, mode=chance.choice(MODES))


def _draw_work(chance: random.Random, house: int) -> Work:
    return Work(house=house, edits=tuple(draw_edit(chance) for _ in range(chance.randint(1, 6))))


def _draw_mass(chance: random.Random, house: int) -> Work:
    """A person who tidies up: many items are switched off, or emptied, in one go."""
    kind = chance.choice(("deactivate", "deactivate", "empty"))
    picks = [chance.randrange(1_000) for _ in range(chance.randint(11, 25))]
    return Work(house=house, edits=tuple(Edit(kind=kind, pick=pick) for pick in picks))


def _draw_types(chance: random.Random, house: int) -> ChooseTypes:
    count = chance.randint(1, len(_TYPES))
    return ChooseTypes(house=house, types=tuple(sorted(chance.sample(_TYPES, count))))


def _draw_tokens(chance: random.Random, house: int) -> Tokens:
    return Tokens(house=house, what=_weighed(chance, _TOKEN_WORDS))


def _draw_switch(chance: random.Random, _: int) -> Switch:
    return Switch(name="access_token_seconds", value=chance.choice((60, 3_600)))


def _draw_clock(chance: random.Random, _: int) -> Clock:
    if _is(chance, 0.6):
        return Clock(seconds=chance.choice((1, 61, 3_601, 90_000, 200_000, -300)))
    return Clock(whose="ours", seconds=chance.choice((-3_600, 600, 4_000, 90_000)))


def draw_edit(chance: random.Random) -> Edit:
    """This will draw something that the bookkeeper does."""
    return Edit(
        kind=_weighed(chance, _EDITS),
        pick=chance.randrange(1_000),
        other=chance.randrange(1_000),
        number=chance.randrange(1, 10_000_000),
    )


def _draw_sync(chance: random.Random, house: int) -> Sync:
    mode = chance.choice(MODES)
    return Sync(
        house=house,
        mode=mode,
        faults=_draw_faults(chance) if _is(chance, 0.6) else (),
        drifts=_draw_drifts(chance) if _is(chance, 0.5) else (),
        crashes=_draw_crashes(chance) if _is(chance, 0.4) else (),
        rival=_draw_rival(chance) if _is(chance, 0.25) and mode != "preview" else None,
        workers=2 if _is(chance, 0.05) else 1,
    )


def _draw_faults(chance: random.Random) -> tuple[WireFault, ...]:
    faults = []
    for _ in range(chance.choice((1, 1, 2, 3))):
        on_tokens = _is(chance, 0.15)
        fault = chance.choice(_TOKEN_FAULTS if on_tokens else _PAGE_FAULTS)
        faults.append(
            WireFault(
                kind=fault.kind,
                status=fault.status,
                code=fault.code,
                on_tokens=on_tokens,
                after=0 if on_tokens else chance.choice((0, 0, 1, 1, 2, 3, 5)),
                count=chance.choice((1, 1, 1, 2, 4, 7)),
            )
        )
    return tuple(faults)


def _draw_drifts(chance: random.Random) -> tuple[tuple[int, Edit], ...]:
    return tuple(
        (chance.choice((0, 1, 1, 2, 2, 3, 4, 6)), draw_edit(chance))
        for _ in range(chance.randint(1, 5))
    )


def _draw_crashes(chance: random.Random) -> tuple[int, ...]:
    return tuple(chance.randint(1, _LATEST_EVENT) for _ in range(chance.choice((1, 1, 1, 2, 3, 6))))


def _draw_rival(chance: random.Random) -> Rival:
    who = _weighed(chance, _RIVALS)
    return Rival(
        at=chance.randint(1, 25), who=who, edit=draw_edit(chance) if who == "bookkeeper" else None
    )


_DRAW: dict[str, Callable[[random.Random, int], Step]] = {
    "sync": _draw_sync,
    "quiet": _draw_quiet,
    "work": _draw_work,
    "mass": _draw_mass,
    "types": _draw_types,
    "tokens": _draw_tokens,
    "clock": _draw_clock,
    "switch": _draw_switch,
}
