"""A call as a command that one can run oneself, without anything secret. Pure."""

import json
import shlex
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from partsemble.accounting.redaction import MARK

ACCESS: Final = '"Authorization: Bearer $ACCESS_TOKEN"'
CLIENT: Final = '"$CLIENT_ID:$CLIENT_SECRET"'
_VARIABLES: Final = MappingProxyType(
    {"code": "$CODE", "refresh_token": "$REFRESH_TOKEN", "token": "$REFRESH_TOKEN"}
)
"""What stands for the secret fields of forms; whoever runs the command sets them."""


def write_curl(*, method: str, url: str, query: Mapping[str, str], form: str) -> str:
    """This will write a call for curl, with variables of the shell in place of secrets (LOG-2).

    Arguments:
        method: of HTTP.
        url: without its query.
        query: its fields, as they were sent.
        form: the fields of a form as a JSON object, or empty.
    """
    if form:
        parts = [f"curl -X {shlex.quote(method)} {shlex.quote(url)}", f"-u {CLIENT}"]
        parts += [_write_field(name, str(text)) for name, text in json.loads(form).items()]
    else:
        get = "-G " if query else ""
        parts = [f"curl {get}{shlex.quote(url)}"]
        if "/.well-known/" not in url:
            parts.append(f"-H {ACCESS}")
        parts += [_write_field(name, text) for name, text in query.items()]
    parts.insert(1, "-H 'Accept: application/json'")
    return " \\\n  ".join(parts)


def _write_field(name: str, text: str) -> str:
    if MARK in text:
        variable = _VARIABLES.get(name, f"${''.join(filter(str.isalnum, name)).upper()}")
        return f'--data-urlencode "{name}={variable}"'
    return f"--data-urlencode {shlex.quote(f'{name}={text}')}"
