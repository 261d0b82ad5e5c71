"""Pages about quantities: the report of a run, the switches, where quantities are kept."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from tests.support.cast import Cast
from tests.support.emulator import Emulator
from tests.support.linking import make_parts, preview, sync, write
from tests.support.stock import adjust

from partsemble.accounting.queries.connections import get_connection
from partsemble.accounting.types import InventoryMode
from partsemble.stock.queries.entries import MoveFilter, list_moves
from partsemble.stock.types import EntryKind

pytestmark = pytest.mark.django_db(transaction=True)


def show(client: Client, cast: Cast, name: str, **arguments: object) -> str:
    url = reverse(name, kwargs={"slug": cast.owner.business.slug, **arguments})
    response = client.get(url)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def post(client: Client, cast: Cast, name: str, **answers: str) -> str:
    url = reverse(name, kwargs={"slug": cast.owner.business.slug})
    return " ".join(client.post(url, answers, follow=True).content.decode().split())


def find_page(cast: Cast, name: str) -> str:
    return reverse(name, kwargs={"slug": cast.owner.business.slug})


def find_way_back(page: str) -> str:
    found = re.search(r'href="([^"]+)"[^>]*>\s*Cancel', page)
    return found[1] if found else ""


def test_the_report_lists_corrections_before_and_after(connected: Cast, books: Emulator) -> None:
    lamps = make_parts(connected, books, 12)
    for number, lamp in enumerate(lamps):
        write(books, lamp, quantity_on_hand=11 + number)
    run_id = sync(connected).id
    client = connected.owner.sign_in()
    page = show(client, connected, "sync_run", run_id=run_id)
    assert "12 products corrected" in page
    (move,) = list_moves(
        actor=connected.owner.actor,
        wanted=MoveFilter(product_id=lamps[0].product_id, kind=EntryKind.SYNC),
    ).rows
    assert f'/stock/{move.entry_id}/">{move.at.number}</a>' in page
    assert "10 → 11 pcs" in page
    assert "50.00 → 55.00 USD" in page
    assert str(lamps[0].product_id) in page
    assert "All 12 products" in page
    address = reverse("sync_run", kwargs={"slug": connected.owner.business.slug, "run_id": run_id})
    assert address in show(client, connected, "stock_transaction", entry_id=move.entry_id)
    reader = connected.builder.sign_in()
    assert address not in show(reader, connected, "stock_transaction", entry_id=move.entry_id)
    whole = show(client, connected, "sync_run_corrections", run_id=run_id)
    assert all(str(lamp.product_id) in whole for lamp in lamps)
    assert "+12" in whole


def test_what_is_held_back_can_be_confirmed(connected: Cast, books: Emulator) -> None:
    lamps = make_parts(connected, books, 11, cost=0.01)
    for lamp in lamps:
        write(books, lamp, quantity_on_hand=0)
    run_id = sync(connected).id
    client = connected.owner.sign_in()
    page = show(client, connected, "sync_run", run_id=run_id)
    assert "11 corrections of stock are held back" in page
    assert "Confirm these 11 corrections" in page
    assert "Let your books change 11 products?" in page
    assert "11 corrections of stock held back until you confirm" in show(
        client, connected, "sync_items"
    )
    sync(connected)
    assert "A later sync has looked at them again" in show(
        client, connected, "sync_run", run_id=run_id
    )


def test_a_preview_shows_what_would_be_corrected_and_what_would_wait(
    connected: Cast, books: Emulator
) -> None:
    lamps = make_parts(connected, books, 12, cost=0.01)
    write(books, lamps[0], quantity_on_hand=12)
    client = connected.owner.sign_in()
    page = show(client, connected, "sync_run", run_id=preview(connected).id)
    assert "A sync would update 1 item, let 1 product follow and correct 1 product." in page
    assert "Quantities and costs that would change" in page
    assert "Would be corrected" in page
    assert "10 → 12 pcs" in page
    assert "What would happen" in page
    assert 'data-label="Transaction"' not in page
    assert lamps[0].balance.on_hand == 10
    for lamp in lamps[1:]:
        write(books, lamp, quantity_on_hand=0)
    run = preview(connected)
    page = show(client, connected, "sync_run", run_id=run.id)
    assert "11 corrections of stock would be held back" in page
    assert "would change that value by −1.10 USD;" in page
    assert "One of more than ten products that would have nothing left" in page
    assert "confirm-corrections" not in page
    assert "All 12 products" in page
    whole = show(client, connected, "sync_run_corrections", run_id=run.id)
    assert whole.count("Would be held back") == 11
    assert whole.count("Would be corrected") == 1


def test_a_preview_where_partsemble_leads_says_what_stays(connected: Cast, books: Emulator) -> None:
    (lamp,) = make_parts(connected, books)
    client = connected.owner.sign_in()
    post(client, connected, "change_receiving", wanted="on")
    books.control("POST", "switches", {"stock_moves_touch_items": False})
    write(books, lamp, quantity_on_hand=12)
    page = show(client, connected, "sync_run", run_id=preview(connected).id)
    assert "1 product counted otherwise in your books" in page
    assert "Would be left alone" in page


def test_a_run_without_corrections_says_nothing_of_them(connected: Cast, books: Emulator) -> None:
    make_parts(connected, books)
    run_id = sync(connected).id
    client = connected.owner.sign_in()
    assert "corrections-title" not in show(client, connected, "sync_run", run_id=run_id)
    assert "None of these" in show(client, connected, "sync_run_corrections", run_id=run_id)


def test_receiving_is_switched_on_and_off(connected: Cast, books: Emulator) -> None:
    (lamp,) = make_parts(connected, books)
    client = connected.owner.sign_in()
    assert "Off" in show(client, connected, "features")
    asked = show(client, connected, "change_receiving")
    assert "Partsemble becomes the master" in asked
    assert "but then your books win: the next sync brings what they count otherwise" in asked
    assert find_way_back(asked) == find_page(connected, "features")
    assert "Receiving is on." in post(client, connected, "change_receiving", wanted="on")
    assert "Partsemble leads" in show(client, connected, "integrations")
    adjust(connected.owner.actor, lamp.product_id, "-4")
    write(books, lamp, quantity_on_hand=12)
    page = show(client, connected, "sync_run", run_id=sync(connected).id)
    assert "1 product counted otherwise in your books" in page
    assert "Left alone" in page
    assert "should show now: on hand, less what was done here and is not in your books yet" in page
    assert "Your books count 2 pcs more than expected" in page
    assert 'data-label="Change">–</td>' in page
    assert lamp.balance.on_hand == 6
    asked = show(client, connected, "change_receiving")
    assert "counts 1 product otherwise, and would win" in asked
    assert "What is in stock stays" not in asked
    assert find_way_back(asked) == find_page(connected, "features")
    assert str(lamp.product_id) in asked
    assert "Receiving is off." in post(client, connected, "change_receiving", wanted="off")
    assert lamp.balance.on_hand == 6, "the next sync brings it"
    sync(connected)
    assert lamp.balance.on_hand == 12
    assert "counts every linked product as you do" not in show(client, connected, "features")


def test_the_mode_is_changed_and_changed_back(connected: Cast, books: Emulator) -> None:
    make_parts(connected, books)
    client = connected.accountant.sign_in()
    assert "Your books lead" in show(client, connected, "integrations")
    asked = show(client, connected, "change_inventory_mode")
    assert "Quantities are kept in Partsemble only" in asked
    assert "follow your books no longer" in asked
    assert "but then your books win" in asked
    assert find_way_back(asked) == find_page(connected, "integrations")
    post(client, connected, "change_inventory_mode", wanted="partsemble_only")
    assert get_connection(actor=connected.owner.actor).mode is InventoryMode.PARTSEMBLE_ONLY
    asked = show(client, connected, "change_inventory_mode")
    assert "counts every linked product as you do" in asked
    assert "of linked products follow your books again" in asked
    assert find_way_back(asked) == find_page(connected, "integrations")
    asked = show(connected.owner.sign_in(), connected, "change_receiving")
    assert "Partsemble is the master of quantities, and stays it in Sync mode too." in asked
    post(connected.owner.sign_in(), connected, "change_receiving", wanted="on")
    asked = show(client, connected, "change_inventory_mode")
    assert "of linked products follow your books again" in asked
    assert "counts every linked product" not in asked
    post(client, connected, "change_inventory_mode", wanted="sync")
    assert get_connection(actor=connected.owner.actor).mode is InventoryMode.SYNC
    asked = show(client, connected, "change_inventory_mode")
    assert "your books win" not in asked, "with Receiving on they do not"


def test_what_the_books_have_not_been_told_stands_on_the_product(
    connected: Cast, books: Emulator
) -> None:
    """Entered by hand, too, it counts twice: the page says so while there is time."""
    (lamp,) = make_parts(connected, books, 1)
    client = connected.owner.sign_in()
    assert "Not told to them yet" not in show(
        client, connected, "product", product_id=lamp.product_id
    )
    adjust(connected.owner.actor, lamp.product_id, "-4")
    page = show(client, connected, "product", product_id=lamp.product_id)
    assert "Not told to them yet" in page
    assert "−4 pcs" in page
    write(books, lamp, quantity_on_hand=6)
    sync(connected)
    page = show(client, connected, "product", product_id=lamp.product_id)
    assert "−4 pcs" in page  # 2 here, 6 there: told twice, and said


def test_stock_of_inactive_items_is_named_in_the_report(connected: Cast, books: Emulator) -> None:
    first, second = make_parts(connected, books, 2)
    write(books, first, active=False)
    client = connected.owner.sign_in()
    page = show(client, connected, "sync_run", run_id=sync(connected).id)
    assert "1 product of inactive items still has stock here" in page
    assert "Worth 50.00 USD" in page
    adjust(connected.owner.actor, first.product_id, "-10")
    write(books, second, quantity_on_hand=11)
    run_id = sync(connected).id
    assert "of inactive items" not in show(client, connected, "sync_run", run_id=run_id)
