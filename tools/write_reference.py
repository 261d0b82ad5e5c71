"""Writes the generated pages of docs/reference from the code, or checks them: --check.

Settings, permissions, states and refusals are tables in the code. These pages print them, so
that they can't say anything else.
"""

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partsemble.config.settings")

import django

django.setup()

from partsemble.accounting import rules as connection_rules
from partsemble.accounting.types import ConnectionState
from partsemble.api.urls import api
from partsemble.config.environment import PREFIX, VARIABLES
from partsemble.files.rules import lives as file_rules
from partsemble.identity.rules import DEFAULT_PERMISSIONS
from partsemble.jobs import rules as job_rules
from partsemble.kernel.permissions import Permission
from partsemble.sync.rules import lives as sync_rules
from partsemble.words.names import PERMISSION_WORDS, ROLE_WORDS
from partsemble.words.sentences import SENTENCES

PAGES = Path(__file__).resolve().parent.parent / "docs" / "reference"
NOTE = "<!-- Written by tools/write_reference.py from the code; change the code and run it. -->\n\n"


def main() -> int:
    """This will write the pages, or say which of them are out of date."""
    stale = []
    for name, write in WRITERS.items():
        page, text = PAGES / name, NOTE + write()
        if "--check" not in sys.argv:
            page.write_text(text)
        elif not page.exists() or page.read_text() != text:
            stale.append(name)
    if stale:
        sys.stderr.write(f"Out of date: {', '.join(stale)}. Run: make reference\n")
    return 1 if stale else 0


def write_settings() -> str:
    """This will print the table of environment variables."""
    rows = [
        f"| `{PREFIX}{each.name}` | {f'`{each.default}`' if each.default else ''} "
        f"| {each.meaning}{' **Secret.**' if each.is_secret else ''} |"
        for each in VARIABLES
    ]
    return "\n".join(
        ["# Settings", "", "| Variable | Default | What it means |", "|---|---|---|", *rows, ""]
    )


def write_permissions() -> str:
    """This will print the matrix of BIZ-2."""
    roles = list(DEFAULT_PERMISSIONS)
    rows = [
        f"| {PERMISSION_WORDS[permission]} | `{permission}` | "
        + " | ".join("yes" if permission in DEFAULT_PERMISSIONS[role] else "–" for role in roles)
        + " |"
        for permission in Permission
    ]
    head = " | ".join(ROLE_WORDS[role] for role in roles)
    return "\n".join(
        [
            "# Permissions",
            "",
            "What each role may do (BIZ-2); it can't be changed yet.",
            "Some rows are for what is not built: builds, exports, sales, the team.",
            "",
            f"| Permission | Name | {head} |",
            "|---|---|" + "---|" * len(roles),
            *rows,
            "",
        ]
    )


def write_states() -> str:
    """This will print every state machine."""
    parts = ["# States", "", "Each machine is a table in the code; nothing else is allowed.", ""]
    for title, table in MACHINES.items():
        parts += [f"## {title}", "", "| From | Leads to |", "|---|---|"]
        parts += [
            f"| {_name(origin)} | {', '.join(sorted(map(_name, targets))) or '(an end)'} |"
            for origin, targets in table.items()
        ]
        parts.append("")
    return "\n".join(parts)


def write_refusals() -> str:
    """This will print what Partsemble says when it will not do something."""
    rows = [
        f"| `{code}` | {said.status} | {said.what} {said.why} {said.remedy} |"
        for code, said in sorted(SENTENCES.items())
    ]
    return "\n".join(
        [
            "# Refusals",
            "",
            "Codes are stable. Words in braces are filled with the facts of the moment.",
            "",
            "| Code | HTTP | What is said |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def write_operations() -> str:
    """This will print the operations of the API, which the OpenAPI document describes in full."""
    paths = api.get_openapi_schema(path_prefix="/api/v1/")["paths"]
    rows = [
        f"| `{method.upper()} {path}` | {_name_permission(found)} | {_name_purpose(found)} | "
        f"{' '.join(str(status) for status in found['responses'])} |"
        for path, methods in paths.items()
        for method, found in methods.items()
    ]
    return "\n".join(
        [
            "# Operations of the API",
            "",
            "[How to call them](api.md); `/api/v1/openapi.json` describes them in full.",
            "",
            "| Operation | Permission | Will | Answers |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _name_purpose(operation: Mapping[str, Any]) -> str:
    first: str = operation["description"].splitlines()[0]
    return first.removeprefix("This will ").rstrip(".")


def _name_permission(operation: Mapping[str, Any]) -> str:
    name = operation.get("x-permission")
    return f"`{name}`" if name else "any token"


def _name(state: object) -> str:
    return str(getattr(state, "value", state))


def _by_state() -> dict[ConnectionState, frozenset[ConnectionState]]:
    return {
        state: frozenset(
            each.target for each in connection_rules.TRANSITIONS.values() if state in each.sources
        )
        for state in ConnectionState
    }


MACHINES: Mapping[str, Mapping[Any, frozenset[Any]]] = {
    "Connection": _by_state(),
    "Import of a file": file_rules.TRANSITIONS,
    "Import of items": sync_rules.IMPORT_TRANSITIONS,
    "Item sync": sync_rules.TRANSITIONS,
    "Job": job_rules.TRANSITIONS,
}
WRITERS: Mapping[str, Callable[[], str]] = {
    "settings.md": write_settings,
    "permissions.md": write_permissions,
    "states.md": write_states,
    "refusals.md": write_refusals,
    "operations.md": write_operations,
}


if __name__ == "__main__":
    sys.exit(main())
