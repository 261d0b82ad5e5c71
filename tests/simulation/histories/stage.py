"""What a history is played on: two businesses side by side, each with books of its own."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest
from tests.simulation.histories.books_view import BooksView, Levers
from tests.simulation.histories.database_view import DatabaseView, Mirror
from tests.simulation.histories.in_turn import nothing_races
from tests.simulation.histories.steps import History, is_played_twice
from tests.simulation.histories.virtual_time import VirtualTime, nobody_waits
from tests.support.cast import Person, make_cast
from tests.support.emulator import Emulator, running_emulator

from partsemble.accounting.http import shared_client
from partsemble.accounting.qbo import adapter
from partsemble.accounting.services.ready_file import connect_with_ready_file

START: Final = "2026-03-02T17:00:00Z"
SECRETS_OF_PEOPLE: Final = ("planted.{}@private.example", "+1 555 0{}", "{} Hidden Lane")
_HISTORIES_PER_EMULATOR: Final = 60
"""It keeps at most 200 companies, and each history founds two."""


class Violation(AssertionError):
    """The application broke a promise; says which."""


@dataclass(slots=True)
class House:
    """One business, its books, and what the auditor knows of both."""

    person: Person
    books: BooksView
    types: frozenset[str] = frozenset({"inventory", "service", "bundle"})
    mirror: Mirror = field(default_factory=dict)
    """As the database showed it after the last sync."""
    is_permitted: bool = True
    """Whether the books still let us in."""
    may_have_lost_tokens: bool = False
    """Whether an answer with tokens was lost long enough ago for the old ones to be dead."""
    has_lost_an_answer: bool = False
    held_run: UUID | None = None
    """The last run, if it held back what a person may confirm."""
    held: frozenset[str] = frozenset()

    @property
    def id(self) -> UUID:
        return self.person.business.id


class Theatre:
    """An emulator that lasts for some histories, and the database that they share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._played = 0
        self._open: Any = None
        self._emulator: Emulator | None = None
        self._levers: Levers | None = None
        self.database = DatabaseView()

    def close(self) -> None:
        self.database.close()
        shared_client().close()
        shared_client.cache_clear()
        self._close_emulator()

    def _close_emulator(self) -> None:
        if self._open is not None:
            assert self._levers is not None
            self._levers.close()
            self._open.__exit__(None, None, None)
            self._open = None

    def enter_emulator(self) -> tuple[Emulator, Levers, int]:
        """Give an emulator with room for two more companies, and a number for them."""
        if self._played % _HISTORIES_PER_EMULATOR == 0:
            self._close_emulator()
            self._open = running_emulator("--items", "10", "--auto-consent", folder=self._folder)
            self._emulator = self._open.__enter__()
            self._levers = Levers(self._emulator.ready["control_url"])
        self._played += 1
        assert self._emulator is not None
        assert self._levers is not None
        return self._emulator, self._levers, self._played


@dataclass(slots=True)
class Stage:
    """Everything that a history touches."""

    history: History
    emulator: Emulator
    levers: Levers
    database: DatabaseView
    houses: tuple[House, House]
    time: VirtualTime
    struck: Counter[str] = field(default_factory=Counter)
    """How often each kind of trouble struck."""
    advanced_seconds: float = 0.0

    def other(self, house: House) -> House:
        return self.houses[1] if house is self.houses[0] else self.houses[0]


@contextmanager
def set_stage(*, theatre: Theatre, history: History) -> Iterator[Stage]:
    """This will found two companies and connect two businesses to them, in an empty database."""
    emulator, levers, number = theatre.enter_emulator()
    levers.pull("DELETE", "faults")
    levers.pull("PATCH", "switches", _DEFAULTS)
    levers.pull("POST", "clock", {"reset": True})
    levers.pull("POST", "clock", {"set_to": START})
    levers.pull("POST", "clock", {"is_stopped": True})
    cast = make_cast()
    capabilities = replace(
        adapter.CAPABILITIES,
        item_page_size=history.page_size,
        list_page_size=history.page_size,
        calls_in_flight=history.calls_in_flight,
    )
    in_turn = nothing_races() if is_played_twice(history) else nullcontext()
    with pytest.MonkeyPatch.context() as patch, nobody_waits() as virtual, in_turn:
        patch.setattr(adapter, "CAPABILITIES", capabilities)
        houses = [
            _found(emulator, levers, person, f"Works {number} {position}", history.items[position])
            for position, person in enumerate((cast.owner, cast.stranger))
        ]
        yield Stage(
            history=history,
            emulator=emulator,
            levers=levers,
            database=theatre.database,
            houses=(houses[0], houses[1]),
            time=virtual,
        )


_A_MINUTE_SECONDS: Final = 60.0
_DEFAULTS: Final = {
    "refresh_rotation_seconds": 86_400,
    "date_skew_seconds": 0,
    "stock_moves_touch_items": True,
    "access_token_seconds": 3_600,
}


def _found(emulator: Emulator, levers: Levers, person: Person, name: str, items: int) -> House:
    company = levers.pull("POST", "companies", {"name": name, "items": items, "seed": items})
    books = BooksView(levers=levers, realm_id=company["realm_id"])
    for kind in ("customers", "vendors"):
        email, phone, street = (each.format(f"{kind}{items}") for each in SECRETS_OF_PEOPLE)
        books.pull(
            "POST",
            kind,
            {
                "name": f"Planted {kind} of {name}",
                "given_name": "Plantedgiven",
                "family_name": "Plantedfamily",
                "email": email,
                "phone": phone,
                "street": street,
                "notes": "plantednote",
            },
        )
    connect_with_ready_file(
        actor=person.actor, content=json.dumps({**emulator.ready, **company}).encode()
    )
    return House(person=person, books=books)


def reconnect(*, stage: Stage, house: House) -> None:
    """This will let the owner consent anew, to the same company.

    Not in the minute for which a provider that was asked too much wants to be left alone.
    """
    stage.time.sleep(_A_MINUTE_SECONDS)
    given = house.books.pull("POST", "connect", {})
    content = json.dumps({**stage.emulator.ready, **given}).encode()
    connect_with_ready_file(actor=house.person.actor, content=content)
    house.is_permitted = True
    house.has_lost_an_answer = house.may_have_lost_tokens = False
