"""No fault and no switch is without a test that tries it over HTTP.

Every kind of fault is struck here, and what the client meets is compared byte for byte with what
it would have met. The switches have tests of their own; here those tests are read, so that one
whose choices nobody tries is found.
"""

import ast
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, get_args, get_origin, get_type_hints
from urllib.parse import urlsplit

import pytest

from accounting_emulator.faults import Kind
from accounting_emulator.switches import Switches
from conftest import ANSWER_SECONDS, Running
from test_faults import plan, read_raw, split

HERE = Path(__file__).parent
STALE = (
    b'{"Fault":{"Error":[{"Message":"Stale Object Error","Detail":"Stale Object Error : You and '
    b"root were working on this at the same time. root finished before you did, so your work was "
    b'not saved.","code":"5010"}],"type":"ValidationFault"},"time":"%s"}'
)
BROKEN = b'{"Fault":{"Error":[{"Message":"An application error has occurred while processing your '
Met = tuple[int, dict[bytes, bytes], bytes]

WHAT_A_CLIENT_MEETS: dict[str, tuple[dict[str, object], Callable[[Met, bytes], bool]]] = {
    "status": ({"status": 503}, lambda met, _: met[0] == 503 and met[2].startswith(BROKEN)),
    "fault": ({"code": "5010"}, lambda met, _: met[0] == 400 and is_stale(met[2])),
    "fault_200": ({"code": "5010"}, lambda met, _: met[0] == 200 and is_stale(met[2])),
    "delay": ({"delay_ms": 300}, lambda met, whole: met[2] == whole),
    "drip": ({"delay_ms": 15}, lambda met, whole: met[2] == whole),
    "close": ({}, lambda met, _: met[2] == b"<reset>"),
    "close_after": ({}, lambda met, _: met[2] == b"<reset>"),
    "refuse": ({"delay_ms": 100}, lambda met, _: met[2] == b"<reset>"),
    "truncate": ({}, lambda met, whole: (
        met[2] == whole[: len(whole) // 2] + b"<reset>"
        and int(met[1][b"content-length"]) == len(whole)
    )),
    "wrong_length": ({"extra_bytes": -10}, lambda met, whole: (
        met[2] == whole and int(met[1][b"content-length"]) == len(whole) - 10
    )),
    "malformed": ({}, lambda met, whole: (
        met[2] == whole[: len(whole) // 2] and int(met[1][b"content-length"]) == len(met[2])
    )),
    "xml": ({}, lambda met, _: met[2].startswith(
        b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><IntuitResponse '
        b'xmlns="http://schema.intuit.com/finance/v3" time="'
    )),
    "html": ({}, lambda met, _: met[0] == 503 and met[1][b"content-type"].startswith(b"text/html")),
    "empty": ({}, lambda met, _: (met[0], met[2]) == (200, b"")),
    "commands": ({"commands": [{"method": "GET", "path": "clock"}]},
                 lambda met, whole: met[2] == whole),
}  # fmt: skip


def is_stale(body: bytes) -> bool:
    lead, _, rest = body.partition(b'"time":"')
    return body == STALE % rest.removesuffix(b'"}') and lead.endswith(b",")


def meet(server: Running) -> Met:
    raw = read_raw(server)
    return (0, {}, raw) if raw == b"<reset>" else split(raw)


@pytest.mark.parametrize("kind", get_args(Kind))
def test_every_kind_of_fault_is_met(shared: Running, kind: str) -> None:
    more, is_met = WHAT_A_CLIENT_MEETS[kind]
    shared.control("POST", "clock", {"is_stopped": True})
    whole = split(read_raw(shared))[2]
    plan(shared, kind=kind, **more)
    began = time.monotonic()
    met = meet(shared)
    assert is_met(met, whole), met
    assert time.monotonic() - began >= (0.25 if kind in ("delay", "drip") else 0)
    if kind == "refuse":
        time.sleep(0.3)
        wait_until_it_listens(shared)
    (struck,) = shared.control("GET", "faults/struck")["struck"]
    assert struck["kind"] == kind
    assert split(read_raw(shared))[2] == whole, "once is once"


def wait_until_it_listens(server: Running) -> None:
    """How long after its time the emulator takes connections again is up to the machine."""
    address = urlsplit(server.ready["base_url"])
    deadline = time.monotonic() + ANSWER_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", address.port or 0)).close()
        except ConnectionRefusedError:
            assert time.monotonic() < deadline, "connections are still refused"
            time.sleep(0.05)
        else:
            return


def list_tests() -> Iterator[set[str]]:
    """Give the words that each test that speaks to a server holds, its parameters included."""
    for path in HERE.glob("test_*.py"):
        for node in ast.parse(path.read_text()).body:
            if not isinstance(node, ast.FunctionDef) or not node.name.startswith("test_"):
                continue
            words = {each.value for each in ast.walk(node)
                     if isinstance(each, ast.Constant) and isinstance(each.value, str)}  # fmt: skip
            words |= {each.arg for each in ast.walk(node) if isinstance(each, ast.keyword)
                      and each.arg is not None}  # fmt: skip
            if node.args.args or "running" in ast.dump(node):
                yield words


TESTS = list(list_tests())


@pytest.mark.parametrize(("name", "hint"), get_type_hints(Switches).items())
def test_every_choice_of_every_switch_is_tried(name: str, hint: object) -> None:
    about_it = [words for words in TESTS if name in words]
    assert about_it, f"no test tries {name}"
    choices = set(get_args(hint)) if get_origin(hint) is Literal else set()
    untried = choices - {getattr(Switches(), name)} - set().union(*about_it)
    assert not untried, f"no test sets {name} to {untried}"
