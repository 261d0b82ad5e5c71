"""Reading parts of the books' items: what changed, and what is asked for by name."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from partsemble.accounting.documents import ItemPage
from partsemble.accounting.provider import AccountingProvider, Unexpected


def iterate_changed_pages(
    *, provider: AccountingProvider, since: datetime, row_limit: int
) -> Iterator[ItemPage]:
    """This will give every page of what changed, one after the other.

    Arguments:
        provider: the books.
        since: by the provider's clock.
        row_limit: how many rows the books have in all; many more changes can't be.

    Raises:
        Unexpected: if there are many more changes than rows.
        ProviderError: what a page failed with.
    """
    size = provider.capabilities.item_page_size
    start = 0
    while True:
        page = provider.get_changed_item_page(since=since, start=start, limit=size)
        yield page
        if page.row_count < size:
            return
        start += size
        if start > row_limit + size:
            raise Unexpected(reason="a reading that does not end", total=row_limit)


def iterate_items_by_id(
    *, provider: AccountingProvider, external_ids: Sequence[str]
) -> Iterator[tuple[ItemPage, frozenset[str]]]:
    """This will look items up, and say of each batch which ids the books do not have.

    A row that came without its id could be any of those that were asked for, so nothing is
    called absent beside it.

    Raises:
        ProviderError: what a look-up failed with.
    """
    size = provider.capabilities.item_lookup_size
    for first in range(0, len(external_ids), size):
        asked = external_ids[first : first + size]
        page = provider.get_items(external_ids=asked)
        found = {each.external_id for each in page.items}
        found.update(each.external_id for each in page.unreadable)
        has_nameless = any(not each.external_id for each in page.unreadable)
        yield page, frozenset() if has_nameless else frozenset(asked) - found
