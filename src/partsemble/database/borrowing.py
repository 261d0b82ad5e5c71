"""Database connections of threads that come and go."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def own_connection_closed() -> Iterator[None]:
    """This will close the thread's connection afterwards if it had none before the block.

    Adapters call from threads that read ahead and end; nobody else would close theirs.
    """
    is_borrowed = connection.connection is None
    try:
        yield
    finally:
        if is_borrowed:
            connection.close()
