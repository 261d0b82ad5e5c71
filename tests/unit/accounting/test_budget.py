"""What may still be read this month, and who goes without first (CONN-9)."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partsemble.accounting.budget import (
    ReadUse,
    find_month,
    find_next_month,
    forecast_reads,
    judge_stage,
)
from partsemble.accounting.qbo.metering import find_call_kind, is_metered
from partsemble.accounting.types import CallKind, ReadStage

LIMIT = 500_000
MIDDLE = datetime(2026, 11, 16, tzinfo=UTC)
"""Half of November has passed."""


def judge(
    used: int, *, own: int | None = None, connections: int = 1, now: datetime = MIDDLE
) -> str:
    use = ReadUse(limit=LIMIT, used=used, own=used if own is None else own, connections=connections)
    return judge_stage(use=use, now=now).value


@pytest.mark.parametrize(
    ("instant", "month"),
    [
        (datetime(2026, 11, 30, 23, 59, tzinfo=UTC), date(2026, 11, 1)),
        (datetime(2026, 12, 1, tzinfo=UTC), date(2026, 12, 1)),
        (datetime(2026, 12, 1, 3, tzinfo=timezone(timedelta(hours=9))), date(2026, 11, 1)),
    ],
)
def test_months_are_those_of_utc(instant: datetime, month: date) -> None:
    assert find_month(instant) == month


def test_december_is_followed_by_january() -> None:
    assert find_next_month(date(2026, 12, 1)) == date(2027, 1, 1)
    assert find_next_month(date(2026, 2, 1)) == date(2026, 3, 1)


def test_half_a_month_is_doubled() -> None:
    assert forecast_reads(used=100_000, now=MIDDLE) == 200_000


def test_the_first_hour_counts_as_a_day() -> None:
    now = datetime(2026, 11, 1, 1, tzinfo=UTC)
    assert forecast_reads(used=100, now=now) == 3_000


@given(st.integers(0, 10**9), st.datetimes(timezones=st.just(UTC)))
def test_no_month_ends_with_less_than_it_has(used: int, instant: datetime) -> None:
    assert forecast_reads(used=used, now=instant) >= used


@pytest.mark.parametrize(
    ("used", "stage"),
    [
        (0, "free"),
        (249_000, "free"),
        (349_000, "free"),
        (351_000, "changes"),
        (426_000, "daily"),
        (476_000, "people"),
        (494_999, "people"),
        (495_000, "closed"),
        (900_000, "closed"),
    ],
)
def test_reading_degrades_in_stages(used: int, stage: str) -> None:
    assert judge(used) == stage


def test_what_fits_the_month_is_let_be() -> None:
    last_day = datetime(2026, 11, 30, 12, tzinfo=UTC)
    assert judge(480_000, now=last_day) == "free"


def test_whoever_reads_modestly_is_one_stage_better_off() -> None:
    assert judge(430_000, own=400_000, connections=10) == "daily"
    assert judge(430_000, own=1_000, connections=10) == "changes"
    assert judge(351_000, own=1_000, connections=10) == "free"
    assert judge(499_000, own=1_000, connections=10) == "closed"


def test_alone_nobody_is_modest() -> None:
    assert judge(430_000, own=430_000, connections=1) == "daily"


@given(st.integers(0, 600_000), st.integers(0, 100_000), st.integers(1, 50))
def test_more_reads_never_open_what_fewer_closed(used: int, more: int, connections: int) -> None:
    order = [each.value for each in ReadStage]
    before = judge(used, own=used, connections=connections)
    after = judge(used + more, own=used + more, connections=connections)
    assert order.index(after) >= order.index(before)


def test_what_the_stages_allow() -> None:
    assert [each for each in ReadStage if each.may_read_all] == [ReadStage.FREE]
    assert [each for each in ReadStage if not each.may_read_on_schedule] == [
        ReadStage.PEOPLE,
        ReadStage.CLOSED,
    ]


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("GET", "/v3/company/1/query", CallKind.READ),
        ("POST", "/v3/company/1/query", CallKind.READ),
        ("GET", "/v3/company/1/companyinfo/1", CallKind.READ),
        ("GET", "/v3/company/1/cdc", CallKind.READ),
        ("POST", "/v3/company/1/journalentry", CallKind.WRITE),
        ("POST", "/oauth2/v1/tokens/bearer", None),
        ("GET", "/.well-known/openid_configuration/", None),
    ],
)
def test_reads_are_metered_and_the_rest_is_free(
    method: str, path: str, kind: CallKind | None
) -> None:
    assert find_call_kind(method=method, path=path) is kind


def test_the_sandbox_meters_nothing() -> None:
    assert is_metered("production")
    assert is_metered("http://localhost:8100/.well-known/x")
    assert not is_metered("sandbox")
