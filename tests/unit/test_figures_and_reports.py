"""Numbers and runs as people read them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from partsemble.database.ids import new_id
from partsemble.kernel.ids import RunId
from partsemble.sync.types import (
    CorrectionCounts,
    CorrectionState,
    Counts,
    FullReason,
    ReadMode,
    RunState,
    RunView,
    StepKind,
    StepReason,
    StepView,
    Trigger,
)
from partsemble.sync.types.comparing import (
    Compared,
    Difference,
    DifferenceKind,
    PreviewComparison,
)
from partsemble.web.sync.changes import count_kinds, describe_comparison, show_step
from partsemble.web.sync.progress import (
    describe_pace,
    describe_progress,
    measure_progress,
    show_progress,
)
from partsemble.web.sync.report import explain_nothing_created, make_report, sum_up
from partsemble.words.changes import ChangeInWords, Setting, describe_changes
from partsemble.words.figures import (
    show_money,
    show_quantity,
    show_seconds,
    show_value,
    show_value_change,
    show_value_step,
)

SETTING = Setting(currency="USD", time_zone="America/New_York")
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
RUN = RunView(
    id=RunId(new_id()),
    state=RunState.READING,
    trigger=Trigger.PERSON,
    actor_label="Olivia Owner",
    queued_at=NOON,
    started_at=NOON,
    finished_at=None,
    types=frozenset({"inventory"}),
    total_rows=2000,
    read_rows=1000,
    planned_steps=0,
    applied_steps=0,
    counts=Counts(),
)


@pytest.mark.parametrize(
    ("value", "shown", "changed"),
    [
        ("54.230769", "54.23", "+54.23"),
        ("-0.005", "−0.01", "−0.01"),
        ("1250", "1,250.00", "+1,250.00"),
        ("-0.0049", "0.00", "−0.0049"),
    ],
)
def test_what_stock_is_worth_is_shown_in_cents(value: str, shown: str, changed: str) -> None:
    assert show_value(Decimal(value)) == shown
    assert show_value_change(Decimal(value)) == changed


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("12.340001", "15.1", ("12.34", "15.10")),
        ("12.341", "12.3432", ("12.341", "12.3432")),
        ("12.341", "12.341", ("12.34", "")),
        (None, "3", ("–", "3.00")),
    ],
)
def test_a_step_of_less_than_a_cent_is_seen(
    before: str | None, after: str, shown: tuple[str, str]
) -> None:
    assert (
        show_value_step(before=Decimal(before) if before else None, after=Decimal(after)) == shown
    )


@pytest.mark.parametrize(
    ("number", "quantity", "money"),
    [
        (None, "–", "–"),
        ("0", "0", "0.00"),
        ("1250.000000", "1,250", "1,250.00"),
        ("0.500000", "0.5", "0.50"),
        ("1.333333", "1.333333", "1.333333"),
        ("-10.000000", "−10", "−10.00"),
        ("100000000", "100,000,000", "100,000,000.00"),
    ],
)
def test_numbers_keep_the_places_they_have(number: str | None, quantity: str, money: str) -> None:
    exact = None if number is None else Decimal(number)
    assert (show_quantity(exact), show_money(exact)) == (quantity, money)


def test_progress_never_goes_backwards() -> None:
    stages = [
        replace(RUN, state=RunState.QUEUED, total_rows=None, read_rows=0),
        replace(RUN, read_rows=0),
        RUN,
        replace(RUN, read_rows=2400),
        replace(RUN, state=RunState.APPLYING, planned_steps=10, applied_steps=5),
        replace(RUN, state=RunState.FINISHED),
    ]
    shown = [measure_progress(stage) for stage in stages]
    assert shown == sorted(shown)
    assert (shown[0], shown[-1]) == (0, 100)
    assert describe_progress(stages[0]) == "No items read yet"
    assert describe_progress(stages[3]) == "2,400 of 2,400 records read"
    assert describe_progress(stages[4]) == "5 of 10 changes made"


def test_a_run_that_creates_nothing_because_of_the_filter_says_so() -> None:
    finished = replace(RUN, state=RunState.FINISHED, finished_at=NOON)
    skipped = replace(finished, counts=Counts(skipped_type=3), skipped_by_type={"service": 3})
    assert explain_nothing_created(finished) == ""
    assert explain_nothing_created(skipped) == (
        "Only these types are read: Inventory. Your books have none of them. "
        "Left out by type: 3 Service."
    )
    routine = replace(skipped, counts=Counts(skipped_type=3, skipped_unchanged=2))
    assert "All of them were here already." in explain_nothing_created(routine)


def test_a_failed_run_says_why() -> None:
    failed = replace(RUN, state=RunState.FAILED, failure_code="provider_reconnect")
    report = make_report(failed)
    assert report.failure is not None
    assert report.failure.code == "provider_reconnect"
    assert make_report(RUN).failure is None


@pytest.mark.parametrize("mode", list(ReadMode))
def test_a_run_that_failed_before_it_read_anything_shows_no_zeros(mode: ReadMode) -> None:
    unread = replace(RUN, state=RunState.FAILED, failure_code="provider_reconnect", mode=mode)
    for run in (replace(unread, read_rows=0), replace(unread, read_rows=0, total_rows=None)):
        report = make_report(run)
        assert report.figures == ()
        assert report.how_far == report.outcome == "Nothing was read"
    assert make_report(unread).figures
    assert make_report(unread).how_far != "Nothing was read"
    assert make_report(replace(unread, read_rows=0, state=RunState.READING)).figures


def test_changes_are_counted_by_kind() -> None:
    tabs = count_kinds(Counts(created=2, deactivated=1))
    assert [(tab.label, tab.count) for tab in tabs] == [
        ("Created", 2),
        ("Updated", 0),
        ("Deactivated", 1),
        ("Reactivated", 0),
    ]


def test_a_change_is_shown_in_words() -> None:
    step = StepView(
        sequence=1,
        kind=StepKind.UPDATE,
        external_id="1",
        name="Lamps:Heron",
        sku="",
        changes={"unit_price": ("25", None), "revision": ("0", "1"), "is_active": (True, False)},
        is_applied=True,
    )
    line = show_step(step, setting=SETTING)
    assert (line.path, line.name, line.change) == ("Lamps", "Heron", "Updated")
    assert line.fields == (
        ChangeInWords("Selling price", "25.00 USD", "none"),
        ChangeInWords("Active", "yes", "no"),
    )
    assert line.gist == "Selling price, Active"
    assert show_step(replace(step, is_applied=False), setting=SETTING).change == "Not made"
    created = replace(step, kind=StepKind.CREATE, changes={})
    assert show_step(created, setting=SETTING).gist == "New here, with all its fields"


def test_an_edit_that_changed_nothing_of_ours_still_shows_what_moved() -> None:
    assert describe_changes({"revision": ("0", "1")}) == (
        ChangeInWords("Revision in the books", "0", "1"),
    )
    assert describe_changes({"type": ("service", "group")}) == (
        ChangeInWords("Type", "Service", "Bundle"),
    )


def test_figures_of_a_change_have_their_units_and_their_difference() -> None:
    changes = {
        "unit_price": ("25", "27.5"),
        "purchase_cost": ("9.123456", "9"),
        "quantity_on_hand": ("1250.000000", "1252"),
        "updated_at": ("2026-11-21T12:00:00Z", None),
    }
    assert describe_changes(changes, setting=SETTING) == (
        ChangeInWords("Selling price", "25.00 USD", "27.50 USD", "+2.50"),
        ChangeInWords("Purchase cost", "9.123456 USD", "9.00 USD", "−0.123456"),
        ChangeInWords("Quantity on hand", "1,250", "1,252", "+2"),
    )
    edited = describe_changes({"updated_at": changes["updated_at"]}, setting=SETTING)
    assert edited == (ChangeInWords("Last edited in the books", "21 Nov 2026, 07:00:00", "none"),)


def test_a_full_name_that_follows_the_name_is_said_once() -> None:
    renamed = {"name": ("Heron", "Wren"), "full_name": ("Lamps:Heron", "Lamps:Wren")}
    assert [each.field for each in describe_changes(renamed)] == ["Name"]
    moved = {**renamed, "full_name": ("Lamps:Heron", "Lamps:Table:Wren")}
    assert [each.field for each in describe_changes(moved)] == ["Name", "Full name"]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.04, "0.0 s"),
        (9.94, "9.9 s"),
        (12.4, "12 s"),
        (60, "1 min"),
        (185, "3 min 5 s"),
        (7800, "2 h 10 min"),
    ],
)
def test_seconds_are_said_as_people_say_them(seconds: float, said: str) -> None:
    assert show_seconds(seconds) == said


def test_what_remains_is_said_only_when_it_is_known() -> None:
    after = {seconds: NOON + timedelta(seconds=seconds) for seconds in (2, 10)}
    assert describe_pace(RUN, now=after[2]) == "2.0 s so far"
    assert describe_pace(RUN, now=after[10]) == (
        "10 s so far · 100 records a second · about 10 s of reading left"
    )
    assert describe_pace(replace(RUN, total_rows=None), now=after[10]) == "10 s so far"
    assert describe_pace(replace(RUN, started_at=None), now=NOON) == ""
    applying = replace(RUN, state=RunState.APPLYING)
    assert describe_pace(applying, now=after[10]) == "10 s so far"


def test_a_screen_reader_hears_a_few_steps_and_not_every_record() -> None:
    heard = {
        show_progress(replace(RUN, read_rows=read), now=NOON).spoken for read in range(0, 2000, 50)
    }
    assert heard == {
        "Reading the books",
        *(f"Reading the books, {share} per cent" for share in (20, 40, 60)),
    }
    phases = show_progress(RUN, now=NOON).phases
    assert [phase.state for phase in phases] == ["done", "current", "later"]


def test_what_is_held_back_has_a_tab_and_a_word() -> None:
    assert [(tab.show, tab.count) for tab in count_kinds(Counts(updated=1, held_back=12))][-1] == (
        "held",
        12,
    )
    gone = StepView(
        sequence=1,
        kind=StepKind.DEACTIVATE,
        external_id="1",
        name="Heron",
        sku="LT-HERON",
        changes={"is_active": (True, False)},
        is_applied=False,
        reason=StepReason.ABSENT,
        is_held=True,
    )
    line = show_step(gone, setting=SETTING)
    assert (line.change, line.tone, line.fields) == ("Held back", "warn", ())
    assert line.gist.startswith("No longer in the books")
    held = replace(RUN, state=RunState.FINISHED, counts=Counts(updated=1, held_back=12))
    report = make_report(held)
    assert report.headline.endswith("but for 12 deactivations held back")
    assert (report.tone, report.outcome) == ("warn", "1 updated, 12 held back")
    followed = make_report(replace(RUN, state=RunState.FINISHED, followed=1))
    assert followed.outcome == "1 product followed"
    assert followed.followed.startswith("1 product took over what changed in the books;")


def test_a_preview_speaks_of_what_would_be() -> None:
    preview = replace(RUN, state=RunState.FINISHED, is_preview=True, counts=Counts(created=2))
    assert make_report(preview).outcome == "A sync would create 2 items"
    more = replace(
        preview,
        counts=Counts(updated=1, deactivated=3, problems=1),
        followed=2,
        corrections=CorrectionCounts(applied=1, held_back=11, differing=4),
    )
    assert make_report(more).outcome == (
        "A sync would update 1 item, deactivate 3 items, let 2 products follow, "
        "correct 1 product, hold back 11 corrections and meet 1 problem"
    )
    assert make_report(more).followed == "2 products would take over what changed in the books."
    nothing = make_report(replace(preview, counts=Counts(skipped_unchanged=2)))
    assert (nothing.outcome, nothing.tone) == ("Nothing would change", "info")
    reading = replace(preview, state=RunState.READING)
    assert len(show_progress(reading, now=NOON).phases) == 2


def compare(
    *, same: int = 3, corrected: int = 0, counts: Mapping[DifferenceKind, int] | None = None
) -> PreviewComparison:
    return PreviewComparison(
        preview=RunId(new_id()),
        items=Compared(same=same, counts=Counter(counts)),
        corrections=Compared(same=corrected),
    )


def test_a_run_that_did_what_its_preview_showed_says_so() -> None:
    same = describe_comparison(compare())
    assert (same.is_same, same.text) == (True, "Exactly as the preview showed: 3 changes.")
    stock = describe_comparison(compare(corrected=1))
    assert stock.text == "Exactly as the preview showed: 3 changes and the stock of 1 product."


def test_a_run_is_compared_with_its_preview() -> None:
    differing = compare(same=2, counts={DifferenceKind.ADDED: 1, DifferenceKind.MISSING: 4})
    wren = Difference(DifferenceKind.ADDED, StepKind.CREATE, "7", "Lamps:Wren")
    differing.items.differences.append(wren)
    other = describe_comparison(differing)
    assert not other.is_same
    assert other.text == (
        "Your books moved on after the preview: 2 as shown, 1 not in the preview, "
        "4 only in the preview."
    )
    assert [(each.name, each.what, each.step) for each in other.lines] == [
        ("Lamps › Wren", "Not in the preview", "Created")
    ]


def test_corrections_are_compared_with_the_preview_too() -> None:
    differing = compare(corrected=5)
    lamp = Difference(DifferenceKind.OTHER, CorrectionState.HELD, "9", "Lamp: Wren")
    differing.corrections.counts[lamp.kind] += 1
    differing.corrections.differences.append(lamp)
    other = describe_comparison(differing)
    assert not other.is_same
    assert other.text == (
        "Your books or your stock moved on after the preview. Changes of items: 3 as shown. "
        "Products' stock: 5 as shown, 1 other than in the preview."
    )
    assert [(each.name, each.what, each.step) for each in other.lines] == [
        ("Lamp: Wren", "Other than in the preview", "Correction of stock held back")
    ]


def test_a_run_says_what_it_counts_as_unchanged() -> None:
    finished = replace(RUN, state=RunState.FINISHED, counts=Counts(skipped_unchanged=1))
    assert sum_up(finished) == "Together that is 1 item: every one that was read or known."
    assert "was not read again" in sum_up(replace(finished, mode=ReadMode.INCREMENTAL))
    first = replace(finished, full_reason=FullReason.FIRST)
    assert "was never here stays out; that counts as unchanged, too." in sum_up(first)
    all_new = replace(first, counts=Counts(created=1))
    assert "unchanged" not in sum_up(all_new)
