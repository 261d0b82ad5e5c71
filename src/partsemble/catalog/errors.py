"""What the catalog refuses."""

from partsemble.kernel.errors import DomainError, NotFound


class ProductNotFound(NotFound):
    """This business has no such product."""

    code = "product_not_found"


class SkuTaken(DomainError):
    """Another product has that SKU, in whatever case it is written; facts: `sku`, `product_id`."""

    code = "sku_taken"


class ProductIdTaken(DomainError):
    """The id that was chosen for the product is in use, behind the wall."""

    code = "product_id_taken"


class ProductChanged(DomainError):
    """Somebody changed the product since it was read; facts: `sku`, `known`, `revision`."""

    code = "product_changed"


class ItemLinked(DomainError):
    """The accounting item belongs to another product (ITEM-4); facts: `sku`, `product_id`."""

    code = "item_linked"
