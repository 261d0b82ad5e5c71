"""A real emulator in a process of its own, and clients for it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, settings

from bookkeeper import Bookkeeper

START_SECONDS = 180
ANSWER_SECONDS = 60
"""Of a client: that a busy machine answers late is no failure."""
STOP_SECONDS = 60
FRESH_SECONDS = 1_200
"""A third of the life of an access token."""
# A busy machine says nothing of the code.
settings.register_profile("emulator", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("emulator")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
collect_ignore = [] if CHROMIUM else ["browser"]


@dataclass(frozen=True)
class Running:
    """An emulator that answers."""

    ready: dict[str, str]
    process: subprocess.Popen[str]
    client: httpx2.Client
    switches: dict[str, Any] = field(default_factory=dict)

    def query(self, statement: str, **headers: str) -> httpx2.Response:
        address = f"{self.ready['base_url']}/v3/company/{self.ready['realm_id']}/query"
        return self.client.get(
            address, params={"query": statement}, headers=self.headers(**headers)
        )

    def rows(self, statement: str) -> list[dict[str, Any]]:
        answer = self.query(statement)
        assert answer.status_code == 200, answer.text
        found = answer.json()["QueryResponse"]
        return next((value for value in found.values() if isinstance(value, list)), [])

    def read(self, path: str, **headers: str) -> httpx2.Response:
        address = f"{self.ready['base_url']}/v3/company/{self.ready['realm_id']}/{path}"
        return self.client.get(address, headers=self.headers(**headers))

    def post(self, path: str, body: object, **params: str) -> httpx2.Response:
        address = f"{self.ready['base_url']}/v3/company/{self.ready['realm_id']}/{path}"
        return self.client.post(address, json=body, params=params, headers=self.headers())

    def save(self, entity: str, body: object, **params: str) -> dict[str, Any]:
        """Create or update an object that must be accepted."""
        answer = self.post(entity.lower(), body, **params)
        assert answer.status_code == 200, answer.text
        saved: dict[str, Any] = answer.json()[entity]
        return saved

    def refused(self, entity: str, body: object, **params: str) -> dict[str, str]:
        """Send a write that must be refused, and give the error."""
        answer = self.post(entity.lower(), body, **params)
        assert answer.status_code == 400, answer.text
        found = answer.json()
        assert found["Fault"]["type"] == "ValidationFault"
        error: dict[str, str] = found["Fault"]["Error"][0]
        return error

    def control(self, method: str, path: str, body: object = None) -> Any:
        answer = self.client.request(method, f"{self.ready['control_url']}/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def headers(self, **more: str) -> dict[str, str]:
        token = self.ready["access_token"]
        return {"Authorization": f"Bearer {token}", "Accept": "application/json"} | more

    def settle(self) -> None:
        """Undo what a test did to everything but the books, and connect anew."""
        for path in ("faults", "requests"):
            self.control("DELETE", path)
        switches = self.control("GET", "switches")
        self.control("PATCH", "switches", {name: self.switches[name] for name in switches})
        self.control("POST", "clock", {"is_stopped": False})
        ahead = self.control("GET", "clock")["offset_seconds"]
        self.control("POST", "clock", {"advance_seconds": -ahead})
        self.ready.update(self.control("POST", "connect", {}))

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@contextmanager
def running(folder: Path, *options: str) -> Iterator[Running]:
    ready_file = folder / "ready.json"
    ready_file.unlink(missing_ok=True)
    command = [sys.executable, "-m", "accounting_emulator", "serve", "--port", "0"]
    process = subprocess.Popen(
        [*command, "--ready-file", str(ready_file), *options], stdout=subprocess.PIPE, text=True
    )
    try:
        deadline = time.monotonic() + START_SECONDS
        while not ready_file.exists():
            assert process.poll() is None, "the emulator ended while starting"
            assert time.monotonic() < deadline, "the emulator did not get ready"
            time.sleep(0.02)
        with httpx2.Client(timeout=ANSWER_SECONDS) as client:
            yield Running(json.loads(ready_file.read_text()), process, client)
    finally:
        if process.poll() is None:
            process.terminate()
            assert process.wait(timeout=STOP_SECONDS) == 0
        if process.stdout is not None:
            process.stdout.close()


@pytest.fixture(scope="session")
def _workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, list[float]]]:
    with running(tmp_path_factory.mktemp("workshop"), "--auto-consent") as server:
        yield server, [time.monotonic()]


@pytest.fixture
def workshop(_workshop: tuple[Running, list[float]]) -> Running:
    """The furnished company; tests only read from it, on a slow machine for more than an hour."""
    server, connected_at = _workshop
    if time.monotonic() - connected_at[-1] > FRESH_SECONDS:
        server.ready.update(server.control("POST", "connect", {}))
        connected_at.append(time.monotonic())
    return server


@pytest.fixture(scope="module")
def _shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("shared")) as server:
        server.switches.update(server.control("GET", "switches"))
        yield server


@pytest.fixture
def shared(_shared: Running) -> Running:
    """A furnished company for tests that change anything but the books; settled before each."""
    _shared.settle()
    return _shared


@pytest.fixture(scope="module")
def writable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A furnished company that a module's tests write to, each under names of its own."""
    with running(tmp_path_factory.mktemp("writable"), "--auto-consent") as server:
        yield server


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[Running]:
    """A furnished company of one test's own."""
    with running(tmp_path) as server:
        yield server


@pytest.fixture(autouse=True)
def _plain_http_for_oauthlib(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let oauthlib speak http, by its own documented setting."""
    monkeypatch.setitem(os.environ, "OAUTHLIB_INSECURE_TRANSPORT", "1")


@pytest.fixture
def keeper(writable: Running) -> Bookkeeper:
    return Bookkeeper(writable)


@pytest.fixture
def tester(shared: Running) -> Bookkeeper:
    return Bookkeeper(shared)
