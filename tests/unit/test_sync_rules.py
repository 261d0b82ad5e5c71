"""What a reading of the books means for the mirror."""

from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from partsemble.accounting.documents import Item, ItemGlimpse, ItemType
from partsemble.accounting.mirror import KnownItem, compare_items, digest_item
from partsemble.sync.rules.deciding import (
    decide,
    explain_steps,
    glance_at_page,
    is_wanted,
    plan_absences,
    sort_page,
)
from partsemble.sync.rules.guarding import is_held
from partsemble.sync.rules.lives import TRANSITIONS
from partsemble.sync.rules.plans import (
    is_named,
    list_steps,
    read_steps,
    write_names,
    write_steps,
)
from partsemble.sync.types import (
    CHOOSABLE_TYPES,
    DEFAULT_TYPES,
    OPEN_STATES,
    RunState,
    SkipReason,
    StepKind,
    StepReason,
)

PUMP = Item(
    external_id="11",
    name="Pump",
    full_name="Fountains:Pump",
    sku="P-11",
    type=ItemType.INVENTORY,
    description="",
    unit_price=Decimal("25.00"),
    purchase_cost=Decimal(10),
    quantity_on_hand=Decimal(25),
    inventory_start_date=date(2026, 1, 1),
    income_account_id="79",
    expense_account_id="80",
    asset_account_id="81",
    is_active=True,
    revision="0",
    updated_at=datetime(2026, 10, 1, 12, tzinfo=UTC),
)

numbers = st.none() | st.decimals(min_value=0, max_value=10**6, places=2)
items = st.builds(
    Item,
    external_id=st.integers(1, 30).map(str),
    name=st.text(max_size=8),
    full_name=st.text(max_size=8),
    sku=st.text(max_size=4),
    type=st.sampled_from(ItemType),
    description=st.just(""),
    unit_price=numbers,
    purchase_cost=numbers,
    quantity_on_hand=numbers,
    inventory_start_date=st.none() | st.dates(),
    income_account_id=st.just("79"),
    expense_account_id=st.just("80"),
    asset_account_id=st.just("81"),
    is_active=st.booleans(),
    revision=st.integers(0, 3).map(str),
    updated_at=st.none() | st.datetimes(timezones=st.just(UTC)),
)
readings = st.lists(items, max_size=20, unique_by=lambda item: item.external_id)
filters = st.frozensets(st.sampled_from(CHOOSABLE_TYPES), min_size=1)


def know(item: Item) -> KnownItem:
    return KnownItem(
        id=UUID(int=int(item.external_id)), digest=digest_item(item), is_active=item.is_active
    )


def follow(mirror: dict[str, Item], reading: list[Item], types: frozenset[ItemType]) -> None:
    """Apply a plan the way a bookkeeper with a pencil would."""
    known = {key: know(item) for key, item in mirror.items()}
    for step in sort_page(observed=reading, known=known, types=types).steps:
        mirror[step.item.external_id] = step.item


@given(readings, readings, filters)
def test_applying_a_plan_leaves_nothing_to_plan(
    before: list[Item], now: list[Item], types: frozenset[ItemType]
) -> None:
    mirror: dict[str, Item] = {}
    follow(mirror, before, types)
    follow(mirror, now, types)
    known = {key: know(item) for key, item in mirror.items()}
    assert sort_page(observed=now, known=known, types=types).steps == ()


def glimpse(item: Item, *, look: int) -> ItemGlimpse:
    """As an adapter would: equal fingerprints mean equal items, other ones mean nothing."""
    return ItemGlimpse(item.external_id, item.type, f"{look}{digest_item(item)[1:]}")


@given(readings, readings, filters, filters, st.lists(st.integers(0, 2), min_size=20))
def test_what_is_not_opened_would_have_been_skipped(
    before: list[Item],
    now: list[Item],
    types: frozenset[ItemType],
    types_now: frozenset[ItemType],
    looks: list[int],
) -> None:
    """The short way (fingerprints first) and the long one (every record) give the same plan."""
    mirror: dict[str, Item] = {}
    follow(mirror, before, types)
    # Many items are as they were; of those some look otherwise all the same.
    again = [*mirror.values(), *(item for item in now if item.external_id not in mirror)]
    known = {key: know(item) for key, item in mirror.items()}
    prints = {key: glimpse(item, look=0).fingerprint for key, item in mirror.items()}
    glimpses = [glimpse(item, look=look) for item, look in zip(again, looks * 3, strict=False)]
    glance = glance_at_page(glimpses=glimpses, known=prints, types=types_now)
    rest = [item for item in again if item.external_id not in glance.familiar]
    short = sort_page(observed=rest, known=known, types=types_now)
    long = sort_page(observed=again, known=known, types=types_now)
    assert short.steps == long.steps
    assert glance.skipped_unchanged + short.skipped_unchanged == long.skipped_unchanged
    assert Counter(glance.skipped_by_type) + Counter(short.skipped_by_type) == Counter(
        long.skipped_by_type
    )


@given(readings, readings, filters)
def test_every_observed_item_is_counted_once(
    before: list[Item], now: list[Item], types: frozenset[ItemType]
) -> None:
    mirror: dict[str, Item] = {}
    follow(mirror, before, types)
    plan = sort_page(
        observed=now, known={key: know(item) for key, item in mirror.items()}, types=types
    )
    counted = len(plan.steps) + plan.skipped_unchanged + sum(plan.skipped_by_type.values())
    assert counted == len(now)


@given(readings, readings, filters)
def test_the_mirror_holds_every_wanted_active_item_as_it_is_now(
    before: list[Item], now: list[Item], types: frozenset[ItemType]
) -> None:
    mirror: dict[str, Item] = {}
    follow(mirror, before, types)
    follow(mirror, now, types)
    for item in now:
        if item.is_active and is_wanted(item_type=item.type, types=types):
            assert mirror[item.external_id] == item


def test_a_new_active_item_is_created() -> None:
    assert decide(observed=PUMP, known=None, types=DEFAULT_TYPES) is StepKind.CREATE


def test_an_inactive_item_that_was_never_known_stays_unknown() -> None:
    gone = replace(PUMP, is_active=False)
    assert decide(observed=gone, known=None, types=DEFAULT_TYPES) is SkipReason.UNCHANGED


def test_an_item_that_left_the_filter_is_skipped_and_not_deactivated() -> None:
    services = frozenset({ItemType.SERVICE})
    gone = replace(PUMP, is_active=False)
    assert decide(observed=gone, known=know(PUMP), types=services) is SkipReason.TYPE


@pytest.mark.parametrize(
    ("known", "observed", "expected"),
    [
        (PUMP, PUMP, SkipReason.UNCHANGED),
        (PUMP, replace(PUMP, unit_price=Decimal("25.0000")), SkipReason.UNCHANGED),
        (PUMP, replace(PUMP, unit_price=Decimal("25.01")), StepKind.UPDATE),
        (PUMP, replace(PUMP, unit_price=None), StepKind.UPDATE),
        (PUMP, replace(PUMP, is_active=False), StepKind.DEACTIVATE),
        (replace(PUMP, is_active=False), PUMP, StepKind.REACTIVATE),
        (
            replace(PUMP, is_active=False),
            replace(PUMP, is_active=False, name="x"),
            StepKind.UPDATE,
        ),
    ],
)
def test_what_a_known_item_comes_to(
    known: Item, observed: Item, expected: StepKind | SkipReason
) -> None:
    assert decide(observed=observed, known=know(known), types=DEFAULT_TYPES) is expected


@pytest.mark.parametrize("arrived_as", [ItemType.GROUP, ItemType.BUNDLE])
@pytest.mark.parametrize("chosen", [ItemType.GROUP, ItemType.BUNDLE])
def test_group_and_bundle_mean_each_other(arrived_as: ItemType, chosen: ItemType) -> None:
    assert is_wanted(item_type=arrived_as, types=frozenset({chosen}))
    assert not is_wanted(item_type=arrived_as, types=frozenset({ItemType.SERVICE}))


def test_a_type_that_nobody_knows_is_never_wanted() -> None:
    assert not is_wanted(item_type=ItemType.OTHER, types=frozenset(CHOOSABLE_TYPES))


def test_absent_is_not_zero() -> None:
    assert digest_item(replace(PUMP, quantity_on_hand=None)) != digest_item(
        replace(PUMP, quantity_on_hand=Decimal(0))
    )


def test_a_step_says_which_fields_change() -> None:
    dearer = replace(PUMP, unit_price=Decimal("27.50"), sku="P-11B")
    plan = sort_page(observed=[dearer], known={"11": know(PUMP)}, types=DEFAULT_TYPES)
    (step,) = explain_steps(steps=plan.steps, mirrored={"11": PUMP})
    assert step.changes == {"unit_price": ("25", "27.5"), "sku": ("P-11", "P-11B")}


def test_comparing_shows_dates_and_missing_figures() -> None:
    later = replace(PUMP, inventory_start_date=None, quantity_on_hand=Decimal(1000000))
    assert compare_items(before=PUMP, after=later) == {
        "inventory_start_date": ("2026-01-01", None),
        "quantity_on_hand": ("25", "1000000"),
    }


def test_every_state_is_in_the_table_and_every_end_is_an_end() -> None:
    assert set(TRANSITIONS) == set(RunState)
    ends = {state for state, targets in TRANSITIONS.items() if not targets}
    assert ends == set(RunState) - OPEN_STATES
    assert all(RunState.FAILED in TRANSITIONS[state] for state in OPEN_STATES)


@given(readings, readings, filters)
def test_a_plan_reads_as_it_was_written(
    before: list[Item], now: list[Item], types: frozenset[ItemType]
) -> None:
    known = {item.external_id: know(item) for item in before}
    plan = sort_page(observed=now, known=known, types=types)
    steps = explain_steps(steps=plan.steps, mirrored={item.external_id: item for item in before})
    document = write_steps(steps)
    assert tuple(read_steps(document)) == steps
    for listed, step in zip(list_steps(document), steps, strict=True):
        assert (listed.kind, listed.item.external_id) == (step.kind, step.item.external_id)
        assert listed.changes == step.changes


def test_a_step_is_found_by_name_sku_and_id() -> None:
    assert (
        write_names(sort_page(observed=[PUMP], known={}, types=DEFAULT_TYPES).steps)
        == "fountains:pump p-11 11"
    )
    (step,) = list_steps(
        write_steps(sort_page(observed=[PUMP], known={}, types=DEFAULT_TYPES).steps)
    )
    for words in ([], ["pump"], ["fount", "11"], ["p-11"]):
        assert is_named(step=step, words=words)
    assert not is_named(step=step, words=["pump", "lamp"])


@given(
    gone=readings,
    confirmed=st.frozensets(st.integers(1, 30).map(str)),
    is_holding=st.booleans(),
)
def test_what_is_absent_is_deactivated_and_waits_unless_it_was_shown_and_confirmed(
    gone: list[Item], confirmed: frozenset[str], *, is_holding: bool
) -> None:
    active = {item.external_id: replace(item, is_active=True) for item in gone}
    known = {key: know(item) for key, item in active.items()}
    steps = plan_absences(mirrored=active, known=known, confirmed=confirmed)
    assert [each.item for each in steps] == [
        replace(item, is_active=False) for item in active.values()
    ]
    for step in steps:
        assert (step.kind, step.reason) == (StepKind.DEACTIVATE, StepReason.ABSENT)
        assert step.changes == {"is_active": (True, False)}
        assert step.known == known[step.item.external_id]
        is_waiting = is_holding and step.item.external_id not in confirmed
        assert is_held(step=step, is_holding=is_holding) is is_waiting
    # An absence that was applied is no change any more.
    after = {key: know(replace(item, is_active=False)) for key, item in active.items()}
    now = [step.item for step in steps]
    every_type = frozenset(ItemType)
    assert sort_page(observed=now, known=after, types=every_type).steps == ()


@given(readings, readings, st.frozensets(st.integers(1, 30).map(str)))
def test_a_confirmation_lets_through_deactivations_and_nothing_else(
    before: list[Item], now: list[Item], confirmed: frozenset[str]
) -> None:
    mirrored = {item.external_id: item for item in before}
    plan = sort_page(
        observed=now,
        known={key: know(item) for key, item in mirrored.items()},
        types=frozenset(CHOOSABLE_TYPES),
    )
    for step in explain_steps(steps=plan.steps, mirrored=mirrored, confirmed=confirmed):
        is_deactivation = step.kind is StepKind.DEACTIVATE
        assert step.is_confirmed is (is_deactivation and step.item.external_id in confirmed)
        assert is_held(step=step, is_holding=True) is (is_deactivation and not step.is_confirmed)
