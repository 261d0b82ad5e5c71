"""Several people post at once (STOCK-1, I1): real threads, each with a connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from threading import Barrier

import pytest
from tests.support.cast import Cast
from tests.support.items import make_item, store_items
from tests.support.locks import in_thread
from tests.support.products import make_product
from tests.support.stock import TODAY, adjust, audit, read_stock

from partsemble.accounting.queries.items import ItemFilter, list_items
from partsemble.catalog.queries import get_product
from partsemble.database.scope import business_scope
from partsemble.kernel.ids import ProductId
from partsemble.stock.errors import (
    EntryReversed,
    NotEnoughStock,
    PostingKeyReused,
    ProductNotStocked,
    StockRemains,
)
from partsemble.stock.models import StockEntry
from partsemble.stock.queries.balances import get_balance
from partsemble.stock.services.adjusting import reverse_entry
from partsemble.stock.services.posting import post_entry
from partsemble.stock.types import Counterpart, EntryDraft, EntryKind, Line, PostedEntry
from partsemble.sync.services.linking import change_product, link_product

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 6


def together[Answer](work: Callable[[int], Answer], *, people: int = PEOPLE) -> list[Answer]:
    """Let people do it at the same moment, and give what each got, or was refused with."""
    start = Barrier(people)

    def begin(number: int) -> Answer:
        start.wait()
        return work(number)

    with ThreadPoolExecutor(people) as pool:
        done = [
            pool.submit(in_thread, lambda number=number: begin(number)) for number in range(people)
        ]
        return [each.result() for each in done]


def draft_both(first: ProductId, second: ProductId, *, key: str) -> EntryDraft:
    return EntryDraft(
        kind=EntryKind.ADJUSTMENT,
        occurred_on=TODAY,
        key=key,
        lines=(
            Line(first, Counterpart.ADJUSTMENT, Decimal(-1)),
            Line(second, Counterpart.ADJUSTMENT, Decimal(1), Decimal(2)),
        ),
    )


def test_no_adjustment_is_lost(cast: Cast) -> None:
    actor = cast.owner.actor
    product = make_product(actor, "BOLT-8")

    def work(number: int) -> None:
        for _ in range(5):
            adjust(actor, product.id, "3", at=f"{number}.5")
            adjust(actor, product.id, "-2")

    together(work)
    assert get_balance(actor=actor, product_id=product.id).on_hand == PEOPLE * 5
    with business_scope(actor.business_id):
        numbers = StockEntry.objects.order_by("number").values_list("number", flat=True)
        assert list(numbers) == list(range(1, PEOPLE * 10 + 1))
    audit(actor)


def test_the_last_one_is_taken_once(cast: Cast) -> None:
    actor = cast.owner.actor
    product = make_product(actor, "BOLT-8")
    adjust(actor, product.id, "2", at="5")

    def work(_: int) -> str:
        try:
            adjust(actor, product.id, "-1")
        except NotEnoughStock:
            return "refused"
        return "taken"

    assert sorted(together(work)) == ["refused"] * (PEOPLE - 2) + ["taken"] * 2
    assert read_stock(actor, product.id) == ("0", "0")
    audit(actor)


def test_nobody_waits_crosswise(cast: Cast) -> None:
    actor = cast.owner.actor
    bolt, nut = make_product(actor, "BOLT-8"), make_product(actor, "NUT-8")
    adjust(actor, bolt.id, "100", at="1")
    adjust(actor, nut.id, "100", at="3")

    def work(number: int) -> None:
        one, other = (bolt.id, nut.id) if number % 2 else (nut.id, bolt.id)
        for turn in range(5):
            post_entry(actor=actor, draft=draft_both(one, other, key=f"{number}.{turn}"))

    together(work)
    assert get_balance(actor=actor, product_id=bolt.id).on_hand == 100
    assert get_balance(actor=actor, product_id=nut.id).on_hand == 100
    audit(actor)


def test_an_event_that_several_report_is_posted_once(cast: Cast) -> None:
    actor = cast.owner.actor
    product = make_product(actor, "BOLT-8")
    posted = together(lambda _: adjust(actor, product.id, "4", key="delivery"))
    assert len({each.id for each in posted}) == 1
    assert [each.is_new for each in posted].count(True) == 1
    assert read_stock(actor, product.id) == ("4", "20")


def test_a_key_that_two_events_claim_belongs_to_one(cast: Cast) -> None:
    actor = cast.owner.actor
    products = [make_product(actor, f"BOLT-{number}") for number in range(PEOPLE)]

    def work(number: int) -> PostedEntry | None:
        try:
            return adjust(actor, products[number].id, "4", key="delivery")
        except PostingKeyReused:
            return None

    assert len([each for each in together(work) if each is not None]) == 1
    balances = [get_balance(actor=actor, product_id=each.id).on_hand for each in products]
    assert sorted(balances) == [0] * (PEOPLE - 1) + [4]
    audit(actor)


def test_an_entry_is_reversed_once(cast: Cast) -> None:
    actor = cast.owner.actor
    product = make_product(actor, "BOLT-8")
    adjust(actor, product.id, "10", at="5")
    mistake = adjust(actor, product.id, "4", at="5")

    def work(_: int) -> str:
        try:
            reverse_entry(actor=actor, entry_id=mistake.id, occurred_on=TODAY)
        except EntryReversed:
            return "refused"
        return "reversed"

    assert sorted(together(work)) == ["refused"] * (PEOPLE - 1) + ["reversed"]
    assert read_stock(actor, product.id) == ("10", "50")
    audit(actor)


def test_nothing_is_left_behind_in_what_is_no_longer_stocked(cast: Cast) -> None:
    actor = cast.owner.actor
    products = [make_product(actor, f"BOLT-{number}") for number in range(8)]

    def work(number: int) -> None:
        for each in products:
            with suppress(ProductNotStocked, StockRemains):
                if number % 2:
                    adjust(actor, each.id, "1")
                else:
                    terms = replace(each.terms, is_stocked=False)
                    change_product(actor=actor, product_id=each.id, terms=terms, revision=1)

    together(work, people=2)
    for each in products:
        is_stocked = get_product(actor=actor, product_id=each.id).terms.is_stocked
        on_hand = get_balance(actor=actor, product_id=each.id).on_hand
        assert on_hand == (1 if is_stocked else 0)


def test_linking_and_posting_do_not_wait_for_each_other(cast: Cast) -> None:
    actor = cast.owner.actor
    store_items(actor, make_item(1), make_item(2))
    items = [row.id for row in list_items(actor=actor, wanted=ItemFilter()).rows]
    product = make_product(actor, "BOLT-8")

    def work(number: int) -> None:
        for turn in range(12):
            if number % 2:
                adjust(actor, product.id, "1")
                continue
            link_product(
                actor=actor,
                product_id=product.id,
                item_id=items[turn % 2],
                holds=None,
                occurred_on=TODAY,
            )

    together(work, people=2)
    assert get_balance(actor=actor, product_id=product.id).on_hand == 12
    audit(actor)
