"""How every control request is read and answered: JSON in, JSON out, with exact numbers.

A write must say that it is JSON: a page of another site cannot send that across origins without
being asked first, and nobody here says yes.
"""

import re
from collections.abc import Awaitable, Callable

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from accounting_emulator.books import Refusal

MAX_LISTED = 1_000
ENCODER = msgspec.json.Encoder(decimal_format="number")
Answer = Callable[[Request], Awaitable[object]]
_TAKEN = re.compile(r"The name supplied already exists\. : Id=(\d+)")
_NO_CHOICE = re.compile(r"Invalid enum value '(.*)' - at `\$\.(.*)`")
_NOBODY = re.compile(r"(\w+?)s? element id (\d+) not found")
_PLAINLY = {
    "no_name": "Give a display name, a given name or a family name at least.",
    "before_start": "Stock moves from its start date on, and that is not in the future.",
}
_SIZES = re.compile(r"Max:([\d,]+) supported\. Supplied length:([\d,]+)")
Table = tuple[tuple[str, str, Answer], ...]
"""Method, path below the root, and what answers."""


class ControlRefusal(Exception):
    """A control request is declined, in a sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


def make_routes(*, roots: tuple[str, ...], table: Table) -> list[Route]:
    """Make the routes of a table under each root."""
    return [
        Route(f"{root}{path}", _answering(answer), methods=[method])
        for root in roots
        for method, path, answer in table
    ]


def read_body[T](body: bytes, kind: type[T]) -> T:
    """Read a JSON body as a kind of wish.

    Raises:
        ControlRefusal: it is not JSON, or not of this kind.
    """
    try:
        return msgspec.json.decode(body or b"{}", type=kind)
    except msgspec.DecodeError as error:
        raise ControlRefusal(400, say_unfit(error=error)) from error


def say_unfit(*, error: msgspec.DecodeError) -> str:
    """Say what does not fit, in words for a person where it is a choice that there is not."""
    choice = _NO_CHOICE.fullmatch(str(error))
    return f"“{choice[1]}” is none of the choices for {choice[2]}." if choice else f"{error}."


def read_whole(request: Request, name: str, default: int) -> int:
    """Read a whole number of the query string; anything else counts as absent."""
    text = request.query_params.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else default


def put(*, refusal: Refusal) -> str:
    """Say why the books declined, in words for a person where the books use the service's."""
    words = refusal.detail
    if refusal.obstacle == "duplicate_name" and (taken := _TAKEN.fullmatch(words)):
        return f"This name is taken already, by number {taken[1]}. Choose another."
    if refusal.obstacle == "too_long" and (sizes := _SIZES.search(words)):
        what = (refusal.element or "name").rpartition(".")[2].replace("_", " ")
        verb = "have" if what == "notes" else "has"
        return f"The {what} {verb} {sizes[2]} characters; at most {sizes[1]} fit."
    if refusal.obstacle == "bad_reference" and (nobody := _NOBODY.fullmatch(words)):
        return f"There is no {nobody[1].lower()} number {nobody[2]}. Choose another."
    return _PLAINLY.get(refusal.obstacle, words)


def _answering(answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    async def respond(request: Request) -> Response:
        try:
            _expect_json(request)
            body, status = ENCODER.encode(await answer(request)), 200
        except ControlRefusal as refusal:
            body, status = ENCODER.encode({"error": refusal.sentence}), refusal.status
        except Refusal as refusal:
            status = 404 if refusal.obstacle == "not_found" else 409
            body = ENCODER.encode({"error": put(refusal=refusal)})
        return Response(body, status_code=status, media_type="application/json")

    return respond


def _expect_json(request: Request) -> None:
    media = request.headers.get("content-type", "")
    if request.method in ("POST", "PATCH") and "json" not in media:
        raise ControlRefusal(415, "Send JSON, with Content-Type: application/json.")
