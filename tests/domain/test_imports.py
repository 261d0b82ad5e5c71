"""Items become products: at once or as a job, each whole, each once (ITEM-2, ITEM-3, ITEM-5)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from tests.support.cast import Cast
from tests.support.items import make_item, store_items
from tests.support.products import make_product

from partsemble.accounting.documents import ItemType
from partsemble.accounting.queries.items import ItemFilter, list_items
from partsemble.accounting.services.visibility import set_items_hidden
from partsemble.catalog.errors import SkuTaken
from partsemble.catalog.queries import (
    ProductFilter,
    ProductOrder,
    count_products,
    find_product,
    list_link_changes,
    list_products,
)
from partsemble.catalog.types import ProductType
from partsemble.database.ids import new_id
from partsemble.database.scope import business_scope
from partsemble.identity.queries import list_activity
from partsemble.kernel.actor import Actor
from partsemble.kernel.errors import PermissionMissing
from partsemble.stock.queries.balances import get_balance
from partsemble.stock.queries.entries import MoveFilter, list_moves
from partsemble.stock.queries.verifying import verify_ledger
from partsemble.stock.types import EntryKind
from partsemble.sync.correction_models import LinkAnchor
from partsemble.sync.errors import ImportNotFound, ImportTooLarge, NothingToImport
from partsemble.sync.queries import importing as import_queries
from partsemble.sync.queries.importing import (
    ImportChoices,
    ItemChoice,
    Obstacle,
    Remedy,
    Selection,
    Verdict,
    count_not_imported,
    get_import,
    not_imported,
    preview_import,
)
from partsemble.sync.services import importing
from partsemble.sync.services.importing import (
    carry_out_import,
    give_up_import,
    read_choices,
    read_selection,
    start_import,
    write_choices,
    write_selection,
)
from partsemble.sync.types import ImportState

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 22)
ALL = Selection()


def start(
    actor: Actor, selection: Selection = ALL, choices: ImportChoices | None = None
) -> import_queries.ImportView:
    import_id = start_import(
        actor=actor,
        selection=selection,
        choices=choices or ImportChoices(),
        occurred_on=TODAY,
    )
    return get_import(actor=actor, import_id=import_id)


def list_skus(actor: Actor) -> list[str]:
    wanted = ProductFilter(order=ProductOrder.SKU)
    return [row.sku for row in list_products(actor=actor, wanted=wanted).rows]


def find_item(actor: Actor, sku: str) -> UUID:
    (row,) = list_items(actor=actor, wanted=ItemFilter(search=sku)).rows
    return row.id


def test_chosen_items_become_linked_products(cast: Cast) -> None:
    actor = cast.accountant.actor
    store_items(actor, make_item(1), make_item(2, type=ItemType.SERVICE), make_item(3))
    one, two = find_item(actor, "L-1"), find_item(actor, "L-2")
    done = start(actor, Selection(ids=frozenset([one, two])))
    assert (done.state, done.total, done.opening) == (ImportState.FINISHED, 2, 1)
    assert done.verdicts[Verdict.CREATE] == done.looked_at == 2
    assert list_skus(actor) == ["L-1", "L-2"]
    made = find_product(actor=actor, sku="l-1")
    assert made is not None
    assert made.accounting_item_id == one
    assert (made.terms.type, made.terms.is_stocked) == (ProductType.COMPONENT, True)
    (change,) = list_link_changes(actor=actor, product_id=made.id)
    assert (change.from_item_id, change.to_item_id) == (None, one)
    assert change.actor_label == "Ada Accountant"
    (told,) = list_activity(actor=cast.owner.actor)
    assert (told.verb, told.subject, told.subject_label) == ("imported", "items", "2")


def test_who_may_not_import_neither_previews_nor_starts(cast: Cast) -> None:
    store_items(cast.owner.actor, make_item(1))
    with pytest.raises(PermissionMissing):
        preview_import(actor=cast.builder.actor, selection=ALL, choices=ImportChoices())
    with pytest.raises(PermissionMissing):
        start(cast.builder.actor)
    with pytest.raises(PermissionMissing):
        get_import(actor=cast.builder.actor, import_id=new_id())
    with pytest.raises(PermissionMissing):
        set_items_hidden(actor=cast.builder.actor, is_hidden=True, wanted=ItemFilter())


def test_another_businesss_items_can_not_be_chosen(cast: Cast) -> None:
    store_items(cast.owner.actor, make_item(1))
    item_id = find_item(cast.owner.actor, "L-1")
    with pytest.raises(NothingToImport):
        start(cast.stranger.actor, Selection(ids=frozenset([item_id])))
    with pytest.raises(NothingToImport):
        start(cast.stranger.actor)
    done = start(cast.owner.actor)
    with pytest.raises(ImportNotFound):
        get_import(actor=cast.stranger.actor, import_id=done.id)


def test_a_preview_says_what_the_import_then_does(cast: Cast) -> None:
    actor = cast.owner.actor
    make_product(actor, "L-2")
    store_items(
        actor,
        make_item(1),
        make_item(2),
        make_item(3, sku=""),
        make_item(4, is_active=False),
        make_item(6, quantity_on_hand=None),
    )
    preview = preview_import(actor=actor, selection=ALL, choices=ImportChoices())
    assert (preview.total, preview.opening) == (5, 1)
    troubled = {line.item.external_id: line.obstacle for line in preview.asked.rows}
    assert troubled == {"2": Obstacle.TAKEN, "3": Obstacle.MISSING}
    done = start(actor)
    assert {v: n for v, n in done.verdicts.items() if n} == dict(preview.verdicts)
    assert list_skus(actor) == ["L-1", "L-2", "L-6"]
    named = {(each.name, each.obstacle, each.holder) for each in done.leftovers}
    assert named == {
        ("Lamp 0002", Obstacle.TAKEN, "L-2"),
        ("Lamp 0003", Obstacle.MISSING, ""),
    }
    again = start(actor, choices=ImportChoices(remedy=Remedy.NUMBER))
    assert again.verdicts[Verdict.HAS_PRODUCT] == 2
    assert list_skus(actor) == ["ITEM-3", "L-1", "L-2", "L-2-2", "L-6"]
    with pytest.raises(NothingToImport):
        start(actor)


def test_a_choice_for_one_item_is_kept(cast: Cast) -> None:
    actor = cast.owner.actor
    store_items(actor, make_item(1, sku=""), make_item(2, type=ItemType.NON_INVENTORY))
    first, second = find_item(actor, "Lamp 0001"), find_item(actor, "L-2")
    choices = ImportChoices(
        items={
            first: ItemChoice(type=ProductType.FINISHED_GOOD, sku="FIRST"),
            second: ItemChoice(is_stocked=True),
        }
    )
    start(actor, choices=choices)
    one, two = find_product(actor=actor, sku="first"), find_product(actor=actor, sku="l-2")
    assert one is not None
    assert one.terms.type is ProductType.FINISHED_GOOD
    assert two is not None
    assert two.terms.is_stocked
    assert read_choices(kept=write_choices(choices=choices)) == choices


def test_many_items_go_as_a_job_that_goes_on_where_it_was_cut_off(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "PART_ITEMS", 4)
    monkeypatch.setattr(import_queries, "PART_ITEMS", 3)
    actor = cast.owner.actor
    store_items(actor, *(make_item(number) for number in range(1, 11)))
    begun = start(actor)
    assert (begun.state, begun.total, begun.looked_at) == (ImportState.RUNNING, 10, 0)
    heard: list[int] = []

    class Cut(Exception):
        pass

    def report(progress: object) -> None:
        assert isinstance(progress, dict)
        heard.append(progress["done"])
        if len(heard) == 2:
            raise Cut

    business_id = actor.business_id
    with pytest.raises(Cut):
        carry_out_import(business_id=business_id, import_id=begun.id, report=report)
    assert count_products(actor=actor) == 4  # the second part was rolled back with its report
    assert get_import(actor=actor, import_id=begun.id).looked_at == 4
    carry_out_import(business_id=business_id, import_id=begun.id, report=report)
    done = get_import(actor=actor, import_id=begun.id)
    assert (done.state, done.verdicts[Verdict.CREATE]) == (ImportState.FINISHED, 10)
    assert heard == [4, 8, 8, 10]
    carry_out_import(business_id=business_id, import_id=begun.id, report=report)
    assert heard == [4, 8, 8, 10]  # what is finished is not touched
    assert count_products(actor=actor) == 10


def test_an_import_that_can_not_end_says_so(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "PART_ITEMS", 1)
    actor = cast.owner.actor
    store_items(actor, make_item(1), make_item(2))
    begun = start(actor)
    give_up_import(business_id=actor.business_id, import_id=begun.id)
    failed = get_import(actor=actor, import_id=begun.id)
    assert failed.state is ImportState.FAILED
    assert failed.finished_at is not None


def test_a_sku_taken_in_the_same_moment_is_seen_by_the_next_look(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = cast.owner.actor
    store_items(actor, make_item(1), make_item(2))
    look = import_queries.plan_chosen
    rivals = iter(["L-2"])

    def look_and_lose(**given: object) -> object:
        planned = look(**given)  # type: ignore[arg-type]  # passed on as they are
        for sku in rivals:
            with business_scope(actor.business_id):
                make_product(actor, sku)
        return planned

    monkeypatch.setattr(importing, "plan_chosen", look_and_lose)
    begun = start_import(actor=actor, selection=ALL, choices=ImportChoices(), occurred_on=TODAY)
    done = get_import(actor=actor, import_id=begun)
    # On one connection the rival rolls back with our first attempt, so both items come.
    assert done.state is ImportState.FINISHED
    assert list_skus(actor) == ["L-1", "L-2"]


def test_more_than_one_import_takes_is_refused(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_queries, "IMPORT_LIMIT", 2)
    store_items(cast.owner.actor, *(make_item(number) for number in range(1, 4)))
    with pytest.raises(ImportTooLarge):
        start(cast.owner.actor)
    assert count_products(actor=cast.owner.actor) == 0


def test_items_are_told_apart_by_their_products(cast: Cast) -> None:
    actor = cast.owner.actor
    store_items(actor, make_item(1), make_item(2), make_item(3, is_active=False))
    assert count_not_imported(actor=actor) == 2
    start(actor, Selection(ids=frozenset([find_item(actor, "L-1")])))
    assert count_not_imported(actor=actor) == 1
    assert count_not_imported(actor=cast.stranger.actor) == 0
    with business_scope(actor.business_id):
        for is_linked, expected in ((True, ["L-1"]), (False, ["L-2", "L-3"])):
            wanted = not_imported(wanted=ItemFilter(), is_linked=is_linked)
            found = list_items(actor=actor, wanted=wanted).rows
            assert [row.sku for row in found] == expected
    unlinked = Selection(wanted=ItemFilter(search="lamp"), is_unlinked=True)
    assert read_selection(kept=write_selection(selection=unlinked)) == unlinked
    assert start(actor, unlinked).total == 2  # one of them is inactive


def test_hidden_items_leave_the_list_and_stay_synced(cast: Cast) -> None:
    actor = cast.owner.actor
    store_items(actor, make_item(1), make_item(2), make_item(3, type=ItemType.SERVICE))
    one = find_item(actor, "L-1")
    hide = set_items_hidden
    assert hide(actor=actor, is_hidden=True, wanted=ItemFilter(), ids=[one]) == 1
    assert hide(actor=actor, is_hidden=True, wanted=ItemFilter(), ids=[one]) == 0
    assert hide(actor=cast.stranger.actor, is_hidden=False, wanted=ItemFilter()) == 0
    visible = ItemFilter(is_hidden=False)
    assert [row.sku for row in list_items(actor=actor, wanted=visible).rows] == ["L-2", "L-3"]
    assert count_not_imported(actor=actor) == 2
    services = replace(visible, type=ItemType.SERVICE)
    assert hide(actor=actor, is_hidden=True, wanted=services) == 1
    assert hide(actor=actor, is_hidden=False, wanted=ItemFilter()) == 2
    told = [(each.verb, each.subject_label) for each in list_activity(actor=actor)]
    assert told == [("showed", "2"), ("hid", "1"), ("hid", "1")]


def test_a_product_made_by_hand_keeps_its_sku(cast: Cast) -> None:
    actor = cast.owner.actor
    store_items(actor, make_item(1))
    start(actor)
    with pytest.raises(SkuTaken):
        make_product(actor, "L-1")


def test_products_begin_with_what_the_books_have(cast: Cast) -> None:
    actor = cast.accountant.actor
    store_items(
        actor,
        make_item(1, quantity_on_hand=Decimal("2.5"), purchase_cost=Decimal("1.333333")),
        make_item(2, quantity_on_hand=Decimal(-8), purchase_cost=Decimal(2)),
        make_item(3, quantity_on_hand=Decimal(4), purchase_cost=None),
        make_item(4, quantity_on_hand=Decimal(0)),
        make_item(5, type=ItemType.NON_INVENTORY, quantity_on_hand=None),
        make_item(6, quantity_on_hand=Decimal(10) ** 8, purchase_cost=Decimal(10) ** 8),
    )
    done = start(actor, choices=ImportChoices(stocks_non_inventory=True))
    assert (done.verdicts[Verdict.CREATE], done.opening) == (6, 3)
    balances = {}
    for sku in ("L-1", "L-2", "L-3", "L-4", "L-5", "L-6"):
        product = find_product(actor=actor, sku=sku)
        assert product is not None
        balances[sku] = get_balance(actor=actor, product_id=product.id)
        moves = list_moves(actor=actor, wanted=MoveFilter(product_id=product.id)).rows
        assert [move.kind for move in moves] == [EntryKind.OPENING] * (sku in ("L-1", "L-2", "L-3"))
    found: object = {sku: (b.on_hand, b.value, b.shortage) for sku, b in balances.items()}
    assert found == {
        "L-1": (Decimal("2.5"), Decimal("3.333333"), 0),
        "L-2": (0, 0, 8),
        "L-3": (4, 0, 0),
        "L-4": (0, 0, 0),
        "L-5": (0, 0, 0),
        "L-6": (0, 0, 0),
    }
    assert list(verify_ledger(actor=actor)) == []
    with business_scope(actor.business_id):
        anchors = LinkAnchor.objects.values_list("product__sku", "purchase_cost")
        assert len(anchors) == 5
        assert dict(anchors)["L-1"] == Decimal("1.333333")
