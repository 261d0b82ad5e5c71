"""Letting PostgreSQL count tables that have just filled.

Problem. PostgreSQL plans by what it counted of a table. Until its autovacuum comes by, which looks
once a minute, it knows nothing of one that has just filled, and guesses that a business has every
two-hundredth row of it. So it takes the index that begins with the business for the narrowest way
to 250 items by their ids, reads the rows of the whole business, and does so again for every part
of an import and every chunk of corrections.

Observations. Whoever counts has to own the table, and the application owns none: row-level security
holds it only because of that. A table that has been counted may grow manifold before its plans turn
bad: PostgreSQL sees by the size of the file how many rows there are by now.

Decision. A function that belongs to the owner counts each table that has grown fourfold since it
was counted last. It takes no arguments, gives nothing back and changes no row; the application may
call it. Work that goes through many rows does so at its beginning and as it gets on. Where nothing
has grown, which is nearly always, that costs the size of each file.

What was left out: writing each look-up so that PostgreSQL can't choose otherwise, as a sync does
for its pages (`accounting.queries.items`). A part of an import is a dozen statements, locks and
updates among them (ADR 23).

Source: PostgreSQL documentation, ANALYZE, and CREATE FUNCTION, "Writing SECURITY DEFINER Functions
Safely".
"""

from typing import Final

from django.conf import settings
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

COUNTER: Final = "partsemble_count_grown_tables"
SMALLEST_PAGES: Final = 32
"""Of a table that is worth counting; a smaller one is read as quickly as anything else."""
GROWTH: Final = 4

_MAKE: Final = f"""
CREATE OR REPLACE FUNCTION public.{COUNTER}() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    grown regclass;
BEGIN
    FOR grown IN
        SELECT oid FROM pg_class
        WHERE relnamespace = 'public'::regnamespace
            AND relkind = 'r'
            AND pg_has_role(relowner, 'USAGE')
            AND pg_relation_size(oid)
                > current_setting('block_size')::bigint
                * greatest({SMALLEST_PAGES}, {GROWTH} * relpages)
    LOOP
        EXECUTE format('ANALYZE (SKIP_LOCKED) %s', grown);
    END LOOP;
END $$
"""  # noqa: S608 names and numbers of ours


def install_after_migrate(*, sender: object, using: str, **_: object) -> None:
    """This will renew the function once all apps are migrated; Django calls it per app."""
    owner = connections[using]
    if getattr(sender, "label", "") == "database" and owner.vendor == "postgresql":
        install(owner=owner, app_role=settings.DATABASES["default"]["USER"])


def install(*, owner: BaseDatabaseWrapper, app_role: str) -> None:
    """This will make the function, and let the application call it.

    Arguments:
        owner: a connection as the role that owns the tables.
        app_role: the role that the application connects as.
    """
    role = owner.ops.quote_name(app_role)
    with owner.cursor() as cursor:
        cursor.execute(_MAKE)
        cursor.execute(f"REVOKE ALL ON FUNCTION public.{COUNTER}() FROM PUBLIC")
        cursor.execute(f"GRANT EXECUTE ON FUNCTION public.{COUNTER}() TO {role}")


def count_grown_tables() -> None:
    """This will have PostgreSQL count the tables that have grown manifold since it last did.

    Whoever works through many rows calls it, inside or outside a transaction; rows that the
    transaction has written count. SQLite chooses by what it is told (`database.models`).
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT public.{COUNTER}()")
