"""Many rows in short transactions: how they are cut, and when the database is left alone."""

from collections.abc import Sequence

import pytest
from django.db import connection

from partsemble.database.bulk import (
    CHUNK_SECONDS,
    FIRST_CHUNK,
    LARGEST_CHUNK,
    SMALLEST_CHUNK,
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
