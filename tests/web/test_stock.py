"""Screens of stock: transactions, adjusting, reversing, any day's stock (STOCK-1 to STOCK-4)."""

import csv
import io
import re
import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.support.cast import Cast, Person
from tests.support.databases import counted_queries
from tests.support.products import make_product
from tests.support.stock import TODAY, adjust, audit, draft_sync, read_stock

from partsemble.catalog.types import ProductView
from partsemble.stock.queries import entries
from partsemble.stock.queries.entries import MoveFilter, list_moves
from partsemble.stock.services.posting import post_entry

pytestmark = pytest.mark.django_db


def find_address(person: Person, name: str, **given: Any) -> str:
    return reverse(name, kwargs={"slug": person.business.slug, **given})


def look(person: Person, address: str, **query: str) -> str:
    response = person.sign_in().get(address, query)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.text)


def read_text(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.fixture
def bolt(cast: Cast) -> ProductView:
    product = make_product(cast.owner.actor, "BOLT-8", name="Hexagon bolt")
    adjust(cast.owner.actor, product.id, "100", at="5")
    adjust(cast.owner.actor, product.id, "50", at="6")
    adjust(cast.owner.actor, product.id, "-30.5")
    return product


def answer(**changes: str) -> dict[str, str]:
    sound = {
        "direction": "add",
        "quantity": "4",
        "unit_cost": "0.25",
        "reason": "received",
        "notes": "Pallet 7",
        "key": str(uuid.uuid4()),
    }
    return sound | changes


class TestTransactions:
    @pytest.mark.usefixtures("bolt")
    def test_they_are_listed_with_what_was_left(self, cast: Cast) -> None:
        page = look(cast.accountant, find_address(cast.owner, "stock_transactions"))
        said = read_text(page)
        assert "Hexagon bolt BOLT-8 Adjustment 3 9 Mar 2026 −30.5 pcs −162.67 119.5" in said
        assert "+50 pcs +300.00 150 pcs" in said

    def test_they_are_searched_and_narrowed(self, cast: Cast, bolt: ProductView) -> None:
        address = find_address(cast.owner, "stock_transactions")
        assert "Hexagon bolt" in look(cast.owner, address, q="hexagon")
        assert "Nothing matches" in look(cast.owner, address, q="washer")
        assert "Nothing matches" in look(cast.owner, address, kind="sync")
        assert "Adjustment 2" in look(cast.owner, address, before="3.1", kind="nonsense")
        assert "Adjustment 3" in look(cast.owner, address, before="x.y", product="nonsense")
        of_one = look(cast.owner, address, product=str(bolt.id))
        assert "Stock transactions of BOLT-8" in of_one
        assert "637.33" in of_one

    def test_an_empty_list_says_where_they_come_from(self, cast: Cast) -> None:
        page = look(cast.owner, find_address(cast.owner, "stock_transactions"))
        assert "No stock transactions yet" in page

    @pytest.mark.usefixtures("bolt")
    def test_pages_lead_back_in_time(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(entries, "PAGE_SIZE", 2)
        client, address = cast.owner.sign_in(), find_address(cast.owner, "stock_transactions")
        first = client.get(address).text
        (older,) = re.findall(r'href="(\?before=[^"]+)"', first)
        assert "Adjustment 1" in client.get(address + older).text
        assert "Adjustment 3" not in client.get(address + older).text

    @pytest.mark.usefixtures("bolt")
    def test_an_entry_has_a_page(self, cast: Cast) -> None:
        entry = list_moves(actor=cast.owner.actor, wanted=MoveFilter()).rows[0].entry_id
        address = find_address(cast.owner, "stock_transaction", entry_id=entry)
        said = read_text(look(cast.owner, address))
        assert "Count correction" in said
        assert "by Olivia Owner" in said
        assert "Reverse" in said
        assert "Reverse" not in read_text(look(cast.accountant, address))

    def test_lists_ask_no_more_for_more_rows(self, cast: Cast) -> None:
        counts = []
        address = find_address(cast.owner, "stock_transactions")
        client = cast.owner.sign_in()
        client.get(address)
        for _ in range(2):
            for number in range(10):
                product = make_product(cast.owner.actor, f"B-{number}-{uuid.uuid4()}")
                adjust(cast.owner.actor, product.id, "1")
            with counted_queries() as count:
                client.get(address)
                client.get(find_address(cast.owner, "stock_as_of"))
                counts.append(count())
        assert counts[0] == counts[1]


class TestReversing:
    def test_it_leads_to_what_took_it_back(self, cast: Cast, bolt: ProductView) -> None:
        client = cast.builder.sign_in()
        entry = list_moves(actor=cast.owner.actor, wanted=MoveFilter()).rows[0].entry_id
        address = find_address(cast.owner, "reverse_transaction", entry_id=entry)
        response = client.post(address, follow=True)
        said = read_text(response.text)
        assert "Reversal 4" in said
        assert "It takes another one back" in said
        back = find_address(cast.owner, "stock_transaction", entry_id=entry)
        assert "It was reversed" in client.get(back).text
        assert read_stock(cast.owner.actor, bolt.id) == ("150", "800")
        again = client.post(address)
        assert again.status_code == 409
        assert "was reversed before" in again.text

    def test_goods_that_are_gone_are_not_taken_back(self, cast: Cast, bolt: ProductView) -> None:
        adjust(cast.owner.actor, bolt.id, "-100")
        first = list_moves(actor=cast.owner.actor, wanted=MoveFilter()).rows[-1].entry_id
        address = find_address(cast.owner, "reverse_transaction", entry_id=first)
        refused = cast.owner.sign_in().post(address)
        assert refused.status_code == 409
        assert "100 are to be taken, and 19.5 are there" in refused.text
        assert "The event" in refused.text  # on the page of the entry, where one can go on


class TestAdjusting:
    def test_it_is_prefilled_and_posted(self, cast: Cast, bolt: ProductView) -> None:
        client = cast.builder.sign_in()
        address = find_address(cast.owner, "adjust_product", product_id=bolt.id)
        form = client.get(address)
        assert 'value="5.333333"' in form.text
        (key,) = re.findall(r'name="key" value="([^"]+)"', form.text)
        today = timezone.now().date()
        done = client.post(address, answer(key=key), follow=True)
        assert "The stock of BOLT-8 is adjusted." in done.text
        client.post(address, answer(key=key))
        assert read_stock(cast.owner.actor, bolt.id) == ("123.5", "638.333333")
        move = list_moves(actor=cast.owner.actor, wanted=MoveFilter()).rows[0]
        assert (move.at.number, move.counterpart) == (4, "supplier")
        assert today <= move.occurred_on <= timezone.now().date()  # midnight may be between
        audit(cast.owner.actor)

    def test_the_cost_is_the_last_or_the_typed_one_while_nothing_is_there(self, cast: Cast) -> None:
        product = make_product(cast.owner.actor, "NUT-8")
        address = find_address(cast.owner, "adjust_product", product_id=product.id)
        client = cast.owner.sign_in()
        assert 'name="unit_cost" value' not in client.get(address).text
        adjust(cast.owner.actor, product.id, "1", at="3.5")
        adjust(cast.owner.actor, product.id, "-1")
        assert 'value="3.5"' in client.get(address).text

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"quantity": ""}, "How many?"),
            ({"quantity": "0"}, "more than zero"),
            ({"quantity": "-3"}, "A number from 0 on."),
            ({"quantity": "many"}, "Write a number with a point"),
            ({"unit_cost": ""}, "The unit cost is missing."),
            ({"reason": "loss"}, "That reason does not go with it."),
            (
                {"direction": "remove", "reason": "count", "quantity": "999"},
                "There is not that much",
            ),
            ({"quantity": "9" * 12}, "BOLT-8"),
        ],
    )
    def test_what_can_not_be_is_said_beside_the_field(
        self, cast: Cast, bolt: ProductView, changes: dict[str, str], said: str
    ) -> None:
        address = find_address(cast.owner, "adjust_product", product_id=bolt.id)
        refused = cast.owner.sign_in().post(address, answer(**changes))
        assert refused.status_code == 422
        assert said in refused.text
        assert "Pallet 7" in refused.text
        assert read_stock(cast.owner.actor, bolt.id)[0] == "119.5"

    def test_the_effect_is_shown_while_typing(self, cast: Cast, bolt: ProductView) -> None:
        client = cast.owner.sign_in()
        address = find_address(cast.owner, "adjustment_effect", product_id=bolt.id)
        typed = read_text(client.get(address, answer(quantity="80.5")).text)
        assert "On hand 119.5 → 200 , unit cost 5.333333 →" in typed
        nothing = client.get(address, {"quantity": ""}).text
        assert "see here what it comes to" in nothing
        too_much = client.get(address, answer(direction="remove", reason="loss", quantity="200"))
        assert "There is not that much of BOLT-8." in too_much.text
        assert read_stock(cast.owner.actor, bolt.id)[0] == "119.5"

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"quantity": "1,000"}, "Quantity: Write a number with a point, such as 1250.5."),
            ({"unit_cost": "5,5"}, "Unit cost: Write a number with a point, such as 1250.5."),
            ({"unit_cost": ""}, "The unit cost is missing."),
            ({"quantity": " "}, "Say how many, and see here what it comes to."),
        ],
    )
    def test_what_is_wrong_with_a_number_is_said_while_typing(
        self, cast: Cast, bolt: ProductView, changes: dict[str, str], said: str
    ) -> None:
        address = find_address(cast.owner, "adjustment_effect", product_id=bolt.id)
        assert said in look(cast.owner, address, **answer(**changes))

    def test_what_fills_a_shortage_says_so_while_typing(
        self, cast: Cast, bolt: ProductView
    ) -> None:
        actor = cast.owner.actor
        post_entry(actor=actor, draft=draft_sync(bolt.id, "-124.5", key="sold"))
        address = find_address(cast.owner, "adjustment_effect", product_id=bolt.id)
        client = cast.owner.sign_in()
        some = read_text(client.get(address, answer(quantity="3")).text).strip()
        assert some == "Fills the open shortage: short 5 → 2 . On hand stays 0."
        more = read_text(client.get(address, answer(quantity="8")).text)
        assert "On hand 0 → 3 , short 5 → 0 ," in more

    def test_the_unit_cost_is_called_needed(self, cast: Cast, bolt: ProductView) -> None:
        page = look(cast.owner, find_address(cast.owner, "adjust_product", product_id=bolt.id))
        said = read_text(page)
        assert "Unit cost optional" not in said
        assert "Needed for what you add." in said
        assert "Notes optional" in said

    def test_what_is_not_stocked_says_so(self, cast: Cast) -> None:
        coating = make_product(cast.owner.actor, "COATING", is_stocked=False)
        address = find_address(cast.owner, "adjust_product", product_id=coating.id)
        client = cast.owner.sign_in()
        assert "Not kept in stock" in client.get(address).text
        assert client.post(address, answer()).status_code == 409


class TestProductPage:
    def test_it_shows_figures_and_newest_transactions(self, cast: Cast, bolt: ProductView) -> None:
        said = read_text(look(cast.accountant, self.address(cast, bolt)))
        assert "On hand 119.5 pcs Unit cost 5.333333 USD" in said
        assert "Adjustment 3 9 Mar 2026 −30.5 −162.67 119.5 637.33" in said
        assert "Adjust stock" not in said
        assert "Adjust stock" in look(cast.builder, self.address(cast, bolt))

    def test_a_long_history_has_a_page_of_its_own(self, cast: Cast, bolt: ProductView) -> None:
        for _ in range(9):
            adjust(cast.owner.actor, bolt.id, "1")
        page = look(cast.owner, self.address(cast, bolt))
        assert f"stock/?product={bolt.id}" in page
        assert "Adjustment 2 " not in read_text(page)

    def address(self, cast: Cast, product: ProductView) -> str:
        return find_address(cast.owner, "product", product_id=product.id)


class TestDays:
    def download(self, client: Client, cast: Cast, **query: str) -> list[list[str]]:
        response = client.get(find_address(cast.owner, "download_stock_as_of"), query)
        assert response.status_code == 200
        text = b"".join(response).decode().removeprefix("\ufeff")
        return list(csv.reader(io.StringIO(text)))

    def test_any_day_is_shown_and_taken_along(self, cast: Cast) -> None:
        wicked = make_product(cast.owner.actor, "=1+1", name='@SUM("x")')
        adjust(cast.owner.actor, wicked.id, "100", at="5", occurred_on=TODAY)
        adjust(cast.owner.actor, wicked.id, "-60", occurred_on=TODAY + timedelta(days=2))
        address, day = find_address(cast.owner, "stock_as_of"), (TODAY + timedelta(days=1))
        said = read_text(look(cast.accountant, address, day=day.isoformat()))
        assert "All stock, 10 March 2026 500.00 USD" in said
        assert "Summed before rounding, so rows may differ by cents" in said
        assert "100 pcs 5.00 500.00" in said
        now = read_text(look(cast.accountant, address))
        assert "All stock, today 200.00 USD" in now
        client = cast.accountant.sign_in()
        rows = self.download(client, cast, day=day.isoformat())
        assert rows == [
            ["SKU", "Name", "Unit of measure", "Quantity", "Unit cost", "Value"],
            ["'=1+1", '\'@SUM("x")', "pcs", "100", "5", "500"],
        ]
        assert self.download(client, cast, day="2020-01-01") == rows[:1]
        assert self.download(client, cast, day="2020-01-01", show="all")[1][3:] == ["0", "", "0"]

    @pytest.mark.parametrize("text", ["", "yesterday", "9999-12-31", "2026-02-30", "0001-01-01"])
    def test_a_day_that_is_none_is_today_or_the_nearest(self, cast: Cast, text: str) -> None:
        page = look(cast.owner, find_address(cast.owner, "stock_as_of"), day=text)
        (shown,) = re.findall(r'name="day" value="([^"]+)"', page)
        assert date(1970, 1, 1) <= date.fromisoformat(shown) <= timezone.now().date()

    @pytest.mark.usefixtures("bolt")
    def test_nothing_is_said_to_be_there(self, cast: Cast) -> None:
        address = find_address(cast.owner, "stock_as_of")
        assert "Nothing was in stock" in look(cast.owner, address, day="2020-01-01")
        assert "Nothing matches" in look(cast.owner, address, q="washer")


def test_a_product_shows_how_its_stock_and_cost_went(cast: Cast) -> None:
    product = make_product(cast.owner.actor, "BOLT-8")
    client = cast.accountant.sign_in()
    address = reverse(
        "product", kwargs={"slug": cast.owner.business.slug, "product_id": product.id}
    )
    assert "How it went" not in client.get(address).text
    adjust(cast.owner.actor, product.id, "100", at="5")
    adjust(cast.owner.actor, product.id, "50", at="6", occurred_on=TODAY + timedelta(days=2))
    page = client.get(address).text
    assert "On hand, pcs" in page
    assert "Lowest 100 pcs on 9 Mar 2026, highest 150 pcs on 11 Mar 2026." in page
    assert "Unit cost, USD" in page
    assert page.count('class="chart-plot"') == 2
    assert page.count('class="chart-line" d="M') == 2
    assert "style=" not in page
