"""The throttle never lets more through than the provider counts."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partsemble.accounting.provider import TryLater
from partsemble.accounting.throttle import RateLimit, Throttle, read_policy


class Time:
    """A clock that only sleeping, or a test, moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def read(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds


def make_throttle(time: Time, *limits: RateLimit) -> Throttle:
    return Throttle(limits=limits, monotonic=time.read, sleep=time.sleep)


@pytest.mark.parametrize(
    ("policy", "limits"),
    [
        ('"burst";q=10;w=1, "minute";q=500;w=60', [RateLimit(10, 1), RateLimit(500, 60)]),
        ('"none";q=1000000;w=1', []),
        ('"odd";q=0;w=1,"odd";q=5;w=0', []),
        ("10;w=1", []),
    ],
)
def test_limits_that_a_provider_states(policy: str, limits: list[RateLimit]) -> None:
    assert read_policy(policy) == limits


def test_stated_limits_replace_the_documented_ones_and_what_was_sent_still_counts() -> None:
    time = Time()
    throttle = make_throttle(time, RateLimit(calls=10, seconds=1))
    throttle.adopt(policy='"none";q=1000000;w=1')
    for _ in range(50):
        throttle.wait(patience_seconds=0)
    for _ in range(2):
        throttle.adopt(policy='"burst";q=60;w=1, "minute";q=52;w=60')
    throttle.wait(patience_seconds=1)
    throttle.wait(patience_seconds=1)
    with pytest.raises(TryLater):
        throttle.wait(patience_seconds=59)
    assert time.now == pytest.approx(1000.0 + 2 * 1.1 / 60)


def test_calls_go_out_at_an_even_pace() -> None:
    time = Time()
    throttle = make_throttle(time, RateLimit(500, 60), RateLimit(10, 1))
    for _ in range(41):
        throttle.wait(patience_seconds=0.2)
    assert time.now == pytest.approx(1000.0 + 40 * 0.11)
    time.now += 5
    throttle.wait(patience_seconds=0)
    assert time.now == pytest.approx(1009.4)


@given(delays=st.lists(st.floats(0, 0.099), min_size=60, max_size=60), pauses=st.integers(0, 3))
def test_calls_that_are_late_by_less_than_the_slack_arrive_within_the_limit(
    delays: list[float], pauses: int
) -> None:
    time = Time()
    throttle = make_throttle(time, RateLimit(10, 1))
    arrivals = []
    for number, delay in enumerate(delays):
        if pauses and number % 20 == 0:
            time.now += pauses
        throttle.wait(patience_seconds=10)
        arrivals.append(time.now + delay)
    arrivals.sort()
    assert all(
        later - earlier > 1 - 1e-6 for earlier, later in zip(arrivals, arrivals[10:], strict=False)
    )


@given(
    idle=st.lists(st.floats(0, 3), min_size=1, max_size=80),
    short=st.integers(1, 5),
    long=st.integers(5, 20),
)
def test_no_window_ever_holds_more_than_its_limit(idle: list[float], short: int, long: int) -> None:
    time = Time()
    limits = (RateLimit(calls=short, seconds=1.0), RateLimit(calls=long, seconds=10.0))
    throttle = make_throttle(time, *limits)
    sent = []
    for pause in idle:
        time.now += pause
        throttle.wait(patience_seconds=1000)
        sent.append(time.now)
    for limit in limits:
        for first, one_too_many in zip(sent, sent[limit.calls :], strict=False):
            assert one_too_many - first >= limit.seconds - 1e-6
    assert all(one <= other for one, other in pairwise(sent))


def test_who_has_no_patience_is_told_how_long_it_would_be() -> None:
    time = Time()
    throttle = make_throttle(time, RateLimit(calls=1, seconds=60.0))
    throttle.wait(patience_seconds=3)
    with pytest.raises(TryLater) as refusal:
        throttle.wait(patience_seconds=3)
    assert refusal.value.wait_seconds == 61.0
    assert time.now == 1000.0


def test_everybody_waits_when_the_provider_says_so() -> None:
    time = Time()
    throttle = make_throttle(time, RateLimit(calls=10, seconds=1.0))
    throttle.hold(seconds=30)
    throttle.hold(seconds=10)
    with pytest.raises(TryLater) as refusal:
        throttle.wait(patience_seconds=29)
    assert refusal.value.wait_seconds == 30
    throttle.wait(patience_seconds=30)
    assert time.now == 1030.0
