"""The furnished company: a small workshop that makes lamps.

About sixty products and services such as a real company collects over the years, the awkward
ones included: quotes, ampersands, emoji, stray spaces, a formula, markup, right-to-left text,
a name of a hundred characters, shared and missing SKUs, prices that are missing, zero or very
precise, fractional stock, stock below zero, things long out of use.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple, TypedDict, Unpack

from accounting_emulator import chart
from accounting_emulator.books import DELETED
from accounting_emulator.items import GroupLine, Item, ItemType
from accounting_emulator.layers import Layer, Layers, to_cents

FOUNDED = datetime(2024, 1, 15, 16, 0, tzinfo=UTC)
_LONG_NAME = (
    "Pendant, woven rush, double ring, with dimmable LED driver and canopy, for ceilings over "
    "four metres"
)  # exactly 100 characters: the longest name there can be


class Row(NamedTuple):
    """One line of the workshop's list; money per unit, layers as (quantity, unit cost)."""

    name: str
    sku: str | None
    type: ItemType
    price: str | None = None
    cost: str | None = None
    layers: tuple[tuple[str, str], ...] = ()
    parent: str | None = None
    is_active: bool = True
    reorder: str | None = None
    description: str | None = None
    group: tuple[tuple[str, str], ...] = ()


class More(TypedDict, total=False):
    """What a line may say beside name, SKU and prices."""

    layers: tuple[tuple[str, str], ...]
    parent: str
    is_active: bool
    reorder: str
    description: str


def _stock(
    name: str, sku: str | None, price: str | None, cost: str | None, **more: Unpack[More]
) -> Row:
    return Row(name, sku, "Inventory", price, cost)._replace(**more)


_CATEGORIES = (
    Row("Lamps", None, "Category"),
    Row("Table", None, "Category", parent="Lamps"),
    Row("Floor", None, "Category", parent="Lamps"),
    Row("Pendant", None, "Category", parent="Lamps"),
    Row("Parts", None, "Category"),
    Row("Electrical", None, "Category", parent="Parts"),
    Row("Wood & Metal", None, "Category", parent="Parts"),
    Row("Shades", None, "Category", parent="Parts"),
)
_PARTS = (
    _stock("Lamp holder E27, brass", "EL-E27-BR", "7.90", "2.35", parent="Electrical",
           layers=(("120", "2.10"), ("200", "2.35")), reorder="80"),
    _stock("Lamp holder E14, black", "EL-E14-BK", "5.40", "1.62", parent="Electrical",
           layers=(("64", "1.62"),), reorder="50"),
    _stock("Textile cable 2×0.75, rust", "EL-CAB-RU", "3.20", "1.08", parent="Electrical",
           layers=(("187.5", "1.08"),), reorder="100", description="Sold by the metre"),
    _stock("Textile cable 2×0.75, moss", "EL-CAB-MO", "3.20", "1.08", parent="Electrical",
           layers=(("42.25", "1.04"), ("100", "1.08"))),
    _stock("Inline switch", "EL-SW-IN", "4.50", "1.333333", parent="Electrical",
           layers=(("75", "1.333333"),), reorder="40"),
    _stock('Dimmer 4" round', "EL-DIM-4", "24.00", "11.75", parent="Electrical",
           layers=(("18", "11.75"),), reorder="10"),
    _stock("Plug US 3-pin", "EL-PL-US", "2.80", "0.64", parent="Electrical",
           layers=(("310", "0.64"),)),
    _stock("LED driver 12 V / 20 W", "EL-DRV-20", "19.50", "8.20", parent="Electrical",
           layers=(("26", "7.95"), ("30", "8.20")), reorder="20"),
    _stock("Bulb 6 W, warm", "EL-BULB-6", "6.00", "1.90", parent="Electrical",
           layers=(("500", "1.90"),)),
    _stock("Bulb 6 W, warm (box of 10)", "EL-BULB-6", "52.00", "17.50", parent="Electrical",
           layers=(("12", "17.50"),), description="Shares its SKU with the single bulb"),
    _stock("Oak base 20 cm", "WD-OAK-20", "18.00", "6.40", parent="Wood & Metal",
           layers=(("40", "6.10"), ("60", "6.40")), reorder="30"),
    _stock("Walnut base 20 cm", "WD-WAL-20", "26.00", "9.85", parent="Wood & Metal",
           layers=(("22", "9.85"),)),
    _stock("Oak rod 12 mm", "WD-ROD-12", "4.75", "1.15", parent="Wood & Metal",
           layers=(("133.333333", "1.15"),), description="In metres, cut to length"),
    _stock("Brass tube 10 mm × 1 m", "MT-TUB-10", "14.20", "5.05", parent="Wood & Metal",
           layers=(("55", "5.05"),), reorder="25"),
    _stock("Brass ferrule", "MT-FER-10", "0.95", "0.1825", parent="Wood & Metal",
           layers=(("2400", "0.1825"),)),
    _stock("Steel floor plate Ø 28 cm", "MT-PLT-28", "31.00", "13.40", parent="Wood & Metal",
           layers=(("16", "13.40"),)),
    _stock("Wood screw 4×30", "MT-SCR-430", "0.05", "0.0113", parent="Wood & Metal",
           layers=(("9500", "0.0113"),)),
    _stock("Felt pad, self-adhesive", None, "0.40", "0.07", parent="Wood & Metal",
           layers=(("860", "0.07"),)),
    _stock("Linen shade 30 cm, natural", "SH-LIN-30", "34.00", "12.60", parent="Shades",
           layers=(("28", "12.60"),), reorder="15"),
    _stock("Linen shade 30 cm, ink", "SH-LIN-30I", "34.00", "12.60", parent="Shades",
           layers=(("9", "12.60"),), reorder="15"),
    _stock("Paper shade, O'Hara fold", "SH-PAP-OH", "29.00", "8.10", parent="Shades",
           layers=(("31", "8.10"),), description="Folded by Maeve O'Hara's studio"),
    _stock("Glass globe Ø 18 cm", "SH-GLB-18", "41.00", "15.95", parent="Shades",
           layers=(("20", "15.95"),)),
    _stock("Woven reed, raw", "SH-REED", None, "22.40", parent="Shades",
           layers=(("14.75", "22.40"),), description="Bought by the kilogram, never sold"),
    _stock("Glue, hide", "SU-GLUE", "0", "9.90", layers=(("3.2", "9.90"),)),
    _stock("Finishing oil", "SU-OIL", "18.5", "7.1234567", layers=(("6.5", "7.1234567"),)),
    _stock("Shipping box L", "PK-BOX-L", None, "2.10", layers=(("-8", "2.10"),),
           description="More used than counted: stock stands below zero"),
    _stock("Shipping box S", "PK-BOX-S", None, "0.95", reorder="100"),
)  # fmt: skip
_LAMPS = (
    _stock('Table lamp "Heron"', "LT-HERON", "148.00", "46.20", parent="Table",
           layers=(("7", "45.10"), ("12", "46.20")), reorder="6"),
    _stock('Table lamp "Heron", walnut', "LT-HERON-W", "168.00", "51.75", parent="Table",
           layers=(("4", "51.75"),), reorder="4"),
    _stock("Table lamp Wren", "LT-WREN", "96.00", "31.08", parent="Table",
           layers=(("15", "31.08"),), reorder="8"),
    _stock("Reading light 50% dimmed", "LT-READ-50", "124.00", "39.90", parent="Table",
           layers=(("6", "39.90"),)),
    _stock("Floor lamp Bittern", "LF-BITT", "289.00", "97.35", parent="Floor",
           layers=(("3", "97.35"),), reorder="2"),
    _stock("Floor lamp Bittern & shelf", "LF-BITT-S", "349.00", "121.00", parent="Floor",
           layers=(("1", "121.00"),)),
    _stock("Arc lamp Größe M – Café", "LF-ARC-M", "412.50", "158.00", parent="Floor",
           layers=(("2", "158.00"),)),
    _stock("Pendant Reed ring", "LP-RING", "219.00", "71.30", parent="Pendant",
           layers=(("5", "71.30"),), reorder="3"),
    _stock("Pendant Globe trio", "LP-TRIO", "265.00", "88.45", parent="Pendant",
           layers=(("4", "88.45"),)),
    _stock("Pendant 竹灯 (bamboo)", "LP-竹-01", "198.00", "64.00", parent="Pendant",
           layers=(("3", "64.00"),)),
    _stock("مصباح معلق", "LP-AR-01", "205.00", "66.00", parent="Pendant",
           layers=(("2", "66.00"),)),
    _stock("Night light 🌙 moth", "LT-MOTH", "39.00", "11.15", parent="Table",
           layers=(("25", "11.15"),)),
    _stock(_LONG_NAME, "LP-RUSH-2R", "540.00", "187.20", parent="Pendant",
           layers=(("1", "187.20"),)),
    _stock("Table lamp Sparrow", "LT-SPAR", "84.00", "27.00", parent="Table", is_active=False),
    _stock("Lantern, old pattern", None, "75.00", "33.00", is_active=False),
)  # fmt: skip
_OTHERS = (
    Row("  Sanding sheets P180 ", "SU-P180", "NonInventory", "1.10", "0.38"),
    Row("=1+1", "=CMD|' /C calc'!A0", "NonInventory", "2.00", "1.00",
        description="A name that a spreadsheet would run"),
    Row("<script>alert('lamp')</script>", "<b>bold</b>", "NonInventory", "3.00", "1.50"),
    Row('Gift wrap; ribbon, "gold"', None, "NonInventory", "6.00", "1.2"),
    Row("Catalogue 2025 \\ printed", "PR-CAT-25", "NonInventory", None, "0.8875"),
    Row("Workshop apron", "SU-APR", "NonInventory", "45.00", "21.00", is_active=False),
    Row("-10% off, seconds", "DISC-10", "Service", "-10.00"),
    Row("Rewiring", "SV-REW", "Service", "65.00", description="Per hour, at the bench"),
    Row("Delivery & fitting", "SV-DEL", "Service", "120.00"),
    Row("Custom design", None, "Service", "95.1234567"),
    Row("Hours", None, "Service"),
    Row("Spray booth hire", "SV-BOOTH", "Service", "40.00", is_active=False),
    Row("Heron gift set", "GR-HERON", "Group",
        group=(('Table lamp "Heron"', "1"), ("Bulb 6 W, warm", "2"), ("Rewiring", "0.5"))),
    Row("Reed ring, fitted", None, "Group",
        group=(("Pendant Reed ring", "1"), ("Delivery & fitting", "1"))),
)  # fmt: skip
_ROWS = _CATEGORIES + _PARTS + _LAMPS + _OTHERS


def furnish() -> Iterator[Item]:
    """Make the workshop's items in the order of their ids."""
    ids = {row.name: number for number, row in enumerate(_ROWS, 1)}
    full_names: dict[str, str] = {}
    for number, row in enumerate(_ROWS, 1):
        full = f"{full_names[row.parent]}:{row.name}" if row.parent else row.name
        full_names[row.name] = full
        yield _make_item(row, number, full, ids)


def _make_item(row: Row, number: int, full_name: str, ids: dict[str, int]) -> Item:
    created = FOUNDED + timedelta(days=number * 9, minutes=number * 37 % 400)
    updated = created + timedelta(days=number * 53 % 170, seconds=number)
    started_on = created.date().isoformat()
    suffix = "" if row.is_active else DELETED
    tracked, is_category = row.type == "Inventory", row.type == "Category"
    plain = not (is_category or row.type == "Group")
    return Item(
        id=number,
        name=row.name + suffix,
        full_name=full_name + suffix,
        sku=row.sku,
        type=row.type,
        active=row.is_active,
        unit_price=None if row.price is None else Decimal(row.price),
        created_at=int(created.timestamp()),
        updated_at=int(updated.timestamp()),
        sync_token=number * 7 % 5 + (0 if row.is_active else 1),
        parent_id=ids[row.parent] if row.parent else None,
        level=full_name.count(":"),
        description=row.description,
        taxable=tracked,
        purchase_cost=None if row.cost is None else Decimal(row.cost),
        income_account=_income_account(row.type) if plain else None,
        expense_account=_expense_account(row.type) if plain else None,
        asset_account=chart.INVENTORY_ASSET if tracked else None,
        started_on=started_on if tracked else None,
        reorder_point=None if row.reorder is None else Decimal(row.reorder),
        layers=_make_layers(row, created),
        group_lines=tuple(GroupLine(ids[name], Decimal(qty)) for name, qty in row.group),
    )


def _make_layers(row: Row, created: datetime) -> Layers:
    days = ((created + timedelta(days=31 * step)).date() for step in range(len(row.layers)))
    return tuple(
        Layer(day.isoformat(), Decimal(qty), to_cents(amount=Decimal(qty) * Decimal(cost)))
        for day, (qty, cost) in zip(days, row.layers, strict=True)
    )


def _income_account(item_type: str) -> int:
    if item_type == "Service":
        return chart.SERVICES
    return chart.SALES_OF_PRODUCT_INCOME


def _expense_account(item_type: str) -> int | None:
    return {"Inventory": chart.COST_OF_GOODS_SOLD, "NonInventory": chart.SUPPLIES}.get(item_type)
