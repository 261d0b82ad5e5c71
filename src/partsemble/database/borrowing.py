"""Database connections of threads that come and go."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections


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


@contextmanager
def connections_kept() -> Iterator[Callable[[], None]]:
    """This will close, at the end of the block, what threads opened by the function it gives.

    A thread that calls it has a connection from then on, if the database lets it have one; a
    new one for each of its calls costs more than what they say. The threads are at rest when
    the block ends.
    """
    with ExitStack() as closing:

        def keep() -> None:
            own = connections[DEFAULT_DB_ALIAS]
            if own.connection is None:
                with suppress(DatabaseError):
                    own.ensure_connection()
                    own.inc_thread_sharing()
                    closing.callback(own.dec_thread_sharing)
                    closing.callback(own.close)

        yield keep
