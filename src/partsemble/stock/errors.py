"""What the ledger refuses."""

from partsemble.kernel.errors import DomainError, NotFound


class EntryNotFound(NotFound):
    """This business has no such stock entry."""

    code = "entry_not_found"


class NotEnoughStock(DomainError):
    """More is to be taken than is there; facts: `sku`, `on_hand`, `wanted` (STOCK-3, I3)."""

    code = "not_enough_stock"


class ProductNotStocked(DomainError):
    """The product is not kept in stock, so nothing of it moves (PROD-1); facts: `sku`."""

    code = "product_not_stocked"


class StockRemains(DomainError):
    """What is there would be on no list any more (PROD-1); facts: `sku`, `on_hand`."""

    code = "stock_remains"


class ShortageRemains(DomainError):
    """What is missing would never be filled (PROD-1); facts: `sku`, `shortage`."""

    code = "shortage_remains"


class PostingKeyReused(DomainError):
    """The key of a posting stands for an entry with other content; facts: `key`."""

    code = "posting_key_reused"


class EntryReversed(DomainError):
    """The entry was reversed before; facts: `number`, `reversal`."""

    code = "entry_reversed"


class EntryNotReversible(DomainError):
    """Such an entry is not taken back by a person; facts: `number`, `kind`."""

    code = "entry_not_reversible"
