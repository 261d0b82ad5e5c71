"""The client through which this application calls providers, and who hears of its calls.

Every call is made for somebody: a `Caller` says for which business, connection and run. Whoever
keeps a record of calls stands in `OBSERVERS`; nothing calls a provider past them.
"""

from collections.abc import Callable
from functools import partial
from typing import Final

from partsemble.accounting.http import Call, HttpClient, shared_client
from partsemble.accounting.types import Caller

type CallObserver = Callable[[Caller, Call], None]

OBSERVERS: Final[tuple[CallObserver, ...]] = ()
"""Each hears of every call when it is over, in the thread that made it, and must not raise."""


def client_for(*, caller: Caller) -> HttpClient:
    """This will give the client of this process, which tells the observers for whom it calls."""
    return shared_client().observed_by(*(partial(observe, caller) for observe in OBSERVERS))
