"""Playing a history, step by step, with the auditor looking."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.simulation.histories import auditor, syncing
from tests.simulation.histories.bookkeeper import carry_out
from tests.simulation.histories.leaks import captured_logs, check_files, check_leaks, check_pages
from tests.simulation.histories.stage import House, Stage, Theatre, Violation, reconnect, set_stage
from tests.simulation.histories.steps import (
    ChooseTypes,
    Clock,
    History,
    Step,
    Switch,
    Sync,
    Tokens,
    Work,
)

from partsemble.accounting.documents import ItemType
from partsemble.accounting.services.connections import disconnect
from partsemble.sync.services.start import choose_item_types

_OVERLAP_SECONDS = 86_400
_DEAD_CLAIM_SECONDS = 0.05
_LONG_SECONDS = 3_000


@dataclass(slots=True)
class Outcome:
    """What a history that kept every promise saw."""

    seed: int
    runs: Counter[str] = field(default_factory=Counter)
    struck: Counter[str] = field(default_factory=Counter)
    plans: list[str] = field(default_factory=list)
    pages: int = 0


def play_history(*, theatre: Theatre, history: History, with_pages: bool = False) -> Outcome:
    """This will play a history and end it quietly.

    Raises:
        Violation: if the application broke a promise.
    """
    outcome = Outcome(seed=history.seed)
    with captured_logs() as logs, set_stage(theatre=theatre, history=history) as stage:
        for step in history.steps:
            _play(stage, step, outcome)
            stage.levers.pull("POST", "clock", {"advance_seconds": 7})
        for number, house in enumerate(stage.houses):
            if number == 0 or _is_visited(history, number):
                _end_quietly(stage, house, outcome)
        if with_pages:
            outcome.pages = check_pages(stage=stage, house=stage.houses[0])
        check_leaks(stage=stage, logs=logs)
        check_files(stage=stage)
        outcome.struck = stage.struck
    return outcome


def _is_visited(history: History, number: int) -> bool:
    """Whether a house has been played in; of the other one each sync saw that nothing changed."""
    rivals = [step.rival for step in history.steps if isinstance(step, Sync)]
    is_called = any(rival is not None and rival.who == "neighbour" for rival in rivals)
    return is_called or any(getattr(step, "house", 0) == number for step in history.steps)


def _play(stage: Stage, step: Step, outcome: Outcome) -> None:
    match step:
        case Sync():
            _sync(stage, stage.houses[step.house], step, outcome)
        case Work():
            _work(stage, stage.houses[step.house], step)
        case ChooseTypes():
            house = stage.houses[step.house]
            choose_item_types(actor=house.person.actor, types=[*map(ItemType, step.types)])
            house.types = frozenset(step.types)
        case Tokens():
            _TOKEN_PLAYS[step.what](stage, stage.houses[step.house])
        case Clock():
            _play_clock(stage, step)
        case Switch():
            stage.levers.pull("PATCH", "switches", {step.name: step.value})


def _work(stage: Stage, house: House, step: Work) -> None:
    for edit in step.edits:
        carry_out(edit=edit, books=house.books)
        if edit.number % 2:
            stage.levers.pull("POST", "clock", {"advance_seconds": 1})


def _sync(stage: Stage, house: House, step: Sync, outcome: Outcome) -> None:
    seen = syncing.sync(stage=stage, house=house, step=step)
    outcome.runs[seen.state] += 1
    outcome.plans.append(seen.plan)


def _expire_access(_: Stage, house: House) -> None:
    house.books.pull("POST", "expire-access-tokens", {})


def _revoke(_: Stage, house: House) -> None:
    house.books.pull("POST", "revoke", {})
    house.is_permitted = False


def _expire_refresh(_: Stage, house: House) -> None:
    house.books.pull("POST", "expire-refresh-tokens", {})
    house.is_permitted = False


def _disconnect(stage: Stage, house: House) -> None:
    disconnect(actor=house.person.actor)
    reconnect(stage=stage, house=house)


def _leave_claim(stage: Stage, house: House) -> None:
    """Somebody died while renewing the tokens."""
    _expire_access(stage, house)
    stage.database.claim_tokens(house.id, _DEAD_CLAIM_SECONDS)


def _believe_in_tokens(stage: Stage, house: House) -> None:
    """We think that the access token lives long, and the books do not."""
    _expire_access(stage, house)
    stage.database.let_our_clock_jump(-_LONG_SECONDS)


_TOKEN_PLAYS: dict[str, Callable[[Stage, House], None]] = {
    "expire_access": _expire_access,
    "revoke": _revoke,
    "expire_refresh": _expire_refresh,
    "reconnect": lambda stage, house: reconnect(stage=stage, house=house),
    "disconnect": _disconnect,
    "dead_claim": _leave_claim,
    "long_life": _believe_in_tokens,
}


def _play_clock(stage: Stage, step: Clock) -> None:
    if step.whose == "ours":
        stage.database.let_our_clock_jump(step.seconds)
        return
    stage.levers.pull("POST", "clock", {"advance_seconds": step.seconds})
    stage.advanced_seconds += max(0, step.seconds)
    for house in stage.houses:
        if house.has_lost_an_answer and stage.advanced_seconds >= _OVERLAP_SECONDS:
            house.may_have_lost_tokens = True


def _end_quietly(stage: Stage, house: House, outcome: Outcome) -> None:
    """When trouble stops, one run brings the mirror in step, the next has nothing to do (I9)."""
    is_lost = house.may_have_lost_tokens or not house.is_permitted
    if is_lost or stage.database.read_connection(house.id)["state"] != "active":
        reconnect(stage=stage, house=house)
    number, last = stage.houses.index(house), "full"
    _sync(stage, house, Sync(house=number, mode="full"), outcome)
    if house.held_run is not None:
        last = "confirm"
        _sync(stage, house, Sync(house=number, mode="confirm"), outcome)
    _check_lists(stage, house)
    mode = ("usual", "full", "preview")[outcome.seed % 3]
    _sync(stage, house, Sync(house=number, mode=mode), outcome)
    again = stage.database.read_runs(house.id)[0]
    if again["planned_steps"] or again["held_back"]:
        raise Violation(f"nothing changed, and the plan is not empty ({mode} after {last})")


def _check_lists(stage: Stage, house: House) -> None:
    """Accounts and vendors come with every run (SYNC-1, T14)."""
    for kind, table in (("accounts", "ledgeraccount"), ("vendors", "vendor")):
        expected = house.books.read_list(kind)
        found = stage.database.read_list(house.id, f"accounting_{table}")
        if found != expected:
            differences = auditor.show_differences(expected=expected, found=found)
            raise Violation(f"the mirror of {kind} is wrong: {differences}")
