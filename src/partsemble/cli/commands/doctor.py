"""`partsemble doctor`: look at everything that an installation needs, and say what to do."""

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from partsemble.accounting.registry import list_webhook_verifiers
from partsemble.accounting.types import ProviderKey
from partsemble.cli.command import Exit
from partsemble.database.clock import read_database_clock
from partsemble.database.encryption import list_key_ids
from partsemble.database.models import list_scoped_models
from partsemble.database.sealed import count_by_key
from partsemble.database.triggers import find_missing, list_triggers
from partsemble.jobs.queries import count_waiting_jobs, list_workers

CLOCK_SECONDS: Final = 5.0
"""More than this between two clocks shows in logs and leases."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look came to; an empty remedy means that all is well."""

    subject: str
    said: str
    remedy: str = ""


def configure(parser: argparse.ArgumentParser) -> None:
    """This will leave it without options of its own."""
    del parser


def run(options: argparse.Namespace) -> Exit:
    """This will look at each subject, print what was found, and fail if anything is amiss."""
    del options
    findings = [finding for look in LOOKS for finding in look()]
    for each in findings:
        mark = "!" if each.remedy else "✓"
        sys.stdout.write(f"{mark} {each.subject}: {each.said}\n")
        if each.remedy:
            sys.stdout.write(f"  → {each.remedy}\n")
    return Exit.REFUSED if any(each.remedy for each in findings) else Exit.DONE


def look_at_configuration() -> Iterator[Finding]:
    """This will say what only a person can know to be wrong."""
    if settings.DEBUG:
        yield Finding(
            "Configuration",
            "PARTSEMBLE_DEBUG is on.",
            "Turn it off where others can reach it: error pages show too much.",
        )
    if settings.BASE_URL.startswith("https://") or "//localhost" in settings.BASE_URL:
        yield Finding("Address", settings.BASE_URL)
    else:
        yield Finding(
            "Address",
            f"{settings.BASE_URL} is not encrypted.",
            "Put it behind HTTPS and set PARTSEMBLE_BASE_URL to the https:// address.",
        )
    if settings.PARTSEMBLE_QBO["client_id"]:
        yield Finding("QuickBooks app", f"set, {settings.PARTSEMBLE_QBO['environment']}")
    else:
        yield Finding(
            "QuickBooks app",
            "no client id.",
            "Set PARTSEMBLE_QBO_CLIENT_ID and PARTSEMBLE_QBO_CLIENT_SECRET of your app at Intuit.",
        )


def look_at_webhooks() -> Iterator[Finding]:
    """This will say whether word of changes in the books can be believed."""
    count = len(list_webhook_verifiers(ProviderKey.QBO))
    address = f"{settings.BASE_URL}/webhooks/qbo"
    if count:
        yield Finding("Webhooks", f"{count} verifier tokens; QuickBooks calls {address}")
    else:
        yield Finding(
            "Webhooks", "no verifier token, so changes in the books start no sync; it is optional"
        )


def look_at_keys() -> Iterator[Finding]:
    """This will say how many keys there are, never which, and whether the older still matter."""
    listed = list_key_ids()
    said = f"{len(listed)}; the first encrypts, {len(listed) - 1} older still decrypt"
    try:
        counts = count_by_key()
    except DatabaseError:
        # No database, or one without these tables yet: the next look says so.
        yield Finding("Keys", said)
        return
    lost = sum(count for key_id, count in counts.items() if key_id not in listed)
    old = sum(counts[key_id] for key_id in listed[1:])
    if lost:
        yield Finding(
            "Keys",
            f"{said}; {lost} stored secrets need another.",
            "Put the former key back into PARTSEMBLE_SECRET_KEYS, or reconnect those businesses.",
        )
    elif old:
        yield Finding(
            "Keys", f"{said}; {old} stored secrets need them.", "Run: partsemble rotate-keys"
        )
    else:
        yield Finding("Keys", f"{said}; none is needed" if listed[1:] else said)


def look_at_database() -> Iterator[Finding]:
    """This will say whether the database answers and is up to date; if so, what is in it.

    That is: whether it keeps its walls and what was posted, its clock, and who works.
    """
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        yield Finding(
            "Database",
            f"does not answer ({error.__class__.__name__}).",
            "Start it, and check PARTSEMBLE_DATABASE_URL.",
        )
        return
    yield Finding("Database", f"{connection.display_name} answers")
    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    yield Finding(
        "Tables",
        f"{waiting} migrations wait." if waiting else "up to date",
        "Run: partsemble migrate" if waiting else "",
    )
    if waiting:
        return
    yield _look_at_triggers()
    if connection.vendor == "postgresql":
        yield _look_at_policies()
    yield _look_at_clock()
    yield _look_at_workers()


def _look_at_clock() -> Finding:
    apart = abs((datetime.now(UTC) - read_database_clock()).total_seconds())
    return Finding(
        "Clock",
        f"{apart:.1f} s from the database's",
        "" if apart < CLOCK_SECONDS else "Set the clocks of both machines by NTP.",
    )


def _look_at_workers() -> Finding:
    alive = [worker for worker in list_workers() if worker.is_alive]
    waiting = count_waiting_jobs()
    return Finding(
        "Workers",
        f"{len(alive)} alive, {waiting} jobs due",
        "" if alive else "Start one: partsemble worker",
    )


def _look_at_triggers() -> Finding:
    missing = find_missing(connection=connection)
    wanted = list_triggers(vendor=connection.vendor)
    return Finding(
        "Posted rows",
        f"{len(wanted) - len(missing)} of {len(wanted)} triggers refuse to change them",
        "Run: partsemble migrate" if missing else "",
    )


def _look_at_policies() -> Finding:
    tables = [model._meta.db_table for model in list_scoped_models()]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_class WHERE relname = ANY(%s) AND relrowsecurity "
            "AND NOT pg_has_role(current_user, relowner, 'USAGE')",
            [tables],
        )
        (walled,) = cursor.fetchone()
    return Finding(
        "Row-level security",
        f"{walled} of {len(tables)} tables",
        ""
        if walled == len(tables)
        else "Let the application connect as a role that owns no table, and run partsemble migrate "
        "with PARTSEMBLE_MIGRATION_DATABASE_URL set to the owner.",
    )


LOOKS: Final[tuple[Callable[[], Iterator[Finding]], ...]] = (
    look_at_configuration,
    look_at_webhooks,
    look_at_keys,
    look_at_database,
)
