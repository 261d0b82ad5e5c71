"""The one HTTP client of all adapters.

It sends one request and tells what certainly happened, in the words of `provider`; what a
provider's own status codes mean is each adapter's table, and repeating is `repeat_reads`, which
an adapter puts around sending and reading an answer together.

Secrets travel as `Secret` and are revealed only inside httpx2's authentication hook and while
encoding a body. Errors of the transport are never chained: their frames hold the request as it
went out, and a traceback that shows local variables would show it too. What is kept of them is
the name of their class.
"""

import atexit
import time
from collections.abc import Callable, Generator, Mapping
from copy import copy
from dataclasses import dataclass, field
from functools import cache
from typing import Final
from urllib.parse import urlencode, urlsplit

import httpx2
import stamina
import structlog

from partsemble.accounting.provider import (
    OutcomeUnknown,
    ProviderError,
    TryLater,
    Unexpected,
)
from partsemble.kernel.secret import Secret

CONNECT_SECONDS: Final = 10.0
READ_SECONDS: Final = 60.0
"""Between two pieces of an answer; the slowest pages of a busy company take half of it."""
MAX_REPLY_BYTES: Final = 64 * 1024 * 1024
"""A page of a thousand full items is about two megabytes; far beyond it something is wrong."""
MAX_CONNECTIONS: Final = 40
KEEP_ALIVE_SECONDS: Final = 30.0
BLIP_SECONDS: Final = 2.0
"""What a call that failed without being told how long to wait should wait for."""

_CERTAINLY_NOT_SENT: Final = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
)
_log = structlog.get_logger("partsemble.accounting.http")


@dataclass(frozen=True, slots=True)
class Request:
    """One call; nothing secret shows in its representation."""

    method: str
    url: str
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str | Secret] | None = field(default=None, repr=False)
    authorization: Secret | None = None
    """The whole value of the header."""
    is_repeatable: bool = True
    """Whether sending it twice does no harm, as with every read."""
    trace_header: str = ""
    """Where the provider names its own trace of the call."""
    attempt: int = 1
    """Counts how often the same thing was asked for."""
    read_seconds: float = READ_SECONDS

    @property
    def path(self) -> str:
        """This will give the address without host and query, for logs."""
        return urlsplit(self.url).path


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back; names of headers are in lower case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    seconds: float


@dataclass(frozen=True, slots=True)
class Call:
    """One request with what became of it, for whoever keeps a record of calls."""

    request: Request
    reply: Reply | None
    failure: str
    seconds: float


type Observer = Callable[[Call], None]


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a caller is willing to wait for a provider that is busy or away."""

    attempts: int
    longest_wait_seconds: float


INTERACTIVE: Final = Patience(attempts=2, longest_wait_seconds=3.0)
"""While a person looks at a loading page."""
BACKGROUND: Final = Patience(attempts=5, longest_wait_seconds=75.0)
"""In a job: outlasts a minute's throttle; a longer outage gives the job back."""


class HttpClient:
    """Sends requests over kept-alive connections; shared by threads."""

    def __init__(
        self,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._monotonic = monotonic
        self._observers: tuple[Observer, ...] = ()
        self._client = httpx2.Client(
            limits=httpx2.Limits(
                max_connections=MAX_CONNECTIONS,
                max_keepalive_connections=MAX_CONNECTIONS,
                keepalive_expiry=KEEP_ALIVE_SECONDS,
            ),
            headers={"User-Agent": "Partsemble"},
        )

    def observed_by(self, *observers: Observer) -> "HttpClient":
        """This will give the same client, sockets and all, that tells these of its calls too.

        Arguments:
            observers: hear of each call when it is over, in the thread that made it; they must
                not raise.
        """
        observed = copy(self)
        observed._observers = (*self._observers, *observers)
        return observed

    def send(self, request: Request) -> Reply:
        """This will send a request once and give the whole answer, whatever its status.

        Raises:
            TryLater: if certainly nothing happened, or nothing that a repetition would double.
            OutcomeUnknown: if a write was sent and no answer came.
            Unexpected: if the answer is no HTTP, or endless.
        """
        started = self._monotonic()
        try:
            reply = self._exchange(request, started)
        except ProviderError as error:
            self._tell(request, None, type(error).code, self._monotonic() - started)
            raise
        self._tell(request, reply, "", reply.seconds)
        return reply

    def close(self) -> None:
        """This will give back the sockets."""
        self._client.close()

    def _exchange(self, request: Request, started: float) -> Reply:
        try:
            with self._client.stream(
                request.method,
                request.url,
                params=request.query or None,
                headers=_list_headers(request),
                content=_encode_form(request.form),
                auth=_Authorization(request.authorization) if request.authorization else None,
                timeout=httpx2.Timeout(request.read_seconds, connect=CONNECT_SECONDS),
            ) as response:
                body = _read_body(response)
                return Reply(
                    status=response.status_code,
                    headers={name.lower(): value for name, value in response.headers.items()},
                    body=body,
                    seconds=self._monotonic() - started,
                )
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            failure = _name_failure(error, is_repeatable=request.is_repeatable)
        # Outside the handler, so that it drags no frames of the transport along.
        raise failure

    def _tell(self, request: Request, reply: Reply | None, failure: str, seconds: float) -> None:
        _log.info(
            "provider_call",
            method=request.method,
            path=request.path,
            status=reply.status if reply else None,
            failure=failure or None,
            milliseconds=round(seconds * 1000),
            trace=reply.headers.get(request.trace_header) if reply else None,
        )
        call = Call(request=request, reply=reply, failure=failure, seconds=seconds)
        for observe in self._observers:
            observe(call)


def repeat_reads[Answer](*, read: Callable[[], Answer], patience: Patience) -> Answer:
    """This will repeat a read while it says `TryLater`, with growing waits between.

    A wait that the provider asked for is kept to; one longer than the patience is left to the
    caller.

    Raises:
        TryLater: the last one, once the attempts are used up.
        ProviderError: any other at once.
    """

    def find_wait(error: Exception) -> bool | float:
        if not isinstance(error, TryLater) or error.wait_seconds > patience.longest_wait_seconds:
            return False
        return error.wait_seconds if error.wait_seconds > BLIP_SECONDS else True

    for attempt in stamina.retry_context(
        on=find_wait,
        attempts=patience.attempts,
        timeout=None,
        wait_initial=0.2,
        wait_max=BLIP_SECONDS * 2,
    ):
        with attempt:
            return read()
    raise AssertionError("the last attempt raises what it failed with")


@cache
def shared_client() -> HttpClient:
    """This will give the client of this process, so that connections are kept across calls.

    They are closed when the process ends.
    """
    client = HttpClient()
    atexit.register(client.close)
    return client


class _Authorization(httpx2.Auth):
    def __init__(self, value: Secret) -> None:
        self._value = value

    def auth_flow(
        self, request: httpx2.Request
    ) -> Generator[httpx2.Request, httpx2.Response, None]:
        request.headers["Authorization"] = self._value.reveal()
        yield request


def _name_failure(error: Exception, *, is_repeatable: bool) -> ProviderError:
    reason = type(error).__name__
    if isinstance(error, httpx2.InvalidURL | httpx2.UnsupportedProtocol | httpx2.DecodingError):
        return Unexpected(reason=reason)
    if is_repeatable or isinstance(error, _CERTAINLY_NOT_SENT):
        return TryLater(wait_seconds=BLIP_SECONDS, reason=reason)
    return OutcomeUnknown(reason=reason)


def _list_headers(request: Request) -> dict[str, str]:
    headers = dict(request.headers)
    if request.form is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    return headers


def _encode_form(form: Mapping[str, str | Secret] | None) -> bytes | None:
    if form is None:
        return None
    return urlencode(
        {
            name: value.reveal() if isinstance(value, Secret) else value
            for name, value in form.items()
        }
    ).encode()


def _read_body(response: httpx2.Response) -> bytes:
    pieces, size = [], 0
    for piece in response.iter_bytes():
        size += len(piece)
        if size > MAX_REPLY_BYTES:
            raise Unexpected(reason="endless reply", status=response.status_code)
        pieces.append(piece)
    return b"".join(pieces)
