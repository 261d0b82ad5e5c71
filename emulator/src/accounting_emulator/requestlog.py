"""The last requests, for tests and people who want to know what a client really asked.

Bodies are kept from their beginning and masked: no token, code or key stays readable. The log is
bounded twice, by the number of requests and by the bytes of their bodies; the oldest bodies go
first.
"""

import re
from collections import deque

import msgspec

MAX_LOGGED = 10_000
MAX_REQUEST_BODY = 16_384
MAX_RESPONSE_BODY = 4_096
MAX_BODY_TOTAL = 16 * 1024 * 1024
MASK = "•••"
_SECRETS = "access_token|refresh_token|id_token|token|client_secret|webhook_verifier"
_IN_JSON = re.compile(rf'("(?:{_SECRETS})"\s*:\s*")[^"]*')
_IN_FORM = re.compile(rf"(^|[&?])({_SECRETS}|code|ticket)=[^&]*")


class Logged(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One answered request; `ms` is how long the answer took, `at` seconds since 1970 UTC."""

    number: int
    at: float
    method: str
    path: str
    status: int
    ms: float
    query: str = ""
    fault: str = ""
    realm_id: str = ""
    entity: str = ""
    intuit_tid: str = ""
    request_body: str = ""
    response_body: str = ""

    @property
    def size(self) -> int:
        """Give the room that the bodies take, in characters."""
        return len(self.request_body) + len(self.response_body)


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which requests to list; what is empty or None asks for nothing."""

    after: int = 0
    limit: int = 1_000
    method: str = ""
    path: str = ""
    status: int | None = None
    fault: str = ""
    realm_id: str = ""
    entity: str = ""
    contains: str = ""
    has_bodies: bool = False

    def matches(self, entry: Logged) -> bool:
        """Say whether this is one of the requests."""
        return (
            entry.number > self.after
            and self.method in ("", entry.method)
            and self.path in entry.path
            and self.status in (None, entry.status)
            and (not self.fault or (bool(entry.fault) and self.fault in ("any", entry.fault)))
            and self.realm_id in ("", entry.realm_id)
            and self.entity in ("", entry.entity)
            and self.contains in f"{entry.query}\n{entry.request_body}"
        )


class RequestLog:
    """Keeps the newest requests and numbers them from 1."""

    def __init__(self) -> None:
        self._kept: deque[Logged] = deque(maxlen=MAX_LOGGED)
        self._bodies: deque[int] = deque()
        self._room = 0
        self._count = 0

    @property
    def count(self) -> int:
        """Give how many requests there have been since the start or the last clearing."""
        return self._count

    def add(self, *, entry: Logged) -> None:
        """Keep one request, under the next number."""
        self._count += 1
        if len(self._kept) == MAX_LOGGED:
            self._room -= self._kept[0].size
        entry = msgspec.structs.replace(entry, number=self._count)
        self._kept.append(entry)
        self._room += entry.size
        if entry.size:
            self._bodies.append(entry.number)
        self._make_room()

    def find(self, *, number: int) -> Logged | None:
        """Give one request with its bodies, while it is kept."""
        if not self._kept or not self._kept[0].number <= number <= self._count:
            return None
        return self._kept[number - self._kept[0].number]

    def list_wanted(self, *, wanted: Wanted) -> list[Logged]:
        """List the newest requests that are wanted, oldest first."""
        found = [entry for entry in self._kept if wanted.matches(entry)][-wanted.limit :]
        return found if wanted.has_bodies else [_without_bodies(entry) for entry in found]

    def clear(self) -> None:
        """Forget everything and count from 1 again."""
        self._kept.clear()
        self._bodies.clear()
        self._room = self._count = 0

    def _make_room(self) -> None:
        while self._room > MAX_BODY_TOTAL and self._bodies:
            entry = self.find(number=self._bodies.popleft())
            if entry is not None:
                self._room -= entry.size
                self._kept[entry.number - self._kept[0].number] = _without_bodies(entry)


def mask_form(*, text: str) -> str:
    """Hide the secrets of a query string or a form."""
    return _IN_FORM.sub(rf"\1\2={MASK}", text)


def mask_body(*, body: bytes, limit: int) -> str:
    """Give the first `limit` bytes of a body as text, its secrets hidden."""
    text = body[:limit].decode(errors="replace")
    if text.lstrip()[:1] in ("{", "["):
        return _IN_JSON.sub(rf"\1{MASK}", text)
    return mask_form(text=text)


def _without_bodies(entry: Logged) -> Logged:
    return msgspec.structs.replace(entry, request_body="", response_body="")
