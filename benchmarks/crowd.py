"""People at work while a sync runs: what they wait for their writes and for their lists."""

import random
import threading
import time
from collections import defaultdict
from collections.abc import Iterable
from statistics import quantiles
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from partsemble.kernel.actor import Actor

WRITERS, READERS = 8, 2
PAUSE_SECONDS = 0.25
"""Between two clicks of one person, on average; people are slower."""


def gather(*, actor: "Actor", lines: Iterable[str]) -> dict[str, Any]:
    """This will let people work until the lines end, and say what they waited in each phase.

    Arguments:
        actor: as whom.
        lines: each names the phase that begins; one that was there before goes on.
    """
    waits: dict[str, dict[str, list[float]]] = defaultdict(lambda: {"write": [], "list": []})
    phase = waits["before"]
    failures: list[str] = []
    stop = threading.Event()

    def work(kind: str, number: int) -> None:
        chance = random.Random(number)  # noqa: S311 no secret
        while not stop.wait(chance.expovariate(1 / PAUSE_SECONDS)):
            mine, began = phase[kind], time.perf_counter()
            try:
                _write(actor) if kind == "write" else _read(actor, chance)
            except Exception as error:  # noqa: BLE001 whatever it is, it is the finding
                failures.append(f"{type(error).__name__}: {error}")
            mine.append(time.perf_counter() - began)

    kinds = ["write"] * WRITERS + ["list"] * READERS
    threads = [
        threading.Thread(target=work, args=(kind, number)) for number, kind in enumerate(kinds)
    ]
    for thread in threads:
        thread.start()
    for line in lines:
        phase = waits[line.strip()]
    stop.set()
    for thread in threads:
        thread.join()
    return {
        "phases": {name: _summarise(phase) for name, phase in waits.items()},
        "failures": failures,
    }


def _write(actor: "Actor") -> None:
    from django.db import transaction

    from partsemble.database.scope import business_scope
    from partsemble.identity.services import record_activity

    with business_scope(actor.business_id), transaction.atomic():
        record_activity(actor=actor, verb="benchmark.click", subject="benchmark")


def _read(actor: "Actor", chance: random.Random) -> None:
    from partsemble.accounting.queries.items import ItemFilter, ItemOrder, list_items

    wanted = chance.choice(
        [
            ItemFilter(page=chance.randrange(1, 5)),
            ItemFilter(search="reed"),
            ItemFilter(order=ItemOrder.PRICE, is_descending=True),
        ]
    )
    list_items(actor=actor, wanted=wanted)


def _summarise(phase: dict[str, list[float]]) -> dict[str, dict[str, float]]:
    return {
        kind: {
            "count": len(waits),
            "p50_ms": quantiles(waits, n=20)[9] * 1000,
            "p95_ms": quantiles(waits, n=20)[18] * 1000,
            "worst_ms": max(waits) * 1000,
        }
        for kind, waits in phase.items()
        if len(waits) > 1
    }
