"""Products for tests, made through the services that people's own clicks go through."""

from dataclasses import replace

from partsemble.catalog.services import create_product
from partsemble.catalog.types import ProductTerms, ProductType, ProductView
from partsemble.kernel.actor import Actor


def make_product(actor: Actor, sku: str, **terms: object) -> ProductView:
    """This will store a stocked component of that SKU, with whatever else is said of it."""
    said = ProductTerms(sku=sku, name=f"Thing {sku}", type=ProductType.COMPONENT)
    return create_product(actor=actor, terms=replace(said, **terms))  # type: ignore[arg-type]  # fields by name
