"""What a sync refuses."""

from partsemble.kernel.errors import DomainError, NotFound


class RunNotFound(DomainError):
    """The business has no such run."""

    code = "run_not_found"


class NoTypesChosen(DomainError):
    """A sync of no item types would read nothing."""

    code = "no_types_chosen"


class RunNameTaken(DomainError):
    """The id that was chosen for a run stands for something else already."""

    code = "run_name_taken"


class NothingHeldBack(DomainError):
    """The run that was named holds nothing back that could be confirmed (SYNC-6)."""

    code = "nothing_held_back"


class NoSuchPreview(DomainError):
    """The run that was named is no finished preview of the books that are connected now."""

    code = "no_such_preview"


class ImportNotFound(NotFound):
    """This business has no such import of items."""

    code = "import_not_found"


class NothingToImport(DomainError):
    """None of the chosen items would become a product."""

    code = "nothing_to_import"


class ImportTooLarge(DomainError):
    """More items were chosen than one import takes; facts: `limit`."""

    code = "import_too_large"


class ItemNotLinkable(NotFound):
    """The books in use have no such active item."""

    code = "item_not_linkable"


class QuantityUndecided(DomainError):
    """Ours and the books' quantity differ, and nobody says which holds; facts: `ours`, `books`."""

    code = "quantity_undecided"


class OwnedByBooks(DomainError):
    """The product follows its item there (ITEM-6); facts: `fields`, `sku`."""

    code = "owned_by_books"
