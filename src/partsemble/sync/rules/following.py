"""What of a linked product is the books' to say (ITEM-6); pure.

In Sync mode a product's name, SKU and prices are its item's, as far as the item says something. A
SKU that no product can have, or that another one has, is the one thing that does not follow: two
products of one SKU would be worse than two names for one thing.
"""

from collections.abc import Mapping
from dataclasses import replace

from partsemble.accounting.documents import Item
from partsemble.catalog.types import SKU_LENGTH, ProductTerms, fold_sku
from partsemble.sync.rules.importing import clean_name, clean_price


def read_books_terms(item: Item) -> dict[str, object]:
    """This will give the fields of a product that an item speaks for, and what it says."""
    said: dict[str, object] = {"name": clean_name(item)}
    sku = " ".join(item.sku.split())
    if 0 < len(sku) <= SKU_LENGTH:
        said["sku"] = sku
    prices = {"selling_price": item.unit_price, "unit_cost": item.purchase_cost}
    return said | {
        field: price for field, price in prices.items() if clean_price(price) is not None
    }


def follow_item(*, terms: ProductTerms, item: Item, taken: Mapping[str, str]) -> ProductTerms:
    """This will say what a product becomes when it follows its item.

    Arguments:
        taken: SKUs of products by their keys, the item's at least.
    """
    said = read_books_terms(item)
    key = fold_sku(str(said.get("sku", "")))
    if key in taken and key != fold_sku(terms.sku):
        del said["sku"]
    return replace(terms, **said)  # type: ignore[arg-type]  # fields by name


def list_owned_fields(*, terms: ProductTerms, item: Item) -> frozenset[str]:
    """This will name the fields that a person can't change, because the books win.

    A SKU that could not follow is not among them: nobody else can make it right.
    """
    said = read_books_terms(item)
    owned = set(said)
    if said.get("sku") != terms.sku:
        owned.discard("sku")
    return frozenset(owned)
