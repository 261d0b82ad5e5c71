"""Many rows in short transactions: how they are cut, and when the database is left alone."""

from collections.abc import Iterator, Sequence
from threading import current_thread

import pytest
from django.db import connection

from partsemble.database.bulk import (
    CHUNK_SECONDS,
    FIRST_CHUNK,
    LARGEST_CHUNK,
    SMALLEST_CHUNK,
    iterate_ahead,
    iterate_chunks,
)

pytestmark = pytest.mark.django_db


class Workshop:
    """A clock that moves only while something is made ready, written or waited for."""

    def __init__(self, *, ready_seconds: float, write_seconds: float) -> None:
        self.now = 0.0
        self.pauses: list[float] = []
        self._ready_seconds, self._write_seconds = ready_seconds, write_seconds

    def run(self, rows: Sequence[int]) -> list[list[int]]:
        written = []
        for chunk in iterate_chunks(
            rows, prepare=self._prepare, read_clock=lambda: self.now, pause=self._pause
        ):
            self.now += len(chunk) * self._write_seconds
            written.append(chunk)
        return written

    def _prepare(self, chunk: Sequence[int]) -> list[int]:
        self.now += len(chunk) * self._ready_seconds
        return list(chunk)

    def _pause(self, seconds: float) -> None:
        self.now += seconds
        self.pauses.append(seconds)


@pytest.mark.parametrize("write_seconds", [0.0, 1e-6, 3e-5, 1e-3])
def test_every_row_comes_once_and_in_order_however_long_it_takes(write_seconds: float) -> None:
    rows = list(range(7_001))
    chunks = Workshop(ready_seconds=1e-6, write_seconds=write_seconds).run(rows)
    assert [row for chunk in chunks for row in chunk] == rows
    assert max(map(len, chunks)) <= LARGEST_CHUNK
    if connection.vendor == "sqlite":
        assert min(map(len, chunks[:-1])) >= SMALLEST_CHUNK
        assert len(chunks[0]) == FIRST_CHUNK


def test_people_have_as_long_between_two_chunks_as_a_chunk_takes_them() -> None:
    workshop = Workshop(ready_seconds=1e-6, write_seconds=1e-5)
    workshop.run(range(6_000))
    if connection.vendor != "sqlite":
        assert workshop.pauses == []
        return
    # A chunk of 500 takes 5 ms to write; of those half a millisecond or a whole one is used.
    assert workshop.pauses[0] == pytest.approx(0.005 - 0.001)
    assert max(workshop.pauses) <= CHUNK_SECONDS


def test_no_time_is_slept_away_in_which_the_next_chunk_is_made_ready() -> None:
    workshop = Workshop(ready_seconds=2e-5, write_seconds=1e-5)
    workshop.run(range(6_000))
    # What is left for the last chunk may be ready sooner than the one before it took.
    assert len(workshop.pauses) <= 1


def test_what_is_made_ahead_comes_in_order_and_is_made_beside_postgresql_only() -> None:
    makers, taken, written = set(), [], []

    def take() -> Iterator[int]:
        for number in range(20):
            taken.append(number)
            yield number

    def make(number: int) -> list[int]:
        makers.add(current_thread())
        return [number] * (number % 3)

    for number in iterate_ahead(take(), make=make):
        written.append(number)
        assert len(taken) <= number + 4, "it runs further ahead than a page"
    assert written == [number for number in range(20) for _ in range(number % 3)]
    assert (makers == {current_thread()}) is (connection.vendor == "sqlite")


def test_what_cannot_be_made_is_the_callers_to_know_in_its_place() -> None:
    made = iterate_ahead([2, 1, 0, 5], make=lambda each: [10 // each])
    assert (next(made), next(made)) == (5, 10)
    with pytest.raises(ZeroDivisionError):
        next(made)
