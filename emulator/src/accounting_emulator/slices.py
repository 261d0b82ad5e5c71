"""Long work in slices, so that one question about a million items holds nobody else up.

Work is a generator: it yields every half a millisecond or so, and returns its result. Whoever runs
it may do something else between two slices, so what one slice saw may have changed by the next,
which the work must mind. `turns` runs work beside everything else that a server does.
"""

from collections.abc import Generator

type Work[T] = Generator[None, None, T]


def finish[T](work: Work[T]) -> T:
    """Do all of it at once."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: T = end.value
            return result
