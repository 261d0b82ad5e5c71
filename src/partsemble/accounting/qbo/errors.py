"""What QuickBooks' refusals mean for the caller: one table. Pure.

There are two shapes: the service's own `Fault`, which may also come with HTTP 200, and the
gateway's lower-case `fault`. Texts vary and are never matched on; they are carried along for
people without the addresses and tokens that they may quote, and not at all where they are about
authentication.

Source: QBO API reference, error handling and error codes; limits and throttles.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import msgspec

from partsemble.accounting.provider import (
    OutcomeUnknown,
    ProviderError,
    Reconnect,
    Refused,
    Stale,
    TryLater,
    Unexpected,
)
from partsemble.accounting.redaction import scrub_sentence

THROTTLE_SECONDS: Final = 60.0
"""What Intuit's documentation says to wait after a 429, which carries no Retry-After."""
OUTAGE_SECONDS: Final = 2.0
"""After one failed answer; whoever repeats lets the waits grow from here."""
MAINTENANCE_SECONDS: Final = 300.0
LONGEST_WAIT_SECONDS: Final = 3_600.0
"""Whoever asks for more is asked again after an hour all the same."""

THROTTLED: Final = frozenset({"3001"})
MAINTENANCE: Final = frozenset({"130", "140", "150"})
"""Wrong cluster, company locked, company under maintenance."""
RECONNECT: Final = frozenset({"100", "110", "120", "3100", "3200", "3201", "3202"})
"""Not authenticated; user removed; token, company and environment don't belong together."""
STALE: Final = frozenset({"5010"})
SYSTEM: Final = frozenset({"10000"})

_FAULT_MARK: Final = b'ault"'
"""The end of `"Fault"` and `"fault"`."""
_FAULT_BYTES: Final = 16 * 1024
"""How far from either end of an answer its fault stands; beside one there is no long list."""


class _Error(msgspec.Struct, frozen=True, rename="pascal"):
    message: str | None = None
    detail: str | None = None
    code: str = msgspec.field(default="", name="code")


class _GatewayError(msgspec.Struct, frozen=True):
    message: str | None = None
    detail: str | None = None
    code: str = ""


class _Service(msgspec.Struct, frozen=True, rename="pascal"):
    error: list[_Error] = []


class _Gateway(msgspec.Struct, frozen=True):
    error: list[_GatewayError] = []


class _Reply(msgspec.Struct, frozen=True):
    service: _Service | None = msgspec.field(default=None, name="Fault")
    gateway: _Gateway | None = msgspec.field(default=None, name="fault")


_decode = msgspec.json.Decoder(_Reply, strict=False).decode


class Fault(msgspec.Struct, frozen=True):
    """The first error of a fault; QuickBooks hardly ever sends a second."""

    code: str
    message: str = ""
    detail: str = ""


def read_fault(body: bytes) -> Fault | None:
    """This will read a fault of either shape out of an answer, or give None if it has none."""
    try:
        reply = _decode(body)
    except msgspec.DecodeError:
        return None
    found = reply.service or reply.gateway
    if found is None:
        return None
    for error in found.error:
        return Fault(
            code=error.code.lstrip("0"),
            message=scrub_sentence(error.message or ""),
            detail=scrub_sentence(error.detail or ""),
        )
    return Fault(code="")


def may_hold_fault(body: bytes) -> bool:
    """This will tell whether an answer needs a second look; a page of records needs none."""
    return _FAULT_MARK in body[:_FAULT_BYTES] or _FAULT_MARK in body[-_FAULT_BYTES:]


def find_failure(
    *, status: int, headers: Mapping[str, str], body: bytes, is_read: bool
) -> ProviderError | None:
    """This will name what an answer means for the caller, or give None for a success.

    Arguments:
        status: of HTTP.
        headers: by names in lower case.
        body: as it came.
        is_read: whether the call was a read; the outcome of a failed write is unknown.
    """
    if status == HTTPStatus.OK and not may_hold_fault(body):
        return None
    fault = read_fault(body)
    if status == HTTPStatus.OK and fault is None:
        return None
    if status == HTTPStatus.TOO_MANY_REQUESTS or (fault and fault.code in THROTTLED):
        wait_seconds = _read_wait(headers.get("retry-after", ""))
        return TryLater(wait_seconds=wait_seconds, reason="throttled")
    if fault is not None and fault.code not in SYSTEM and status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return _judge_fault(fault)
    return _judge_status(status, fault, is_read=is_read)


def _judge_fault(fault: Fault) -> ProviderError:
    if fault.code in RECONNECT:
        return Reconnect(provider_code=fault.code)
    if fault.code in MAINTENANCE:
        return TryLater(wait_seconds=MAINTENANCE_SECONDS, reason="maintenance")
    kind = Stale if fault.code in STALE else Refused
    return kind(
        provider_code=fault.code, provider_message=fault.message, provider_detail=fault.detail
    )


def _judge_status(status: int, fault: Fault | None, *, is_read: bool) -> ProviderError:
    code = fault.code if fault else ""
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return Reconnect(provider_code=code, status=status)
    is_outage = status >= HTTPStatus.INTERNAL_SERVER_ERROR or code in SYSTEM
    if not is_outage and status != HTTPStatus.REQUEST_TIMEOUT:
        return Unexpected(status=status, reason="undocumented answer")
    if code in MAINTENANCE:
        return TryLater(wait_seconds=MAINTENANCE_SECONDS, reason="maintenance")
    if is_read:
        return TryLater(wait_seconds=OUTAGE_SECONDS, reason=f"status {status}", status=status)
    return OutcomeUnknown(status=status, provider_code=code)


def _read_wait(text: str) -> float:
    if not text.isdecimal():
        return THROTTLE_SECONDS
    return min(max(float(text), 1.0), LONGEST_WAIT_SECONDS)
