"""Made-up catalogues of any size: the same seed and size give the same items, always.

About one item in ten is a category, service, non-inventory item or bundle, the rest is
inventory; a few in a hundred are inactive, lack a SKU or share one; some names are awkward on
purpose. Nothing is kept between items but the list of categories, so memory does not grow.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import NamedTuple

from accounting_emulator import chart
from accounting_emulator.books import DELETED
from accounting_emulator.items import GroupLine, Item, ItemType
from accounting_emulator.layers import Layer, Layers, to_cents

MIN_ITEMS, MAX_ITEMS = 10, 1_000_000
_OLDEST = int(datetime(2024, 1, 15, 16, 0, tzinfo=UTC).timestamp())
_SPAN_SECONDS = 60 * 60 * 24 * 700
_MATERIALS = (
    "Oak", "Walnut", "Ash", "Beech", "Brass", "Copper", "Steel", "Aluminium", "Glass", "Linen",
    "Paper", "Reed", "Ceramic", "Cork", "Leather", "Nickel", "Bronze", "Maple", "Slate", "Resin",
)  # fmt: skip
_THINGS = (
    "base", "rod", "tube", "ring", "shade", "globe", "bracket", "hinge", "canopy", "finial",
    "holder", "switch", "plate", "ferrule", "spacer", "washer", "clip", "stem", "arm", "cap",
    "frame", "panel", "knob", "hook", "collar", "lamp", "pendant", "lantern", "sconce", "spindle",
)  # fmt: skip
_TRAITS = (
    "matt", "polished", "raw", "oiled", "black", "white", "rust", "moss", "ink", "natural",
    "large", "small", "left", "right", "double", "slim", "turned", "woven", "smoked", "ribbed",
)  # fmt: skip
_AWKWARD = (
    '{} 4" wide', "O'Neill {}", "{} & fitting", "100% {}", "{} größe M", "{} 竹", "{} 🌙",
    "={}+1", "<b>{}</b>", "  {} ", "{}, set; of 2", "מנורה {}", "{} \\ pair", "-{}",
)  # fmt: skip
_CATEGORY_SHARE, _MAX_CATEGORIES = 50, 400


class _Shape(NamedTuple):
    """The odds of one catalogue entry: its type and whether it is inactive."""

    type: ItemType
    is_active: bool


def generate(*, count: int, seed: int) -> Iterator[Item]:
    """Make `count` items (10 to 1,000,000), active or not, in the order of their ids."""
    categories: list[tuple[int, str]] = []
    for number in range(1, count + 1):
        rng = random.Random(seed * 2_000_003 + number)  # noqa: S311
        item = _make_item(rng, number, count, categories)
        if item.type == "Category" and item.level == 0:
            categories.append((item.id, item.full_name))
        yield item


def _make_item(
    rng: random.Random, number: int, count: int, categories: list[tuple[int, str]]
) -> Item:
    shape = _make_shape(rng, number, count)
    name = _make_name(rng, number, shape)
    parent = rng.choice(categories) if categories and rng.random() < 0.7 else None
    if shape.type == "Category" and len(categories) < 5:
        parent = None
    full_name = f"{parent[1]}:{name}" if parent else name
    created = _OLDEST + rng.randrange(_SPAN_SECONDS)
    cost = Decimal(rng.randrange(5, 40_000)).scaleb(-2)
    if rng.random() < 0.05:
        cost += Decimal(rng.randrange(1, 99_999)).scaleb(-7)
    plain = shape.type not in ("Category", "Group")
    started_on = datetime.fromtimestamp(created, UTC).date().isoformat()
    tracked = shape.type == "Inventory"
    return Item(
        id=number,
        name=name,
        full_name=full_name,
        sku=_make_sku(rng, number) if plain else None,
        type=shape.type,
        active=shape.is_active,
        unit_price=_make_price(rng, cost) if plain else None,
        created_at=created,
        updated_at=created + rng.randrange(1 if number % 3 else 8_000_000),
        sync_token=number * 7 % 4,
        parent_id=parent[0] if parent else None,
        level=1 if parent else 0,
        description=f"{name}, from the catalogue" if plain and rng.random() < 0.6 else None,
        taxable=tracked,
        purchase_cost=cost if plain and shape.type != "Service" else None,
        income_account=chart.SALES_OF_PRODUCT_INCOME if plain else None,
        expense_account=_expense_account(shape.type),
        asset_account=chart.INVENTORY_ASSET if tracked else None,
        started_on=started_on if tracked else None,
        reorder_point=Decimal(rng.randrange(1, 60)) if tracked and number % 4 == 0 else None,
        layers=_make_layers(rng, cost, started_on) if tracked and shape.is_active else (),
        group_lines=_make_group(rng, number) if shape.type == "Group" else (),
    )


def _make_shape(rng: random.Random, number: int, count: int) -> _Shape:
    every = max(_CATEGORY_SHARE, count // _MAX_CATEGORIES)
    if number % every == 1:
        return _Shape("Category", is_active=True)
    draw = rng.random()
    kind: ItemType = "Inventory"
    if draw < 0.03 and number > 10:
        kind = "Group"
    elif draw < 0.07:
        kind = "Service"
    elif draw < 0.12:
        kind = "NonInventory"
    return _Shape(kind, is_active=rng.random() >= 0.03)


def _make_name(rng: random.Random, number: int, shape: _Shape) -> str:
    words = f"{rng.choice(_MATERIALS)} {rng.choice(_THINGS)} {rng.choice(_TRAITS)} {number}"
    if rng.random() < 0.02:
        words = rng.choice(_AWKWARD).format(words)
    return words if shape.is_active else words + DELETED


def _make_sku(rng: random.Random, number: int) -> str | None:
    draw = rng.random()
    if draw < 0.04:
        return None
    if draw < 0.05:
        return f"DUP-{number % 97:02}"
    return f"{rng.choice(_MATERIALS)[:2].upper()}-{rng.choice(_THINGS)[:3].upper()}-{number:06}"


def _make_price(rng: random.Random, cost: Decimal) -> Decimal | None:
    draw = rng.random()
    if draw < 0.02:
        return None
    if draw < 0.03:
        return Decimal(0)
    return (cost * rng.randrange(140, 420) / 100).quantize(Decimal("0.01"))


def _make_layers(rng: random.Random, cost: Decimal, started_on: str) -> Layers:
    draw = rng.random()
    if draw < 0.12:
        return ()
    quantity = Decimal(rng.randrange(1, 800))
    if draw < 0.18:
        quantity += Decimal(rng.randrange(1, 1_000)).scaleb(-3)
    elif draw < 0.19:
        quantity = -Decimal(rng.randrange(1, 20))
    return (Layer(started_on, quantity, to_cents(amount=quantity * cost)),)


def _make_group(rng: random.Random, number: int) -> tuple[GroupLine, ...]:
    members = sorted(rng.sample(range(2, min(number, 50)), k=rng.randrange(2, 5)))
    return tuple(GroupLine(member, Decimal(rng.randrange(1, 6))) for member in members)


def _expense_account(item_type: str) -> int | None:
    return {"Inventory": chart.COST_OF_GOODS_SOLD, "NonInventory": chart.SUPPLIES}.get(item_type)
