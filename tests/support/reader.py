"""A program that reads a business's books in several threads, for tests with rival processes.

Usage: python -m tests.support.reader BUSINESS_ID THREADS FOLDER. It says that it is ready by a
file in the folder, waits there for the file `go`, and prints how many of its reads succeeded.
"""

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import django

READS_PER_THREAD = 3


def main(business: str, threads: int, folder: Path) -> None:
    """This will read together with whoever else waits for the same start."""
    django.setup()

    from partsemble.accounting.services.access import open_provider  # noqa: PLC0415
    from partsemble.kernel.ids import BusinessId  # noqa: PLC0415

    with (
        open_provider(business_id=BusinessId(UUID(business))) as provider,
        ThreadPoolExecutor(max_workers=threads) as pool,
    ):
        (folder / f"ready-{os.getpid()}").touch()
        while not (folder / "go").exists():
            time.sleep(0.002)
        counts = list(pool.map(lambda _: provider.count_items(), range(threads * READS_PER_THREAD)))
    sys.stdout.write(f"read {len(counts)} times\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
