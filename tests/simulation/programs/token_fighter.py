"""Reads the books in several threads at each `go`, together with whoever fights for the tokens.

It answers with how many of its reads succeeded.
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from tests.simulation.programs import say

from partsemble.accounting.provider import ProviderError
from partsemble.accounting.services.access import open_provider
from partsemble.kernel.ids import BusinessId

THREADS = 2


def main(business: str) -> None:
    business_id = BusinessId(UUID(business))

    def read(_: int) -> int:
        return int(provider.count_items() > 0)

    say("ready")
    with ThreadPoolExecutor(max_workers=THREADS) as pool:
        for _ in sys.stdin:
            try:
                with open_provider(business_id=business_id) as provider:
                    say("read", sum(pool.map(read, range(THREADS))))
            except ProviderError as error:
                say("failed", type(error).__name__, error)
