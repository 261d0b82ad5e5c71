"""QuickBooks' items become items without losing a digit (SYNC-2, SYNC-3)."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from partsemble.accounting.documents import Item, ItemType
from partsemble.accounting.qbo import mapping, wire
from partsemble.kernel.numbers import from_units, to_units

PUMP = """{"FullyQualifiedName": "Office Supplies", "domain": "QBO", "Id": "37",
 "Name": "Office Supplies", "TrackQtyOnHand": true, "Type": "Inventory", "PurchaseCost": 35,
 "QtyOnHand": 10, "IncomeAccountRef": {"name": "Sales of Product Income", "value": "79"},
 "AssetAccountRef": {"name": "Inventory Asset", "value": "81"}, "Taxable": true,
 "MetaData": {"CreateTime": "2015-04-22T11:03:23-07:00",
  "LastUpdatedTime": "2015-04-22T11:03:24-07:00"}, "sparse": false, "Active": true,
 "SyncToken": "0", "InvStartDate": "2013-02-19", "UnitPrice": 25,
 "ExpenseAccountRef": {"name": "Cost of Goods Sold", "value": "80"},
 "PurchaseDesc": "bought", "Description": "sold"}"""


def write_page(*rows: str) -> bytes:
    listed = f'"Item": [{", ".join(rows)}], "startPosition": 1, "maxResults": {len(rows)}'
    return f'{{"QueryResponse": {{{listed}}}, "time": "2026-10-01T11:04:34.194-07:00"}}'.encode()


def write_row(**fields: object) -> str:
    numbers = {name: value for name, value in fields.items() if isinstance(value, Decimal)}
    text = json.dumps({name: value for name, value in fields.items() if name not in numbers})
    extra = "".join(f', "{name}": {value}' for name, value in numbers.items())
    return f"{text[:-1]}{extra}}}"


def read_item(row: str) -> Item:
    page = mapping.map_page(start=0, page=wire.decode_items(write_page(row)))
    assert page.unreadable == ()
    return page.items[0]


def test_the_documented_inventory_item_comes_across_whole() -> None:
    assert replace(read_item(PUMP), fingerprint="") == Item(
        external_id="37",
        name="Office Supplies",
        full_name="Office Supplies",
        sku="",
        type=ItemType.INVENTORY,
        description="sold",
        unit_price=Decimal(25),
        purchase_cost=Decimal(35),
        quantity_on_hand=Decimal(10),
        inventory_start_date=date(2013, 2, 19),
        income_account_id="79",
        expense_account_id="80",
        asset_account_id="81",
        is_active=True,
        revision="0",
        updated_at=datetime(2015, 4, 22, 18, 3, 24, tzinfo=UTC),
        notes=(),
    )


def test_absent_is_not_zero() -> None:
    item = read_item('{"Id": "1", "Name": "Sharpening", "Type": "Service"}')
    assert (item.unit_price, item.purchase_cost, item.quantity_on_hand) == (None, None, None)
    assert (item.inventory_start_date, item.updated_at, item.income_account_id) == (None, None, "")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"Bo\u0000lt", "Bo\N{REPLACEMENT CHARACTER}lt"),
        (r"Half a moth \ud83e", "Half a moth \N{REPLACEMENT CHARACTER}"),
        (r"\udd8b \ud83e\udd8b", "\N{REPLACEMENT CHARACTER} \N{BUTTERFLY}"),
        (r"C:\\u0000", r"C:\u0000"),
        (r"C:\\ud83e \u0000", "C:\\ud83e \N{REPLACEMENT CHARACTER}"),
    ],
)
def test_what_is_no_character_is_replaced_and_the_item_comes_across(
    written: str, read: str
) -> None:
    assert read_item(f'{{"Id": "1", "Name": "{written}", "Type": "Service"}}').name == read


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("Inventory", ItemType.INVENTORY),
        ("NonInventory", ItemType.NON_INVENTORY),
        ("Service", ItemType.SERVICE),
        ("Group", ItemType.GROUP),
        ("Bundle", ItemType.BUNDLE),
        ("Assembly", ItemType.OTHER),
        ("", ItemType.OTHER),
    ],
)
def test_types(theirs: str, ours: ItemType) -> None:
    assert read_item(write_row(Id="1", Name="x", Type=theirs)).type is ours


def test_a_category_is_no_item_but_counts_as_a_row() -> None:
    rows = [write_row(Id="1", Name="Trees", Type="Category"), PUMP]
    page = mapping.map_page(start=1000, page=wire.decode_items(write_page(*rows)))
    assert (page.start, page.row_count) == (1000, 2)
    assert [item.external_id for item in page.items] == ["37"]
    assert page.observed_at == datetime(2026, 10, 1, 18, 4, 34, 194_000, tzinfo=UTC)


def test_what_is_no_answer_to_a_query_is_told_apart_from_an_odd_row() -> None:
    for body in (b"", b"[]", b'{"QueryResponse": {"Item": {}}}', b'{"QueryResponse": {"Item": ['):
        with pytest.raises(msgspec.DecodeError):
            wire.decode_items(body)


@pytest.mark.parametrize(
    "odd",
    [
        write_row(Id="2" * 65, Name="Bolt", Type="Service"),
        write_row(Id="", Name="Bolt", Type="Service"),
        write_row(Id="2", Name="Bolt", IncomeAccountRef={"value": "9" * 65}),
        write_row(Id="2", Name="Bolt", SyncToken="1" * 65),
    ],
)
def test_what_no_database_could_keep_costs_one_item_and_not_the_sync(odd: str) -> None:
    page = mapping.map_page(start=0, page=wire.decode_items(write_page(odd, PUMP)))
    assert [item.external_id for item in page.items] == ["37"]
    (problem,) = page.unreadable
    assert problem.code == "malformed"
    assert len(problem.external_id) <= 64


def test_what_is_opened_is_what_was_glimpsed_less_what_was_left_out() -> None:
    rows = [
        write_row(Id="1", Name="Trees", Type="Category"),
        write_row(Id="2", Name="Oak", Type="Service", UnitPrice=Decimal("35.0")),
        write_row(Id="3", Name="Elm", Type="Inventory", QtyOnHand=Decimal("1e12")),
        PUMP,
    ]
    page = mapping.map_page(start=0, page=wire.decode_items(write_page(*rows)))
    glimpses = page.glimpse()
    assert [(each.external_id, each.type) for each in glimpses] == [
        ("2", ItemType.SERVICE),
        ("3", ItemType.INVENTORY),
        ("37", ItemType.INVENTORY),
    ]
    prints = {each.external_id: each.fingerprint for each in glimpses}
    assert len(set(prints.values())) == 3
    assert all(len(each) == 32 for each in prints.values())
    assert {item.external_id: item.fingerprint for item in page.items} == {
        "2": prints["2"],
        "37": prints["37"],
    }
    assert [each.external_id for each in page.unreadable] == ["3"]
    rest = page.open_rows(but={"2", "3"})
    assert (rest.items, rest.unreadable) == (page.items[1:], ())


@pytest.mark.parametrize(
    "other",
    [
        write_row(Id="2", Name="Oak", Type="Service", UnitPrice=Decimal("35.00")),
        write_row(Id="2", Name="Oak", Type="Service", UnitPrice=Decimal("35.0"), QtyOnHand=0),
        write_row(Id="2", Name="Oak", Type="Service", UnitPrice=Decimal("35.0"), SyncToken="1"),
    ],
)
def test_other_bytes_have_another_fingerprint(other: str) -> None:
    one = read_item(write_row(Id="2", Name="Oak", Type="Service", UnitPrice=Decimal("35.0")))
    assert read_item(other).fingerprint != one.fingerprint


def test_a_page_with_a_row_that_has_no_id_shows_nothing_unopened() -> None:
    page = mapping.map_page(
        start=0, page=wire.decode_items(write_page('{"Id": 6, "Name": "Odd"}', PUMP))
    )
    assert page.glimpse() == ()
    assert page.row_count == 2
    assert [item.external_id for item in page.open_rows(but={"37"}).items] == ["37"]


def test_an_empty_result_has_no_list_at_all() -> None:
    page = mapping.map_page(start=0, page=wire.decode_items(b'{"QueryResponse": {}}'))
    assert (page.row_count, page.items, page.observed_at) == (0, (), None)


@given(units=st.integers(-(10**15) + 1, 10**15 - 1))
def test_no_digit_is_lost_of_any_figure_within_the_limits(units: int) -> None:
    number = from_units(units)
    item = read_item(write_row(Id="1", Type="Inventory", QtyOnHand=number, UnitPrice=number))
    assert item.quantity_on_hand is not None
    assert to_units(item.quantity_on_hand) == units
    assert item.unit_price == number
    assert item.notes == ()


@given(number=st.decimals(allow_nan=False, allow_infinity=False))
def test_any_number_is_kept_rounded_and_noted_or_refused(number: Decimal) -> None:
    row = write_row(Id="1", Name="Bolt", Type="Inventory", PurchaseCost=number)
    page = mapping.map_page(start=0, page=wire.decode_items(write_page(row)))
    if page.unreadable:
        # Half-even at the limit itself: what would round up to it is refused too.
        assert number.copy_abs() >= Decimal("999999999.9999995")
        assert "“Bolt” (item 1)" in page.unreadable[0].sentence
        assert "below 1,000,000,000" in page.unreadable[0].sentence
        return
    cost = page.items[0].purchase_cost
    assert cost is not None
    assert cost.as_tuple().exponent == -6
    assert not cost.is_signed() or cost < 0
    if number == cost:
        assert page.items[0].notes == ()
    else:
        assert (cost - number).copy_abs() <= Decimal("0.0000005")
        assert page.items[0].notes[0].startswith("Purchase cost ")


def test_more_than_six_places_are_rounded_half_even_and_noted() -> None:
    row = write_row(Id="1", UnitPrice=Decimal("0.5306667"), PurchaseCost=Decimal("1.0000005"))
    item = read_item(row)
    assert (item.unit_price, item.purchase_cost) == (Decimal("0.530667"), Decimal("1.000000"))
    assert item.notes == (
        "Unit price 0.5306667 was rounded to 0.530667.",
        "Purchase cost 1.0000005 was rounded to 1.",
    )


def test_a_figure_of_nearly_nothing_is_nothing_and_takes_no_room() -> None:
    item = read_item('{"Id": "1", "UnitPrice": 1E-999999999999, "QtyOnHand": -1e-7}')
    assert (str(item.unit_price), str(item.quantity_on_hand)) == ("0.000000", "0.000000")
    assert item.notes == (
        "Unit price 1E-999999999999 was rounded to 0.",
        "Quantity on hand -1E-7 was rounded to 0.",
    )


@pytest.mark.parametrize(
    "text",
    [
        "1e9",
        "-1000000000",
        "999999999.9999999",
        "99999999999",
        "1E+999999999999",
        '"NaN"',
        '"-Infinity"',
    ],
)
def test_a_figure_beyond_the_limits_is_one_problem_and_not_the_end(text: str) -> None:
    odd = f'{{"Id": "5", "Name": "Moon", "Type": "Inventory", "QtyOnHand": {text}}}'
    page = mapping.map_page(start=0, page=wire.decode_items(write_page(PUMP, odd)))
    assert [item.external_id for item in page.items] == ["37"]
    (problem,) = page.unreadable
    assert (problem.external_id, problem.name, problem.code) == ("5", "Moon", "number_too_large")
    assert problem.sentence.startswith("Quantity on hand of “Moon” (item 5) is ")
    assert page.row_count == 2


@pytest.mark.parametrize(
    ("odd", "label"),
    [
        ('{"Id": "6", "Name": "Odd", "UnitPrice": true}', ("6", "Odd")),
        ('{"Id": "6", "Name": "Odd", "InvStartDate": "yesterday"}', ("6", "Odd")),
        ('{"Id": 6, "Name": "Odd"}', ("", "")),
        ("[]", ("", "")),
    ],
)
def test_a_row_unlike_the_documents_costs_only_itself(odd: str, label: tuple[str, str]) -> None:
    page = mapping.map_page(start=0, page=wire.decode_items(write_page(odd, PUMP)))
    assert [item.external_id for item in page.items] == ["37"]
    (problem,) = page.unreadable
    assert (problem.external_id, problem.name, problem.code) == (*label, "malformed")
    assert "yesterday" not in problem.sentence


@pytest.mark.parametrize(
    ("name", "is_active", "former"),
    [
        ("Rake (deleted)", False, "Rake"),
        ("Rake (Deleted)", False, "Rake"),
        ("Rake (deleted 1)", False, "Rake"),
        ("Rake (deleted 12)", False, "Rake"),
        ("Rake (deleted twice)", False, "Rake (deleted twice)"),
        ("Rake (old)", False, "Rake (old)"),
        ("Garden:Rake (deleted)", False, "Garden:Rake"),
        ("Rake (deleted)", True, "Rake (deleted)"),
        ("Rake", False, "Rake"),
        ("Rake (deleted) old", False, "Rake (deleted) old"),
        (" (deleted)", False, " (deleted)"),
    ],
)
def test_the_former_name_of_a_deactivated_item(*, name: str, is_active: bool, former: str) -> None:
    assert mapping.former_name(name=name, is_active=is_active) == former


def test_whose_books_they_are() -> None:
    company = mapping.map_company(
        company_id="9130354674010826",
        info=wire.decode_company_info(
            b'{"CompanyInfo": {"Id": "1", "CompanyName": "Sandbox", "Country": "USA",'
            b' "NameValue": [{"Name": "NeoEnabled", "Value": "true"},'
            b' {"Name": "OfferingSku", "Value": "QuickBooks Online Plus"}]}}'
        ),
        preferences=wire.decode_preferences(
            b'{"Preferences": {"AccountingInfoPrefs": {"BookCloseDate": "2026-03-31"},'
            b' "ProductAndServicesPrefs": {"QuantityOnHand": true},'
            b' "CurrencyPrefs": {"MultiCurrencyEnabled": false,'
            b' "HomeCurrency": {"value": "USD"}}}}'
        ),
    )
    assert (company.external_id, company.name) == ("9130354674010826", "Sandbox")
    assert (company.country, company.home_currency) == ("US", "USD")
    assert company.offering == "QuickBooks Online Plus"
    assert company.preferences.tracks_quantity
    assert company.takes_adjustments
    assert not company.preferences.is_multicurrency
    assert company.preferences.books_closed_until == date(2026, 3, 31)


@pytest.mark.parametrize(
    ("country", "plan", "has_quantities", "takes"),
    [
        ("US", "QuickBooks Online Plus", "true", True),
        ("USA", "QuickBooks Online Advanced", "true", True),
        ("US", "QuickBooks Online Plus", "false", False),
        ("US", "QuickBooks Online Essentials", "true", False),
        ("US", "", "true", False),
        ("CA", "QuickBooks Online Plus", "true", False),
        ("", "QuickBooks Online Plus", "true", False),
    ],
)
def test_quantities_are_adjusted_in_some_plans_of_one_country(
    country: str, plan: str, has_quantities: str, *, takes: bool
) -> None:
    company = mapping.map_company(
        company_id="1",
        info=wire.decode_company_info(
            f'{{"CompanyInfo": {{"Id": "1", "CompanyName": "Sandbox", "Country": "{country}",'
            f' "NameValue": [{{"Name": "OfferingSku", "Value": "{plan}"}}]}}}}'.encode()
        ),
        preferences=wire.decode_preferences(
            f'{{"Preferences": {{"AccountingInfoPrefs": {{}},'
            f' "ProductAndServicesPrefs": {{"QuantityOnHand": {has_quantities}}},'
            f' "CurrencyPrefs": {{"MultiCurrencyEnabled": false,'
            f' "HomeCurrency": {{"value": "USD"}}}}}}}}'.encode()
        ),
    )
    assert company.takes_adjustments is takes
