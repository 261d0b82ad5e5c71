"""Reading a long list page by page, several pages ahead of whoever uses them.

The provider takes a third of a second for a page whatever we do, so the next pages are asked
for while this one is worked on, up to as many calls as the provider allows at once. Memory
holds those few pages and no more. Pages come out in order; the first error comes out in its
place, after which nothing more is asked for.

Whoever writes calls down does so in the thread that made them, so each of these threads keeps a
database connection as long as the reading lasts.
"""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

from partsemble.accounting.documents import ItemPage
from partsemble.accounting.provider import AccountingProvider, Unexpected
from partsemble.database.borrowing import connections_kept

EXTRA_PAGES: Final = 10
"""Rows that may be added while a reading goes on; more is a provider that loses its place."""


def iterate_item_pages(*, provider: AccountingProvider, total: int) -> Iterator[ItemPage]:
    """This will give every page of the books' items in the provider's stable order.

    Arguments:
        provider: the books.
        total: how many rows the provider counted; rows that are added meanwhile are read too.

    Raises:
        Unexpected: if there are many more pages than rows were counted.
        ProviderError: what a page failed with, once the client's own retries are used up.
    """
    size = provider.capabilities.item_page_size
    width = provider.capabilities.calls_in_flight
    pending: deque[Future[ItemPage]] = deque()
    with (
        connections_kept() as keep,
        ThreadPoolExecutor(width, thread_name_prefix="read-ahead", initializer=keep) as pool,
    ):
        next_start = 0
        try:
            while True:
                while len(pending) < width and (next_start <= total or not pending):
                    pending.append(
                        pool.submit(provider.get_item_page, start=next_start, limit=size)
                    )
                    next_start += size
                page = pending.popleft().result()
                if page.start > total + EXTRA_PAGES * size:
                    raise Unexpected(reason="a reading that does not end", total=total)
                yield page
                if page.row_count < size:
                    return
        finally:
            for future in pending:
                future.cancel()
