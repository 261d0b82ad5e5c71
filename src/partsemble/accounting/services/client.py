"""The client through which this application calls providers, and who hears of its calls.

Every call is made for somebody: a `Caller` says for which business, connection and run. Whoever
keeps a record of calls stands in `OBSERVERS`; nothing calls a provider past them.
"""

from typing import Final, Protocol

from partsemble.accounting.http import Call, HttpClient, Observer, shared_client
from partsemble.accounting.services.calls import record_call
from partsemble.accounting.services.counting import count_call
from partsemble.accounting.types import Caller


class CallObserver(Protocol):
    """Hears of every call when it is over, in the thread that made it; it must not raise."""

    def __call__(self, *, caller: Caller, call: Call) -> None:
        """This will take notice of one call."""


OBSERVERS: Final[tuple[CallObserver, ...]] = (record_call, count_call)


def client_for(*, caller: Caller) -> HttpClient:
    """This will give the client of this process, which tells the observers for whom it calls."""
    return shared_client().observed_by(*(_bind(observe, caller) for observe in OBSERVERS))


def _bind(observe: CallObserver, caller: Caller) -> Observer:
    return lambda call: observe(caller=caller, call=call)
