"""What becomes of a job, decided without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partsemble.jobs.rules import (
    BACKOFF_FIRST_SECONDS,
    BACKOFF_LIMIT_SECONDS,
    TRANSITIONS,
    backoff_seconds,
    check_size,
    describe_failure,
    list_open_states,
    list_places,
)
from partsemble.jobs.types import JobState
from partsemble.kernel.errors import NotFound
from partsemble.kernel.numbers import to_units

CHANCES = st.floats(min_value=0, max_value=1)


def test_a_job_that_has_ended_stays_as_it_is() -> None:
    assert list_open_states() == {JobState.QUEUED, JobState.RUNNING}
    assert set(TRANSITIONS) == set(JobState)


def test_every_state_can_be_reached() -> None:
    reached = frozenset[JobState]().union(*TRANSITIONS.values())
    assert reached == set(JobState)


@given(attempt=st.integers(1, 10_000), jitter=CHANCES)
def test_the_wait_after_a_failure_is_bounded(attempt: int, jitter: float) -> None:
    assert backoff_seconds(attempt=attempt, jitter=jitter) >= BACKOFF_FIRST_SECONDS / 2
    assert backoff_seconds(attempt=attempt, jitter=jitter) <= BACKOFF_LIMIT_SECONDS


@given(attempt=st.integers(1, 10_000), jitter=CHANCES)
def test_the_wait_grows_with_every_failure(attempt: int, jitter: float) -> None:
    now, later = (backoff_seconds(attempt=each, jitter=jitter) for each in (attempt, attempt + 1))
    assert now <= later


def test_what_failed_together_does_not_return_together() -> None:
    assert backoff_seconds(attempt=2, jitter=0) * 2 == backoff_seconds(attempt=2, jitter=1)


def test_a_failure_is_described_without_its_message() -> None:
    with pytest.raises(AttributeError) as caught:
        to_units("4111-1111-1111-1111")  # type: ignore[arg-type]  # fails inside our own code
    described, places = describe_failure(caught.value), list_places(caught.value)
    assert described.startswith("AttributeError at partsemble/kernel/numbers.py:")
    assert described.endswith(" in to_units")
    assert places[0].startswith("test_job_rules.py:")
    assert "4111" not in described + "".join(places)


def test_a_refusal_is_described_by_its_code() -> None:
    assert describe_failure(NotFound(email="ann@example.com")) == "not_found"


def test_a_failure_in_foreign_code_is_placed_where_we_called_it() -> None:
    with pytest.raises(TypeError) as caught:
        check_size({"when": object()}, limit=10)
    assert describe_failure(caught.value).startswith("TypeError at partsemble/jobs/rules.py:")


def test_content_is_measured_as_it_is_stored() -> None:
    assert check_size({"a": "é"}, limit=len('{"a": "\\u00e9"}')) == {"a": "é"}
    with pytest.raises(ValueError, match="12 characters of JSON, 10 are allowed"):
        check_size({"a": "123"}, limit=10)
