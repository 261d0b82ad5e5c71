"""A listener for notifications: an HTTP server that answers as a test tells it to."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PATIENCE_SECONDS = 60


@dataclass
class Heard:
    """One notification as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def content(self) -> Any:
        return json.loads(self.body)


@dataclass
class Listener:
    """What was heard, and what to answer next: a status, or seconds to wait before 200."""

    url: str = ""
    heard: list[Heard] = field(default_factory=list)
    answers: list[int | float] = field(default_factory=list)

    def wait_for(self, count: int) -> list[Heard]:
        """Wait until so many notifications have come, and a moment for more than that."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(self.heard) < count and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.1)
        assert len(self.heard) == count, [heard.body for heard in self.heard]
        return self.heard


@contextmanager
def listening() -> Iterator[Listener]:
    listener = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = listener.answers.pop(0) if listener.answers else 200
            listener.heard.append(Heard(self.path, headers, body))
            if isinstance(answer, float):
                time.sleep(answer)
                answer = 200
            self.send_response(answer)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing on the terminal."""

        def handle(self) -> None:
            try:
                super().handle()
            except (BrokenPipeError, ConnectionResetError):
                return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    listener.url = f"http://localhost:{server.server_address[1]}/webhooks/qbo?key=1"
    try:
        yield listener
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
