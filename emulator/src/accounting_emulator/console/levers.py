"""The console's only way to the emulator: the JSON control API, asked from inside.

So the console can do nothing that a client cannot, there is no second logic, and what the
control API refuses it refuses here in the same sentence.
"""

from decimal import Decimal
from typing import Any

import msgspec
from starlette.types import ASGIApp

from accounting_emulator.control.asking import ask_control

Shown = dict[str, Any]
"""What the control API says of something."""
_DECODER = msgspec.json.Decoder(Shown, float_hook=Decimal)


class Declined(Exception):
    """What was asked is refused; the sentence says why."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


class Levers:
    """Everything that can be asked."""

    def __init__(self, *, app: ASGIApp) -> None:
        self._app = app

    async def read(self, path: str, **query: str | int) -> Shown:
        """Ask for something; numbers come back exact.

        Raises:
            Declined: it is not there.
        """
        words = {name: str(value) for name, value in query.items()}
        return await self._ask("GET", path, words, None)

    async def pull(self, method: str, path: str, wish: Shown | None = None) -> Shown:
        """Change something.

        Raises:
            Declined: it is not allowed.
        """
        return await self._ask(method, path, {}, wish)

    async def _ask(
        self, method: str, path: str, query: dict[str, str], wish: Shown | None
    ) -> Shown:
        status, body = await ask_control(
            app=self._app, method=method, path=path, query=query, body=wish
        )
        answer = _DECODER.decode(body)
        if status >= 400:
            raise Declined(status, str(answer["error"]))
        return answer
