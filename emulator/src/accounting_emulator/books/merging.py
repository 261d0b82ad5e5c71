"""Merging two items: a person finds that they are the same thing, and one of them is lost.

The item that stays takes over the other's stock, layer by layer, and its place in bundles. The
other is switched off under a freed name, because old documents name it; where it is to vanish,
nobody can read it any more.
"""

from itertools import chain

import msgspec

from accounting_emulator import chart
from accounting_emulator.books.commands import Event, MergeItems
from accounting_emulator.books.item_rules import switched_off
from accounting_emulator.books.ledger import Ledger
from accounting_emulator.books.refusals import Refusal
from accounting_emulator.items import GroupLine, Item, ItemShelf
from accounting_emulator.layers import ZERO, Layers, consume, receive, value_of


def merge_items(*, shelf: ItemShelf, ledger: Ledger, command: MergeItems) -> tuple[Event, ...]:
    """Let one item be lost in another; money in the home currency.

    Raises:
        Refusal: they cannot be one, or the books are closed today.
    """
    lost = _find(shelf, command.item_id)
    kept = _find(shelf, command.into_id)
    _expect_alike(lost, kept)
    if lost.layers:
        ledger.expect_open(day=command.today)
    layers = _together(kept, lost, command.today)
    _post(ledger, lost, kept, layers, command.today)
    changed = {"updated_at": command.at}
    shelf.put(
        item=msgspec.structs.replace(kept, layers=layers, sync_token=kept.sync_token + 1, **changed)
    )
    off = switched_off(item=lost, shelf=shelf)
    shelf.put(
        item=msgspec.structs.replace(off, layers=(), sync_token=lost.sync_token + 1, **changed)
    )
    _replace_in_bundles(shelf, lost.id, kept.id)
    if command.vanishes:
        shelf.remove(item_id=lost.id)
    return (Event("Item", kept.id, "Merge", deleted_id=lost.id, has_vanished=command.vanishes),)


def _find(shelf: ItemShelf, item_id: int) -> Item:
    item = shelf.find(item_id=item_id)
    if item is None:
        raise Refusal("not_found", f"There is no item with id {item_id}.")
    return item


def _expect_alike(lost: Item, kept: Item) -> None:
    if lost.id == kept.id:
        raise Refusal("rule", "An item cannot be merged with itself.")
    if lost.type != kept.type or lost.type in ("Category", "Group"):
        raise Refusal("rule", "Only products and services of one type can be merged.")
    if not (lost.active and kept.active):
        raise Refusal("rule", "Only items in use can be merged.")


def _together(kept: Item, lost: Item, on: str) -> Layers:
    """Put the layers of both together; what one owes the other covers."""
    layers, cost = kept.layers, kept.purchase_cost or ZERO
    for layer in lost.layers:
        if layer.quantity > 0:
            layers = receive(layers=layers, arrived=layer).layers
        else:
            owed = -layer.quantity
            layers = consume(layers=layers, quantity=owed, on=on, unit_cost=cost).layers
    return layers


def _post(ledger: Ledger, lost: Item, kept: Item, layers: Layers, on: str) -> None:
    """Carry the value over, and what the layers no longer hold to cost of goods sold."""
    asset, carried = kept.asset_account or 0, value_of(layers=lost.layers)
    difference = value_of(layers=kept.layers) + carried - value_of(layers=layers)
    for memo, accounts, amount in (
        ("Items merged", (asset, lost.asset_account or 0), carried),
        ("Cost found later", (chart.COST_OF_GOODS_SOLD, asset), difference),
    ):
        if accounts[0] != accounts[1]:
            ledger.move(on=on, memo=memo, accounts=accounts, amount=amount, item_id=kept.id)


def bundles(*, shelf: ItemShelf) -> list[Item]:
    """List all bundles."""
    heads = chain.from_iterable(shelf.heads_with(word=b"Group"))
    return [_find(shelf, head.id) for head in heads if head.type == "Group"]


def _replace_in_bundles(shelf: ItemShelf, lost_id: int, kept_id: int) -> None:
    for bundle in bundles(shelf=shelf):
        if lost_id in bundle.members:
            lines = tuple(
                GroupLine(kept_id, line.quantity) if line.item_id == lost_id else line
                for line in bundle.group_lines
            )
            shelf.put(item=msgspec.structs.replace(bundle, group_lines=lines))
