"""What the environment may say: one table of `PARTSEMBLE_…` variables.

The table is the documentation too: `docs/reference/settings.md` is generated from it, and
`partsemble doctor` explains each line. Nothing else in the project reads the environment.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

PREFIX = "PARTSEMBLE_"


class BadSetting(Exception):
    """A variable holds something that can't be used; the sentence says which and why."""


@dataclass(frozen=True, slots=True)
class Variable:
    """One line of the table."""

    name: str
    default: str
    meaning: str
    is_secret: bool = False


VARIABLES = (
    Variable(
        "DATABASE_URL",
        "",
        "Database of the application role: `postgres://user:password@host:port/name` or "
        "`sqlite:///path`. Empty: SQLite in the data directory.",
        is_secret=True,
    ),
    Variable(
        "MIGRATION_DATABASE_URL",
        "",
        "PostgreSQL as the role that owns the tables; used by `partsemble migrate` only.",
        is_secret=True,
    ),
    Variable(
        "DATA_DIR",
        "var",
        "Where the embedded database lives, and the key that is made where none is set.",
    ),
    Variable(
        "SECRET_KEYS",
        "",
        "Comma-separated keys, newest first, at least 32 characters each. The first signs and "
        "encrypts; the others still verify and decrypt. Empty: a key is made and kept in the "
        "data directory.",
        is_secret=True,
    ),
    Variable("BASE_URL", "http://localhost:8000", "The address under which people reach it."),
    Variable(
        "PROXIES",
        "0",
        "How many proxies of yours stand in front of it, each adding to `X-Forwarded-For` who "
        "asked it. Attempts to sign in are limited for each address; behind a proxy that is not "
        "counted here, all people have one.",
    ),
    Variable(
        "SYNC_LOCK_SECONDS",
        "300",
        "How long a sync lock lasts after its holder's last sign of life (LOCK-3).",
    ),
    Variable(
        "SYNC_PLAN_DAYS",
        "90",
        "How long the changes of each sync can be looked at, in days; those of the latest 50 stay "
        "in any case.",
    ),
    Variable(
        "CALL_LOG_DAYS",
        "90",
        "How long the log of calls to the accounting system is kept, in days (LOG-1).",
    ),
    Variable("QBO_CLIENT_ID", "", "Client id of your app at Intuit."),
    Variable("QBO_CLIENT_SECRET", "", "Client secret of your app at Intuit.", is_secret=True),
    Variable(
        "QBO_ENVIRONMENT",
        "production",
        "`production`, `sandbox`, or the URL of a discovery document, whose origin is then the "
        "base of the API too.",
    ),
    Variable(
        "QBO_MONTHLY_READS",
        "500000",
        "Reads a month that your tier of Intuit's partner program includes; shortly before they "
        "are used up, syncs read less and then wait for the next month.",
    ),
    Variable(
        "QBO_WEBHOOK_VERIFIER",
        "",
        "Verifier token of your app's webhooks; two with a comma between while one replaces the "
        "other. Empty: nothing that claims to come from QuickBooks is believed.",
        is_secret=True,
    ),
    Variable("LOG_FORMAT", "json", "`json` for machines, `console` for a person at a terminal."),
    Variable("LOG_LEVEL", "INFO", "`DEBUG`, `INFO`, `WARNING` or `ERROR`."),
    Variable(
        "DEBUG",
        "no",
        "`yes` shows the style page and Django's error pages; never in production.",
    ),
)


@dataclass(frozen=True, slots=True)
class Environment:
    """The values of the table; secrets do not show in its representation."""

    values: Mapping[str, str] = field(repr=False)

    def get(self, name: str) -> str:
        """This will give a variable's value, or its default."""
        variable = next(each for each in VARIABLES if each.name == name)
        return self.values.get(PREFIX + name, "").strip() or variable.default

    def get_number(self, name: str, *, least: int = 1) -> int:
        """This will give a variable as a whole number.

        Raises:
            BadSetting: if it is none, or below the least.
        """
        text = self.get(name)
        if not text.isdecimal() or int(text) < least:
            raise BadSetting(
                f"{PREFIX}{name} must be a whole number, {least} or more, not {text!r}."
            )
        return int(text)

    def get_switch(self, name: str) -> bool:
        """This will give a variable as yes or no.

        Raises:
            BadSetting: if it is neither.
        """
        text = self.get(name).lower()
        if text in {"yes", "true", "1", "on"}:
            return True
        if text in {"no", "false", "0", "off"}:
            return False
        raise BadSetting(f"{PREFIX}{name} must be yes or no, not {text!r}.")


def read_environment() -> Environment:
    """This will read the table from the environment of this process."""
    return Environment(values=dict(os.environ))


def parse_database_url(url: str) -> dict[str, Any]:
    """This will turn a database URL into Django's settings for it.

    Raises:
        BadSetting: if the scheme is neither `postgres`, `postgresql` nor `sqlite`.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return sqlite_settings(Path(unquote(parts.path.removeprefix("/"))))
    if parts.scheme not in {"postgres", "postgresql"}:
        raise BadSetting(
            f"A database URL starts with postgres:// or sqlite:///, not {parts.scheme}://."
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.removeprefix("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def sqlite_settings(path: Path) -> dict[str, Any]:
    """This will give the settings of an embedded SQLite database in that file.

    Synchronous FULL costs a fraction of a millisecond per commit and is what keeps acknowledged
    work through a power cut; IMMEDIATE takes the write lock at the start, so that a transaction
    never fails in its middle because another writer was faster. Every thread's connection has a
    cache of its own, so it is kept small; what falls out of it is in the system's.
    """
    return {
        "ENGINE": "partsemble.database.sqlite",
        "NAME": str(path),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; "
                "PRAGMA foreign_keys = ON; PRAGMA cache_size = -4000; PRAGMA temp_store = MEMORY"
            ),
        },
    }
