"""What the pictures of a product's stock say in words."""

from datetime import date, timedelta
from decimal import Decimal

from partsemble.stock.queries.course import Course, Evening
from partsemble.web.stock.course import CoursePictures, draw_course

DAY = date(2026, 3, 9)


def draw(*evenings: tuple[str, str], day_count: int | None = None) -> CoursePictures | None:
    """Evenings one after the other: what was there, below zero what was missing, and its value."""
    found = []
    for number, (level, value) in enumerate(evenings):
        there = Decimal(level)
        found.append(
            Evening(
                day=DAY + timedelta(days=number),
                on_hand=max(there, Decimal(0)),
                value=Decimal(value),
                shortage=max(-there, Decimal(0)),
            )
        )
    course = Course(tuple(found), day_count or len(found))
    return draw_course(course, until=DAY, unit="pcs", currency="USD")


def say(*evenings: tuple[str, str]) -> list[str]:
    drawn = draw(*evenings)
    assert drawn is not None
    return [each.summary for each in drawn.pictures]


def test_nothing_is_not_drawn() -> None:
    assert draw() is None


def test_one_day_is_said_shortly() -> None:
    assert say(("1250", "6250")) == ["1,250 pcs since 9 Mar 2026.", "5.00 USD now."]


def test_two_days_have_a_lowest_and_a_highest() -> None:
    assert say(("100", "500"), ("150", "800")) == [
        "150 pcs since 10 Mar 2026. Lowest 100 pcs on 9 Mar 2026, highest 150 pcs on 10 Mar 2026.",
        "5.333333 USD now. Lowest 5.00 USD on 9 Mar 2026, highest 5.333333 USD on 10 Mar 2026.",
    ]


def test_what_is_missing_is_called_so() -> None:
    stock, cost = say(("10", "50"), ("-4", "0"))
    assert stock == (
        "4 pcs missing since 10 Mar 2026. "
        "Lowest 4 pcs missing on 10 Mar 2026, highest 10 pcs on 9 Mar 2026."
    )
    assert cost == "Last 5.00 USD; none while nothing is on hand."


def test_what_never_had_a_cost_has_no_picture_of_it() -> None:
    assert say(("-4", "0")) == ["4 pcs missing since 9 Mar 2026."]


def test_another_cost_of_the_same_quantity_is_told() -> None:
    stock, cost = say(("10", "50"), ("10", "70"))
    assert stock == "10 pcs since 10 Mar 2026. "[:-1]
    assert cost.startswith("7.00 USD now. Lowest 5.00 USD on 9 Mar 2026")


def test_the_table_says_the_same_newest_first_and_to_the_cent() -> None:
    drawn = draw(("3", "10"), ("-4", "0"))
    assert drawn is not None
    assert [
        (each.day, each.on_hand, each.shortage, each.unit_cost, each.value) for each in drawn.lines
    ] == [("10 Mar 2026", "0", "4", "–", "0.00"), ("9 Mar 2026", "3", "", "3.333333", "10.00")]


def test_what_was_left_out_is_said() -> None:
    whole, thinned = draw(("3", "10")), draw(("3", "10"), ("4", "11"), day_count=1_200)
    assert whole is not None
    assert thinned is not None
    assert whole.note == ""
    assert thinned.note.startswith("Something moved on 1,200 days; 2 of them are drawn")
