"""The life of an import of a file; pure."""

from collections.abc import Mapping
from typing import Final

from partsemble.files.types import FileState

TRANSITIONS: Final[Mapping[FileState, frozenset[FileState]]] = {
    FileState.READING: frozenset({FileState.CHECKED, FileState.REFUSED, FileState.FAILED}),
    # Looking again, because something changed since, is reading anew what the rows say.
    FileState.CHECKED: frozenset({FileState.READING, FileState.APPLYING}),
    FileState.APPLYING: frozenset({FileState.APPLIED, FileState.OUTDATED, FileState.FAILED}),
    FileState.OUTDATED: frozenset({FileState.READING}),
    FileState.APPLIED: frozenset(),
    FileState.REFUSED: frozenset(),
    FileState.FAILED: frozenset(),
}
"""Which states a state leads to; nothing else is allowed."""
