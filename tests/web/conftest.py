"""What tests of the screens share."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def fresh_rate_limits() -> Iterator[None]:
    """Attempts are counted in the cache; no test may eat another's."""
    cache.clear()
    yield
    cache.clear()
