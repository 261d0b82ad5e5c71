"""What may be written down of a call to a provider. Pure.

Problem. Support needs to see what was sent and what came back; but what comes back are somebody's
books, with the addresses, telephones and tax numbers of people in them, and what is sent opens
those books. A rule that names what is dangerous forgets the field that the provider adds next
year.

Observations. What helps in a support case is little: which record, which figures, which names of
ours, the provider's own words about a fault. Lists are long and alike. Texts that are allowed
may quote what is not: a fault repeats the address that it dislikes. And keys of an object are
text as well.

Decision. Nothing gets through that is not named. A *shape* says field by field what may, as a
tree like the JSON itself; each leaf says as what: a `CODE` is a short word without spaces, a
`NAME` is text of the business, a `SENTENCE` is the provider's prose. E-mail addresses and whatever
looks like a token are taken out of names and sentences, telephone numbers out of sentences.
Everything else becomes a mark. The name of a field that was left out stays if it is made of
letters only, as every provider's are, so that one sees that it was there; others are counted.

Lists of objects keep their number, the ids, and the first three. What is longer than 16 KiB all
the same keeps fewer. A page of a thousand records is never decoded as a whole: it is cut into
pieces of raw JSON, and only three of them are looked into; numbers pass as the characters that
they are.

Left out: hashing values so that equal ones can be recognised. Telephone numbers are few enough to
be guessed back.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

import msgspec

MARK: Final = "‹left out›"
"""Stands for what was not written down; no provider writes it."""
BODY_LIMIT: Final = 16 * 1024
"""Bytes of one body that are kept (LOG-1)."""
FIRST_OBJECTS: Final = (3, 1, 0)
"""How many objects a list keeps; fewer if the whole is too long."""
IDS_LENGTH: Final = 9_000
"""Characters of a list's ids: a thousand of today's, and more than half of what is kept."""
TEXT_LENGTH: Final = 500
DEPTH: Final = 12
"""Deeper than any documented record."""
FIELDS: Final = 120
"""More than the longest documented record has."""
PREFIX_BYTES: Final = 128 * 1024
"""Where the first three objects of a list end, even if each fills all its fields."""

_CODE: Final = re.compile(r"[A-Za-z0-9_.:+/-]{0,40}")
_ID: Final = re.compile(r"[A-Za-z0-9:_-]{1,64}")
_NUMBER: Final = re.compile(rb"-?[0-9][0-9.eE+-]{0,39}")
_FIELD_NAME: Final = re.compile(r"[A-Za-z_]{1,40}")
_EMAIL: Final = re.compile(r"[^\s@<>\"'(),;:]+@[^\s@<>\"'(),;:]+")
_TELEPHONE: Final = re.compile(r"\+?\(?\d[\d\s().\-/]{6,}\d")
_TELEPHONE_DIGITS: Final = range(9, 16)
_LONG_TOKEN: Final = re.compile(r"[A-Za-z0-9_\-.~+/=]{40,}")
_SHORT_TOKEN: Final = re.compile(r"(?=[^\s]*\d)(?=[^\s]*[A-Za-z])[A-Za-z0-9_\-.~+/=]{20,}")
_SPACE: Final = " \t\r\n,"


class Leaf(Enum):
    """As what a value gets through; numbers, truth values and null do in any case."""

    CODE = "code"
    """A short word of letters, digits and few signs: ids, dates, kinds, currencies."""
    NAME = "name"
    """What the business calls something."""
    SENTENCE = "sentence"
    """Prose of the provider, which may quote anything."""


type Shape = Mapping[str, "Shape | Leaf"]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One call as it went over the wire, except for what was secret from the start."""

    method: str
    url: str
    """Without its query."""
    query: Mapping[str, str]
    form: Mapping[str, str] | None
    """Fields of a form; whoever makes this has put the mark in the place of secrets."""
    status: int | None
    """None if no answer came."""
    content_type: str
    reply: bytes


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What may be written down of a call."""

    entity: str
    """What the call was about, in the provider's words."""
    url: str
    query: Mapping[str, str]
    request: str
    """JSON, or empty if nothing was sent."""
    reply: str
    """JSON, or empty if nothing came."""
    error_code: str = ""
    error_text: str = ""


class _Row(msgspec.Struct, frozen=True, gc=False):
    id: str | int = msgspec.field(default="", name="Id")


type _Fields = Mapping[str, msgspec.Raw]

_decode_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_nested = msgspec.json.Decoder(dict[str, dict[str, msgspec.Raw] | str | bool | None]).decode
_decode_rows = msgspec.json.Decoder(list[_Row]).decode
_decode_list = msgspec.json.Decoder(list[msgspec.Raw]).decode
_decode_text = msgspec.json.Decoder(str).decode
_encode = msgspec.json.Encoder().encode
_scan = json.JSONDecoder().raw_decode


def redact_json(*, body: bytes, shape: Shape, limit: int = BODY_LIMIT) -> str | None:
    """This will write a JSON object with what a shape lets through, or None if it is none.

    Arguments:
        body: as it came.
        shape: what may be in it.
        limit: bytes that the result has at most, at least 100.
    """
    for first in FIRST_OBJECTS:
        try:
            kept = _redact_fields(_open_answer(body), shape, first=first, depth=0)
            text = _encode(kept)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return None
        if len(text) <= limit:
            return text.decode()
    return json.dumps({MARK: f"{len(body)} bytes"}, ensure_ascii=False)


def redact_body(*, body: bytes, content_type: str, shape: Shape) -> str:
    """This will do as `redact_json`, and say of anything else only what it is and how long."""
    if not body:
        return ""
    return redact_json(body=body, shape=shape) or json.dumps(
        {MARK: f"{_name_kind(content_type)}, {len(body)} bytes"}, ensure_ascii=False
    )


def redact_form(*, fields: Mapping[str, str], shape: Shape) -> str:
    """This will write a form as a JSON object with what a shape lets through."""
    return redact_json(body=_encode(dict(fields)), shape=shape) or ""


def scrub_sentence(text: str) -> str:
    """This will take e-mail addresses, telephones and tokens out of a text, and shorten it."""
    scrubbed = _TELEPHONE.sub(_hide_telephone, _EMAIL.sub(MARK, text[: 2 * TEXT_LENGTH]))
    return _tidy(_SHORT_TOKEN.sub(MARK, scrubbed))


def scrub_name(text: str) -> str:
    """This will take e-mail addresses and long tokens out of a text, and shorten it."""
    return _tidy(_LONG_TOKEN.sub(MARK, _EMAIL.sub(MARK, text[: 2 * TEXT_LENGTH])))


def keep_code(text: str) -> str:
    """This will give a short word as it is, and the mark for anything else."""
    return text if _CODE.fullmatch(text) else MARK


_SCRUBBERS: Final[Mapping[Leaf, Callable[[str], str]]] = {
    Leaf.CODE: keep_code,
    Leaf.NAME: scrub_name,
    Leaf.SENTENCE: scrub_sentence,
}


def _open_answer(body: bytes) -> Mapping[str, "msgspec.Raw | _Fields"]:
    """Cut an answer into its fields, and those that are objects into theirs, in one pass.

    A page of records is most of a megabyte, and each pass over it costs as much as a row of the
    log. Answers with other fields are cut once more when their fields are looked into.
    """
    try:
        fields = _decode_nested(body)
    except msgspec.ValidationError:
        return _decode_object(body)
    return {
        name: value if isinstance(value, dict) else msgspec.Raw(_encode(value))
        for name, value in fields.items()
    }


def _redact_object(raw: msgspec.Raw, shape: Shape, *, first: int, depth: int) -> dict[str, object]:
    return _redact_fields(_decode_object(raw), shape, first=first, depth=depth)


def _redact_fields(
    fields: Mapping[str, "msgspec.Raw | _Fields"], shape: Shape, *, first: int, depth: int
) -> dict[str, object]:
    kept: dict[str, object] = {}
    nameless = 0
    for name, value in fields.items():
        allowed = shape.get(name)
        if len(kept) >= FIELDS or (allowed is None and not _FIELD_NAME.fullmatch(name)):
            nameless += 1
        elif allowed is None:
            kept[name] = MARK
        elif isinstance(value, msgspec.Raw):
            kept[name] = _redact_value(value, allowed, first=first, depth=depth + 1)
        elif isinstance(allowed, Leaf):
            kept[name] = MARK
        else:
            kept[name] = _redact_fields(value, allowed, first=first, depth=depth + 1)
    if nameless:
        kept[MARK] = f"{nameless} more fields"
    return kept


def _redact_value(raw: msgspec.Raw, allowed: Shape | Leaf, *, first: int, depth: int) -> object:
    start = bytes(memoryview(raw)[:1])
    if isinstance(allowed, Leaf):
        return _redact_leaf(raw, allowed, start)
    if depth > DEPTH:
        return MARK
    if start == b"{":
        return _redact_object(raw, allowed, first=first, depth=depth)
    if start == b"[":
        return _redact_list(raw, allowed, first=first, depth=depth)
    return None if bytes(raw) == b"null" else MARK


def _redact_leaf(raw: msgspec.Raw, leaf: Leaf, start: bytes) -> object:
    if start == b'"':
        try:
            return _SCRUBBERS[leaf](_decode_text(raw))
        except (msgspec.DecodeError, UnicodeError):
            return MARK
    value = bytes(raw)
    is_plain = value in (b"true", b"false", b"null") or _NUMBER.fullmatch(value)
    return msgspec.Raw(value) if is_plain else MARK


def _redact_list(raw: msgspec.Raw, shape: Shape, *, first: int, depth: int) -> object:
    try:
        ids = [row.id for row in _decode_rows(raw)]
    except msgspec.ValidationError:
        # Not all of them are records, so there are no ids to keep.
        return {"count": len(_decode_list(raw)), "first": MARK}
    objects = [
        _redact_object(each, shape, first=first, depth=depth)
        for each in _cut_first(raw, min(first, len(ids)))
    ]
    if len(ids) == len(objects):
        return objects
    return {"count": len(ids), "ids": _join_ids(ids, shape), "first": objects}


def _cut_first(raw: msgspec.Raw, count: int) -> Iterator[msgspec.Raw]:
    """Cut the first objects out of a list that is known to be one."""
    text = bytes(memoryview(raw)[:PREFIX_BYTES]).decode(errors="ignore")
    position = 1
    for _ in range(count):
        while text[position : position + 1] and text[position] in _SPACE:
            position += 1
        try:
            end = _scan(text, position)[1]
        except ValueError:
            return
        yield msgspec.Raw(text[position:end].encode(errors="replace"))
        position = end


def _join_ids(ids: list[str | int], shape: Shape) -> str:
    if not isinstance(shape.get("Id"), Leaf):
        return MARK
    kept = [text if _ID.fullmatch(text := str(each)) else MARK for each in ids]
    joined, shown = " ".join(kept), len(kept)
    if len(joined) > IDS_LENGTH:
        joined = joined[:IDS_LENGTH].rpartition(" ")[0]
        shown = joined.count(" ") + 1
    return joined if shown == len(kept) else f"{joined} … and {len(kept) - shown} more"


def _hide_telephone(found: re.Match[str]) -> str:
    text = found[0]
    digits = sum(each.isdigit() for each in text)
    return MARK if digits in _TELEPHONE_DIGITS and digits < len(text) else text


def _name_kind(content_type: str) -> str:
    kind = content_type.partition(";")[0].strip().lower()
    return kind if re.fullmatch(r"[a-z]{1,20}/[a-z0-9.+-]{1,40}", kind) else "something"


def _tidy(text: str) -> str:
    short = text if len(text) <= TEXT_LENGTH else text[: TEXT_LENGTH - 1] + "…"
    return short.replace("\x00", "\ufffd").encode(errors="replace").decode()
