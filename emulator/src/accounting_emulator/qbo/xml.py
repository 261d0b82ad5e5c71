"""The same answers as XML, which is what a client gets that does not ask for JSON."""

import json
from xml.sax.saxutils import escape, quoteattr

NAMESPACE = "http://schema.intuit.com/finance/v3"
_REFERENCE_KEYS = {"value", "name", "type"}
_ATTRIBUTES = ("domain", "sparse", "status", "startPosition", "maxResults", "totalCount")


def to_xml(*, body: bytes) -> bytes:
    """Rewrite a JSON answer as the XML one; attributes as in recorded XML responses."""
    content = json.loads(body, parse_float=str)
    time = content.pop("time", "")
    inner = "".join(_element(name, value) for name, value in content.items())
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<IntuitResponse xmlns="{NAMESPACE}" time={quoteattr(time)}>{inner}</IntuitResponse>'
    ).encode()


def _element(name: str, value: object) -> str:
    if isinstance(value, list):
        return "".join(_element(name, member) for member in value)
    if not isinstance(value, dict):
        return f"<{name}>{escape(_text(value))}</{name}>"
    if "value" in value and set(value) <= _REFERENCE_KEYS:
        marks = "".join(
            f" {key}={quoteattr(value[key])}" for key in ("name", "type") if key in value
        )
        return f"<{name}{marks}>{escape(value['value'])}</{name}>"
    attributes = dict(value.items())
    if name in ("Fault", "Error"):
        marks = "".join(
            f" {key}={quoteattr(_text(attributes.pop(key)))}"
            for key in ("type", "code", "element")
            if key in attributes
        )
    else:
        marks = "".join(
            f" {key}={quoteattr(_text(attributes.pop(key)))}"
            for key in _ATTRIBUTES
            if key in attributes
        )
    inner = "".join(_element(key, member) for key, member in attributes.items())
    return f"<{name}{marks}>{inner}</{name}>"


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
