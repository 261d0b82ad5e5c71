"""Taking entries back: the exact mirror, and what has to go along with it (STOCK-1, I2, I5)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from tests.support.cast import Cast
from tests.support.products import make_product
from tests.support.stock import TODAY, adjust, audit, draft_sync, read_stock

from partsemble.database.scope import business_scope
from partsemble.stock.errors import EntryNotReversible, EntryReversed, NotEnoughStock
from partsemble.stock.models import StockEntry, StockMove
from partsemble.stock.queries.balances import get_balance
from partsemble.stock.services.adjusting import reverse_entry
from partsemble.stock.services.posting import post_entry
from partsemble.stock.types import EntryKind

pytestmark = pytest.mark.django_db


def test_an_entry_and_its_reversal_are_nothing(cast: Cast) -> None:
    actor = cast.owner.actor
    product = make_product(actor, "BOLT-8")
    adjust(actor, product.id, "100", at="5")
    mistake = adjust(actor, product.id, "50", at="6")
    later = TODAY + timedelta(days=2)
    posted = reverse_entry(actor=actor, entry_id=mistake.id, occurred_on=later, notes="Typo")
    assert read_stock(actor, product.id) == ("100", "500")
    with business_scope(actor.business_id):
        entry = StockEntry.objects.get(id=posted.id)
    assert (entry.reverses_id, entry.kind, entry.notes) == (mistake.id, "reversal", "Typo")
    assert (entry.occurred_on, posted.number) == (later, 3)
    audit(actor)


def test_what_was_taken_comes_back_at_the_value_that_it_took(cast: Cast) -> None:
    actor = cast.owner.actor
    product = make_product(actor, "BOLT-8")
    adjust(actor, product.id, "3", at="3.333333")
    broken = adjust(actor, product.id, "-1")
    adjust(actor, product.id, "5", at="9")
    reverse_entry(actor=actor, entry_id=broken.id, occurred_on=TODAY)
    assert read_stock(actor, product.id) == ("8", "54.999999")
    audit(actor)


def test_it_happens_once(cast: Cast) -> None:
    actor = cast.owner.actor
    product = make_product(actor, "BOLT-8")
    entry = adjust(actor, product.id, "5")
    reversal = reverse_entry(actor=actor, entry_id=entry.id, occurred_on=TODAY)
    with pytest.raises(EntryReversed) as refused:
        reverse_entry(actor=actor, entry_id=entry.id, occurred_on=TODAY)
    assert refused.value.facts == {"number": 1, "reversal": 2}
    with pytest.raises(EntryNotReversible):
        reverse_entry(actor=actor, entry_id=reversal.id, occurred_on=TODAY)


def test_goods_that_are_gone_are_not_taken_back(cast: Cast) -> None:
    actor = cast.owner.actor
    product = make_product(actor, "BOLT-8")
    entry = adjust(actor, product.id, "5")
    adjust(actor, product.id, "-1")
    with pytest.raises(NotEnoughStock):
        reverse_entry(actor=actor, entry_id=entry.id, occurred_on=TODAY)
    assert read_stock(actor, product.id) == ("4", "20")


@pytest.mark.parametrize(
    ("arrivals", "taken", "left", "variance"),
    [
        # Ten at 5 and ten at 7 are mixed; ten are used at 6; taking back the ten at 5 would
        # leave nothing that is worth 10.
        ((("10", "5"), ("10", "7")), "-10", ("0", "0"), Decimal(-10)),
        # One at 100 is diluted by nine at 0; after eight of the ten are used, taking back
        # the one would leave one that is worth less than nothing.
        ((("1", "100"), ("9", "0")), "-8", ("1", "0"), Decimal(80)),
    ],
)
def test_what_no_longer_fits_is_a_variance_of_its_own(
    cast: Cast,
    arrivals: tuple[tuple[str, str], ...],
    taken: str,
    left: tuple[str, str],
    variance: Decimal,
) -> None:
    actor = cast.owner.actor
    product = make_product(actor, "BOLT-8")
    first, *_ = [adjust(actor, product.id, quantity, at=at) for quantity, at in arrivals]
    adjust(actor, product.id, taken)
    reversal = reverse_entry(actor=actor, entry_id=first.id, occurred_on=TODAY)
    assert read_stock(actor, product.id) == left
    with business_scope(actor.business_id):
        entry = StockEntry.objects.get(kind=EntryKind.VARIANCE)
        assert (entry.number, entry.source_id) == (reversal.number - 1, reversal.id)
        assert StockMove.objects.get(number=entry.number).value == variance
    audit(actor)


def test_what_comes_back_fills_a_shortage_first(cast: Cast) -> None:
    actor = cast.owner.actor
    product = make_product(actor, "BOLT-8")
    adjust(actor, product.id, "5", at="2")
    lost = adjust(actor, product.id, "-4")
    post_entry(actor=actor, draft=draft_sync(product.id, "-4", key="a"))
    reverse_entry(actor=actor, entry_id=lost.id, occurred_on=TODAY)
    balance = get_balance(actor=actor, product_id=product.id)
    assert (read_stock(actor, product.id), balance.shortage) == (("1", "2"), Decimal(0))
    audit(actor)
