"""What becomes of an item that somebody wants as a product."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest
from tests.support.items import make_item

from partsemble.accounting.documents import Item, ItemType
from partsemble.catalog.rules import settle_terms
from partsemble.catalog.types import SKU_LENGTH, ProductTerms, ProductType
from partsemble.sync.rules.importing import (
    ImportChoices,
    ImportLine,
    ItemChoice,
    Obstacle,
    Remedy,
    Verdict,
    list_wanted_skus,
    plan_import,
    propose_sku,
)

NUMBERED = ImportChoices(remedy=Remedy.NUMBER)
LEFT = ImportChoices()


def plan(
    *items: Item,
    choices: ImportChoices = LEFT,
    taken: dict[str, str] | None = None,
    linked: frozenset[UUID] = frozenset(),
) -> tuple[ImportLine, ...]:
    chosen = [(UUID(int=number), item) for number, item in enumerate(items)]
    return plan_import(items=chosen, linked=linked, taken=taken or {}, choices=choices)


def get_terms(line: ImportLine) -> ProductTerms:
    assert line.verdict is Verdict.CREATE
    assert line.terms is not None
    assert settle_terms(line.terms) == line.terms  # the catalog keeps it as it is
    return line.terms


def test_an_item_becomes_the_product_that_it_says() -> None:
    item = make_item(
        7,
        name="Reed  lamp",
        sku=" L-7 ",
        description=" Warm. ",
        unit_price=Decimal("49.5"),
        purchase_cost=Decimal("12.345678"),
    )
    (line,) = plan(item)
    assert get_terms(line) == ProductTerms(
        sku="L-7",
        name="Reed lamp",
        type=ProductType.COMPONENT,
        is_stocked=True,
        description="Warm.",
        unit_cost=Decimal("12.345678"),
        selling_price=Decimal("49.5"),
    )
    assert line.obstacle is None


@pytest.mark.parametrize(
    ("item_type", "product_type", "is_stocked"),
    [
        (ItemType.INVENTORY, ProductType.COMPONENT, True),
        (ItemType.NON_INVENTORY, ProductType.RAW_MATERIAL, False),
        (ItemType.SERVICE, ProductType.COMPONENT, False),
        (ItemType.GROUP, ProductType.FINISHED_GOOD, False),
        (ItemType.BUNDLE, ProductType.FINISHED_GOOD, False),
        (ItemType.OTHER, ProductType.COMPONENT, False),
    ],
)
def test_types_are_suggested(
    item_type: ItemType, product_type: ProductType, *, is_stocked: bool
) -> None:
    terms = get_terms(plan(make_item(1, type=item_type))[0])
    assert (terms.type, terms.is_stocked) == (product_type, is_stocked)


@pytest.mark.parametrize("item_type", list(ItemType))
def test_only_non_inventory_items_leave_a_choice_of_being_stocked(item_type: ItemType) -> None:
    one = UUID(int=0)
    item = make_item(1, type=item_type)
    for said in (True, False):
        for choices in (
            ImportChoices(items={one: ItemChoice(is_stocked=said)}),
            ImportChoices(stocks_non_inventory=said),
        ):
            terms = get_terms(plan(item, choices=choices)[0])
            if item_type is ItemType.NON_INVENTORY:
                assert terms.is_stocked is said
            else:
                assert terms.is_stocked is (item_type is ItemType.INVENTORY)


def test_what_is_said_of_one_item_comes_before_what_is_said_of_all() -> None:
    choices = ImportChoices(
        types={ItemType.INVENTORY: ProductType.RAW_MATERIAL},
        items={UUID(int=1): ItemChoice(type=ProductType.FINISHED_GOOD, sku="MINE")},
    )
    first, second = plan(make_item(1), make_item(2), choices=choices)
    assert get_terms(first).type is ProductType.RAW_MATERIAL
    assert (get_terms(second).type, get_terms(second).sku) == (ProductType.FINISHED_GOOD, "MINE")


@pytest.mark.parametrize(
    ("sku", "obstacle"),
    [
        ("", Obstacle.MISSING),
        ("  ", Obstacle.MISSING),
        ("l-9", Obstacle.TAKEN),
        ("x" * (SKU_LENGTH + 1), Obstacle.TOO_LONG),
    ],
)
def test_an_item_without_a_usable_sku_waits_for_a_word(sku: str, obstacle: Obstacle) -> None:
    item = make_item(7, sku=sku)
    taken = {"l-9": "L-9"}
    (line,) = plan(item, taken=taken)
    assert (line.verdict, line.obstacle, line.terms) == (Verdict.OBSTRUCTED, obstacle, None)
    assert line.holder == ("L-9" if obstacle is Obstacle.TAKEN else "")
    (line,) = plan(item, taken=taken, choices=NUMBERED)
    assert get_terms(line).sku == propose_sku(item)
    assert line.obstacle is obstacle
    said = ImportChoices(items={UUID(int=0): ItemChoice(sku="L-10")})
    (line,) = plan(item, taken=taken, choices=said)
    assert (get_terms(line).sku, line.obstacle) == ("L-10", None)
    left_out = replace(NUMBERED, items={UUID(int=0): ItemChoice(sku="")})
    assert plan(item, taken=taken, choices=left_out)[0].verdict is Verdict.LEFT_OUT


def test_a_proposed_sku_bears_the_number_in_the_books() -> None:
    assert propose_sku(make_item(7, sku="")) == "ITEM-7"
    assert propose_sku(make_item(7, sku="LAMP")) == "LAMP-7"
    long = propose_sku(make_item(7, sku="x" * 300))
    assert len(long) == SKU_LENGTH
    assert long.endswith("x-7")


def test_a_sku_that_somebody_types_is_not_changed_behind_their_back() -> None:
    said = ImportChoices(remedy=Remedy.NUMBER, items={UUID(int=0): ItemChoice(sku="l-9")})
    (line,) = plan(make_item(7), taken={"l-9": "L-9"}, choices=said)
    assert (line.verdict, line.obstacle, line.holder) == (
        Verdict.OBSTRUCTED,
        Obstacle.TAKEN,
        "L-9",
    )


def test_of_two_items_with_one_sku_the_first_gets_it() -> None:
    items = (make_item(1, sku="LAMP"), make_item(2, sku="lamp"))
    first, second = plan(*items)
    assert get_terms(first).sku == "LAMP"
    assert (second.verdict, second.holder) == (Verdict.OBSTRUCTED, "LAMP")
    _, second = plan(*items, choices=NUMBERED)
    assert get_terms(second).sku == "lamp-2"


def test_a_proposal_that_is_taken_too_leaves_the_item_out() -> None:
    (line,) = plan(make_item(7, sku=""), choices=NUMBERED, taken={"item-7": "ITEM-7"})
    assert line.verdict is Verdict.OBSTRUCTED


def test_what_has_a_product_or_is_inactive_is_left_alone() -> None:
    lines = plan(
        make_item(1), make_item(2, is_active=False), make_item(3), linked=frozenset([UUID(int=0)])
    )
    assert [each.verdict for each in lines] == [
        Verdict.HAS_PRODUCT,
        Verdict.INACTIVE,
        Verdict.CREATE,
    ]


def test_figures_that_no_product_can_have_stay_behind() -> None:
    item = make_item(
        1,
        name=" ",
        description="x" * 5_000,
        unit_price=Decimal(-5),
        purchase_cost=Decimal(10) ** 9,
    )
    terms = get_terms(plan(item)[0])
    assert (terms.name, terms.unit_cost, terms.selling_price) == ("Item 1", None, None)
    assert len(terms.description) == 4_000


def test_every_sku_that_may_come_into_question_is_asked_for() -> None:
    items = [(UUID(int=0), make_item(1, sku="A")), (UUID(int=1), make_item(2, sku=""))]
    choices = ImportChoices(items={UUID(int=1): ItemChoice(sku="Mine")})
    assert list_wanted_skus(items=items, choices=choices) == {"a", "a-1", "mine", "item-2"}
