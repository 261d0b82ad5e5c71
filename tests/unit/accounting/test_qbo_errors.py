"""Each of QuickBooks' refusals, and what the caller does about it."""

import json

import pytest

from partsemble.accounting.provider import (
    OutcomeUnknown,
    ProviderError,
    Reconnect,
    Refused,
    Stale,
    TryLater,
    Unexpected,
)
from partsemble.accounting.qbo.errors import find_failure

GOOD = b'{"QueryResponse": {"Item": [{"Id": "1", "Name": "My default"}]}, "time": "x"}'
SECRET = "eyJlbmMiOiJBMTI4Q0JDLUhTMjU2"


def write_fault(code: str, *, message: str = "Words", detail: str = "More words") -> bytes:
    error = {"Message": message, "Detail": detail, "code": code, "element": ""}
    return json.dumps(
        {"Fault": {"Error": [error], "type": "ValidationFault"}, "time": "2026-10-01"}
    ).encode()


def write_gateway_fault(code: str) -> bytes:
    error = {
        "message": f"message=AuthenticationFailed; errorCode=00{code}; statusCode=401",
        "detail": f"Token expired: {SECRET}",
        "code": code,
        "element": None,
    }
    return json.dumps(
        {
            "warnings": None,
            "intuitObject": None,
            "fault": {"error": [error], "type": "AUTHENTICATION"},
            "time": 1601391072830,
        }
    ).encode()


def find(status: int, body: bytes, *, is_read: bool = True, **headers: str) -> ProviderError | None:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return find_failure(status=status, headers=names, body=body, is_read=is_read)


def test_a_good_answer_is_none_of_them() -> None:
    assert find(200, GOOD) is None
    assert find(200, GOOD.replace(b"default", b'default\\"')) is None
    assert find(200, b'{"Item": {"Name": "x", "Kind": "Fault"}}') is None


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, write_fault("5010"), Stale),
        (400, write_fault("6240"), Refused),
        (400, write_fault("610"), Refused),
        (400, write_fault("4000"), Refused),
        (200, write_fault("2500"), Refused),
        (200, write_fault("5010"), Stale),
        (401, write_gateway_fault("3200"), Reconnect),
        (401, write_fault("120"), Reconnect),
        (401, b"", Reconnect),
        (403, write_gateway_fault("3100"), Reconnect),
        (403, write_gateway_fault("003100"), Reconnect),
        (403, b"<html>no</html>", Reconnect),
        (429, write_gateway_fault("3001"), TryLater),
        (429, b"", TryLater),
        (403, write_gateway_fault("003001"), TryLater),
        (200, write_fault("10000"), TryLater),
        (500, write_fault("10000"), TryLater),
        (503, b"<html>busy</html>", TryLater),
        (503, write_fault("150"), TryLater),
        (400, write_fault("140"), TryLater),
        (408, b"", TryLater),
        (400, b'{"Fault": {"Error": [], "type": "ValidationFault"}}', Refused),
        (404, b"", Unexpected),
        (302, b"", Unexpected),
        (400, b"<IntuitResponse/>", Unexpected),
    ],
)
def test_of_a_read(status: int, body: bytes, kind: type[ProviderError]) -> None:
    assert type(find(status, body)) is kind


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (500, write_fault("10000"), OutcomeUnknown),
        (200, write_fault("10000"), OutcomeUnknown),
        (503, b"", OutcomeUnknown),
        (408, b"", OutcomeUnknown),
        (429, b"", TryLater),
        (400, write_fault("6240"), Refused),
        (400, write_fault("5010"), Stale),
    ],
)
def test_of_a_write(status: int, body: bytes, kind: type[ProviderError]) -> None:
    assert type(find(status, body, is_read=False)) is kind


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("", 60.0), ("7", 7.0), ("0", 1.0), ("86400", 3600.0), ("soon", 60.0), ("9" * 400, 3600.0)],
)
def test_how_long_a_throttled_call_waits(header: str, seconds: float) -> None:
    failure = find(429, b"", retry_after=header)
    assert isinstance(failure, TryLater)
    assert failure.wait_seconds == seconds


def test_maintenance_is_waited_for_longer() -> None:
    failure = find(503, write_fault("150"))
    assert isinstance(failure, TryLater)
    assert failure.wait_seconds == 300


def test_a_refusal_keeps_their_words_for_people() -> None:
    failure = find(400, write_fault("6240", message="Duplicate Name", detail="Id=1209 " * 200))
    assert isinstance(failure, Refused)
    assert failure.facts["provider_code"] == "6240"
    assert failure.facts["provider_message"] == "Duplicate Name"
    assert len(str(failure.facts["provider_detail"])) == 500


def test_a_refusal_quotes_nobody() -> None:
    failure = find(400, write_fault("6000", detail="Ask jane@doe.example, (360) 555-0142"))
    assert failure is not None
    assert failure.facts["provider_detail"] == "Ask ‹left out›, ‹left out›"


def test_what_they_say_about_a_token_is_not_kept() -> None:
    assert SECRET not in str(find(401, write_gateway_fault("3200")))
