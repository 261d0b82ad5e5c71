"""`partsemble serve`: the web application."""

import argparse
from urllib.parse import urlsplit

from django.conf import settings
from granian import Granian
from granian.constants import Interfaces

from partsemble.cli.command import Exit

THREADS = 8
"""Requests mostly wait for the database; eight keep two cores busy."""


def configure(parser: argparse.ArgumentParser) -> None:
    """This will name the options."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument(
        "--port", type=int, help="port; by default the one in PARTSEMBLE_BASE_URL, else 8000"
    )
    parser.add_argument("--workers", type=int, default=1, help="processes")


def run(options: argparse.Namespace) -> Exit:
    """This will serve until it is told to stop."""
    port = options.port or urlsplit(settings.BASE_URL).port or 8000
    Granian(
        "partsemble.config.wsgi:application",
        address=options.host,
        port=port,
        interface=Interfaces.WSGI,
        workers=options.workers,
        blocking_threads=THREADS,
        log_enabled=False,
        respawn_failed_workers=True,
    ).serve()
    return Exit.DONE
