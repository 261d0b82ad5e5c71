"""What a command of the command line is, and the table of all of them.

A command's module is imported only when it is typed: the others' imports would cost a second,
and `demo` must run before any setting is read.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from partsemble.kernel.permissions import Permission


class Exit(IntEnum):
    """What a command's exit status says to a script."""

    DONE = 0
    REFUSED = 1
    USAGE = 2


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its words, what it needs, and the module that does it.

    The module has `configure(parser)` for its options and `run(options) -> Exit`.

    `permission` is what the business's owner must hold for it; None marks the operator's own
    work, which belongs to no business. `needs_django` is False for a command that prepares the
    environment of others before any setting is read.
    """

    words: tuple[str, ...]
    summary: str
    module: str
    permission: Permission | None = None
    needs_django: bool = True


COMMANDS: Final = (
    Command(("demo",), "Start all of it here, with furnished books", "demo", needs_django=False),
    Command(("serve",), "Serve the web application", "serve"),
    Command(("worker",), "Do the work that screens and commands ask for", "worker"),
    Command(("migrate",), "Bring the database to this version's tables", "migrate"),
    Command(
        ("connect",),
        "Connect a business with the tokens of a ready file",
        "connect",
        Permission.MANAGE_CONNECTION,
    ),
    Command(
        ("sync", "items"),
        "Bring the accounting items in step with the books",
        "sync_items",
        Permission.RUN_SYNC,
    ),
    Command(("verify",), "Prove that stock adds up", "verify", Permission.VIEW_INVENTORY),
    Command(("rotate-keys",), "Seal every stored secret with the newest key", "rotate_keys"),
    Command(("staff",), "Say who may look into every business, under /staff/", "staff"),
    Command(("doctor",), "Check this installation and say what to do", "doctor"),
)
