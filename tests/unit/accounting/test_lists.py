"""Holding a reading of accounts or vendors against what is known; reading it without a gap."""

from dataclasses import replace
from uuid import UUID

import pytest

from partsemble.accounting.documents import (
    AccountClass,
    AccountType,
    LedgerAccount,
    RecordPage,
    Vendor,
)
from partsemble.accounting.lists import (
    KnownRecord,
    ListReading,
    compare_lists,
    digest_record,
    write_chart_place,
)
from partsemble.accounting.provider import Unexpected
from partsemble.accounting.queries.list_reading import MOST_PAGES, read_whole_list


def make_vendor(number: int, **values: object) -> Vendor:
    made = Vendor(
        external_id=str(number), name=f"V{number}", currency="USD", is_active=True, revision="0"
    )
    return replace(made, **values)  # type: ignore[arg-type]  # the fields by name


def know(vendor: Vendor, *, is_present: bool = True) -> KnownRecord:
    return KnownRecord(
        id=UUID(int=int(vendor.external_id)), digest=digest_record(vendor), is_present=is_present
    )


def make_account(name: str, **values: object) -> LedgerAccount:
    made = LedgerAccount(
        external_id=name,
        number="",
        name=name.rpartition(":")[2],
        full_name=name,
        type=AccountType.BANK,
        subtype="",
        classification=AccountClass.ASSET,
        currency="USD",
        is_active=True,
        parent_id="",
        revision="0",
    )
    return replace(made, **values)  # type: ignore[arg-type]  # the fields by name


def test_what_is_as_known_needs_nothing() -> None:
    one, two = make_vendor(1), make_vendor(2)
    plan = compare_lists(
        reading=ListReading(records=(one, two), is_complete=True),
        known={"1": know(one), "2": know(two)},
    )
    assert (plan.new, plan.changed, plan.absent) == ((), (), ())


def test_new_changed_absent_and_back_are_told_apart() -> None:
    kept, renamed, gone, back = (make_vendor(number) for number in range(1, 5))
    new = make_vendor(9)
    other = replace(renamed, name="Other", revision="1")
    plan = compare_lists(
        reading=ListReading(records=(kept, other, back, new), is_complete=True),
        known={
            "1": know(kept),
            "2": know(renamed),
            "3": know(gone),
            "4": know(back, is_present=False),
        },
    )
    assert plan.new == (new,)
    assert [record for _, record in plan.changed] == [other, back]
    assert [each.id for each in plan.absent] == [UUID(int=3)]


def test_what_is_absent_already_is_not_marked_again() -> None:
    gone = make_vendor(1)
    reading = ListReading[Vendor](records=(), is_complete=True)
    assert compare_lists(reading=reading, known={"1": know(gone, is_present=False)}).absent == ()


def test_an_incomplete_reading_makes_nothing_absent() -> None:
    reading = ListReading[Vendor](records=(), is_complete=False)
    assert compare_lists(reading=reading, known={"1": know(make_vendor(1))}).absent == ()


def test_a_record_that_comes_twice_counts_as_it_came_last() -> None:
    first, second = make_vendor(1), make_vendor(1, name="Second")
    plan = compare_lists(
        reading=ListReading(records=(first, second), is_complete=True), known={"1": know(second)}
    )
    assert (plan.new, plan.changed) == ((), ())


@pytest.mark.parametrize(
    "change",
    [{"name": "x"}, {"currency": "EUR"}, {"is_active": False}, {"revision": "1"}],
    ids=str,
)
def test_every_field_of_a_vendor_counts(change: dict[str, object]) -> None:
    assert digest_record(make_vendor(1)) != digest_record(make_vendor(1, **change))


def test_a_chart_goes_by_type_then_number_then_parent() -> None:
    sales = make_account("Sales", type=AccountType.INCOME)
    cogs = make_account("Cost", type=AccountType.COST_OF_GOODS_SOLD)
    till = make_account("Bank:Till")
    bank, zebra = make_account("Bank"), make_account("Zebra")
    numbered = make_account("Zinc", number="1000")
    other = make_account("Other", number="1005")
    accounts = [sales, other, zebra, cogs, till, numbered, bank]
    assert sorted(accounts, key=write_chart_place) == [
        *(bank, till, zebra, numbered, other, sales, cogs),
    ]


class Rows:
    """A list that is asked for page by page, and to which something may happen in between."""

    def __init__(self, *numbers: int) -> None:
        self.numbers = list(numbers)
        self.asked = 0
        self.lose_after: dict[int, int] = {}

    def read(self, start: int, limit: int) -> RecordPage[Vendor]:
        found = tuple(make_vendor(each) for each in self.numbers[start : start + limit])
        self.asked += 1
        if self.asked in self.lose_after:
            self.numbers.remove(self.lose_after[self.asked])
        return RecordPage(records=found, row_count=len(found), unreadable_count=0)


@pytest.mark.parametrize("count", range(9))
def test_a_list_of_any_length_is_read_whole(count: int) -> None:
    rows = Rows(*range(count))
    reading = read_whole_list(read_page=rows.read, page_size=3)
    assert [each.external_id for each in reading.records] == [str(each) for each in range(count)]
    assert reading.is_complete


@pytest.mark.parametrize("lost", range(4))
def test_a_row_that_vanishes_between_two_pages_hides_no_other(lost: int) -> None:
    rows = Rows(*range(8))
    rows.lose_after = {1: lost}
    reading = read_whole_list(read_page=rows.read, page_size=3)
    seen = {int(each.external_id) for each in reading.records}
    assert seen - {lost} == set(range(8)) - {lost}


def test_a_list_that_never_keeps_still_is_given_up() -> None:
    rows = Rows(*range(40))
    rows.lose_after = {each: each - 1 for each in range(1, 40)}
    with pytest.raises(Unexpected):
        read_whole_list(read_page=rows.read, page_size=3)


def test_a_list_without_an_end_is_given_up() -> None:
    asked = []

    def read_page(start: int, limit: int) -> RecordPage[Vendor]:
        asked.append(start)
        records = tuple(make_vendor(start + place) for place in range(limit))
        return RecordPage(records=records, row_count=limit, unreadable_count=0)

    with pytest.raises(Unexpected):
        read_whole_list(read_page=read_page, page_size=3)
    assert len(asked) == MOST_PAGES


def test_a_row_that_can_not_be_read_leaves_the_reading_incomplete() -> None:
    def read_page(start: int, limit: int) -> RecordPage[Vendor]:
        return RecordPage(records=(make_vendor(1),), row_count=2, unreadable_count=1)

    assert not read_whole_list(read_page=read_page, page_size=3).is_complete
