"""`partsemble migrate`: bring the database to this version's tables."""

import argparse

from django.conf import settings
from django.core.management import call_command

from partsemble.cli.command import Exit
from partsemble.database.scope import owner_scope


def configure(parser: argparse.ArgumentParser) -> None:
    """This will leave it without options of its own."""
    del parser


def run(options: argparse.Namespace) -> Exit:
    """This will migrate as the role that owns the tables, where there are two roles."""
    del options
    alias = "owner" if "owner" in settings.DATABASES else "default"
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    with owner_scope():
        call_command("migrate", database=alias, interactive=False, verbosity=0)
    return Exit.DONE
