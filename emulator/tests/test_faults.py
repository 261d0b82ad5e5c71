"""Planned misbehaviour, over real HTTP: every kind, before and after the work."""

import json
import socket
import time
from urllib.parse import urlsplit

import httpx2
import pytest

from conftest import ANSWER_SECONDS, Running


def plan(server: Running, **fault: object) -> None:
    server.control("POST", "faults", fault)


def logged_faults(server: Running) -> list[str]:
    log = server.control("GET", "requests")["requests"]
    return [entry.get("fault", "") for entry in log]


def read_raw(server: Running, path: str = "preferences") -> bytes:
    """Read an answer byte by byte until the server closes, as no client library would."""
    address = urlsplit(server.ready["base_url"])
    lines = [
        f"GET /v3/company/{server.ready['realm_id']}/{path} HTTP/1.1",
        f"Host: {address.netloc}",
        "Connection: close",
        *(f"{name}: {value}" for name, value in server.headers().items()),
    ]
    with socket.create_connection(
        ("127.0.0.1", address.port or 0), timeout=ANSWER_SECONDS
    ) as connection:
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        content = b""
        try:
            while piece := connection.recv(65_536):
                content += piece
        except ConnectionResetError:
            content += b"<reset>"
    return content


def split(raw: bytes) -> tuple[int, dict[bytes, bytes], bytes]:
    head, _, body = raw.partition(b"\r\n\r\n")
    status, *lines = head.split(b"\r\n")
    pairs = (line.split(b": ", 1) for line in lines)
    return int(status.split()[1]), {name.lower(): value for name, value in pairs}, body


# How an answer goes wrong


@pytest.mark.parametrize("status", [500, 503, 429, 401, 403])
def test_the_next_requests_answer_a_status(shared: Running, status: int) -> None:
    plan(shared, kind="status", status=status, count=2)
    answers = [shared.read("preferences").status_code for _ in range(3)]
    assert answers == [status, status, 200]


def test_8_gateway_statuses_have_the_shape_of_the_gateway(shared: Running) -> None:
    shared.control("POST", "clock", {"set_to": "2020-09-29T14:51:12.830Z", "is_stopped": True})
    plan(shared, kind="status", status=401, detail="Token expired: AB01")
    answer = shared.read("preferences")
    assert answer.text == (
        '{"warnings":null,"intuitObject":null,"fault":{"error":[{"message":'
        '"message=AuthenticationFailed; errorCode=003200; statusCode=401",'
        '"detail":"Token expired: AB01","code":"3200","element":null}],"type":"AUTHENTICATION"},'
        '"report":null,"queryResponse":null,"batchItemResponse":[],"attachableResponse":[],'
        '"syncErrorResponse":null,"requestId":null,"time":1601391072830,"status":null,'
        '"cdcresponse":[]}'
    )


def test_9_a_burst_of_429_can_say_when_to_come_back(shared: Running) -> None:
    plan(shared, kind="status", status=429, count=3, retry_after=7)
    answers = [shared.read("preferences") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [429, 429, 429, 200]
    assert answers[0].headers["retry-after"] == "7"
    assert answers[0].json()["fault"]["error"][0]["message"] == (
        "message=ThrottleExceeded; errorCode=003001; statusCode=429"
    )


@pytest.mark.parametrize(
    ("code", "status", "message"),
    [
        ("120", 401, "Authorization Failure"),
        ("150", 503, "Company Under Maintenance"),
        ("5010", 400, "Stale Object Error"),
        ("6190", 400, "Invalid Company Status"),
        ("10000", 500, "An application error has occurred while processing your request"),
    ],
)
def test_8_any_code_of_the_table(shared: Running, code: str, status: int, message: str) -> None:
    plan(shared, kind="fault", code=code)
    answer = shared.read("preferences")
    assert answer.status_code == status
    error = answer.json()["Fault"]["Error"][0]
    assert (error["code"], error["Message"]) == (code, message)


def test_8_stale_object_error_word_for_word(shared: Running) -> None:
    plan(shared, kind="fault", code="5010")
    error = shared.read("preferences").json()["Fault"]["Error"][0]
    assert error["Detail"] == (
        "Stale Object Error : You and root were working on this at the same time. root finished "
        "before you did, so your work was not saved."
    )


def test_the_connection_is_reset_before_the_request_is_read(shared: Running) -> None:
    plan(shared, kind="close")
    assert read_raw(shared) == b"<reset>"
    assert logged_faults(shared) == ["close"]
    assert shared.read("preferences").status_code == 200


def test_connections_are_refused_for_a_while(emulator: Running) -> None:
    plan(emulator, kind="refuse", delay_ms=4_000)
    with pytest.raises(httpx2.TransportError):
        emulator.read("preferences")
    time.sleep(0.05)
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(f"{emulator.ready['base_url']}/")
    deadline = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < deadline:
        try:
            answer = emulator.read("preferences")
            break
        except httpx2.TransportError:
            time.sleep(0.05)
    assert answer.status_code == 200


def test_an_answer_is_cut_off(shared: Running) -> None:
    whole = split(read_raw(shared))
    plan(shared, kind="truncate")
    status, headers, body = split(read_raw(shared))
    assert status == 200
    assert headers[b"content-length"] == whole[1][b"content-length"]
    assert body.removesuffix(b"<reset>")[:30] == whole[2][:30]
    assert len(body.removesuffix(b"<reset>")) == len(whole[2]) // 2


@pytest.mark.parametrize("extra", [-10, 25])
def test_the_announced_length_is_wrong(shared: Running, extra: int) -> None:
    plan(shared, kind="wrong_length", extra_bytes=extra, count=2)
    _, headers, body = split(read_raw(shared))
    assert int(headers[b"content-length"]) == len(body) + extra
    assert json.loads(body)["Preferences"]["Id"] == "1"
    if extra > 0:
        with pytest.raises(httpx2.RemoteProtocolError):
            shared.read("preferences")
    else:
        with pytest.raises(ValueError, match=r"Expecting|Unterminated|delimiter"):
            shared.read("preferences").json()


def test_an_answer_drips(shared: Running) -> None:
    plan(shared, kind="drip", pieces=5, delay_ms=60)
    started = time.monotonic()
    answer = shared.read("preferences")
    assert time.monotonic() - started >= 0.3
    assert answer.json()["Preferences"]["Id"] == "1"
    plan(shared, kind="drip", pieces=5, delay_ms=2000)
    with pytest.raises(httpx2.ReadTimeout):
        httpx2.get(
            f"{shared.ready['base_url']}/v3/company/{shared.ready['realm_id']}/preferences",
            headers=shared.headers(),
            timeout=0.15,
        )


def test_the_answer_is_not_json(shared: Running) -> None:
    plan(shared, kind="malformed")
    answer = shared.read("preferences")
    assert answer.status_code == 200
    assert int(answer.headers["content-length"]) == len(answer.content)
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        answer.json()
    plan(shared, kind="malformed", when="before")
    assert shared.read("preferences").text == '{"QueryResponse":{"Item":[{"Id":"1",'


def test_the_answer_is_xml_although_json_was_asked_for(shared: Running) -> None:
    plan(shared, kind="xml")
    answer = shared.read("preferences")
    assert answer.headers["content-type"] == "application/xml;charset=utf-8"
    assert '<IntuitResponse xmlns="http://schema.intuit.com/finance/v3" time="' in answer.text


def test_the_answer_is_a_page_of_a_proxy_or_nothing(shared: Running) -> None:
    plan(shared, kind="html")
    plan(shared, kind="empty")
    page, nothing = shared.read("preferences"), shared.read("preferences")
    assert (page.status_code, page.headers["content-type"]) == (503, "text/html")
    assert "<h1>503 Service Unavailable</h1>" in page.text
    assert (nothing.status_code, nothing.content) == (200, b"")


def test_8_a_fault_comes_with_status_200(shared: Running) -> None:
    plan(shared, kind="fault_200")
    answer = shared.read("preferences")
    assert answer.status_code == 200
    assert answer.json()["Fault"]["type"] == "SystemFault"
    assert answer.json()["Fault"]["Error"][0]["code"] == "10000"


def test_an_answer_is_late(shared: Running) -> None:
    plan(shared, kind="delay", delay_ms=2000)
    with pytest.raises(httpx2.TimeoutException):
        httpx2.get(
            f"{shared.ready['base_url']}/v3/company/{shared.ready['realm_id']}/preferences",
            headers=shared.headers(),
            timeout=0.1,
        )


# Before the work, or after it


@pytest.mark.parametrize(
    ("fault", "is_done"),
    [
        ({"kind": "close"}, False),
        ({"kind": "close_after"}, True),
        ({"kind": "close", "when": "after"}, True),
        ({"kind": "status", "status": 503}, False),
        ({"kind": "status", "status": 503, "when": "after"}, True),
        ({"kind": "fault_200"}, False),
        ({"kind": "fault_200", "when": "after"}, True),
        ({"kind": "html", "when": "after"}, True),
        ({"kind": "truncate"}, True),
        ({"kind": "malformed"}, True),
        ({"kind": "delay", "delay_ms": 10_000, "when": "after"}, True),
    ],
)
def test_the_work_is_done_first_or_not_at_all(
    shared: Running, fault: dict[str, object], *, is_done: bool
) -> None:
    """The work here is the revocation of a connection: it either counts or it does not."""
    plan(shared, path="/revoke", **fault)
    address = f"{shared.ready['base_url']}/v2/oauth2/tokens/revoke"
    keys = (shared.ready["client_id"], shared.ready["client_secret"])
    form = {"token": shared.ready["refresh_token"]}
    try:
        patience = 2 if fault["kind"] == "delay" else ANSWER_SECONDS
        httpx2.post(address, data=form, auth=keys, timeout=patience)
    except httpx2.TransportError:
        pass
    else:
        assert fault["kind"] not in ("close", "close_after", "delay")
    assert shared.read("preferences").status_code == (401 if is_done else 200)
