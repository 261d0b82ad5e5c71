"""`partsemble connect`: connect a business with tokens that were issued elsewhere."""

import argparse
import sys
from pathlib import Path

from partsemble.accounting.services.ready_file import connect_with_ready_file
from partsemble.cli.business import choose_owner
from partsemble.cli.command import Exit
from partsemble.kernel.errors import InvalidInput


def configure(parser: argparse.ArgumentParser) -> None:
    """This will name the options."""
    parser.add_argument(
        "--business",
        metavar="SLUG",
        help="short name of the business; not needed where there is one",
    )
    parser.add_argument(
        "--ready-file",
        metavar="F",
        type=Path,
        required=True,
        help="JSON with discovery_url, client_id, client_secret, realm_id and both tokens",
    )


def run(options: argparse.Namespace) -> Exit:
    """This will connect the business to the company of the ready file."""
    actor = choose_owner(slug=options.business)
    try:
        content = options.ready_file.read_bytes()
    except OSError as error:
        raise InvalidInput(
            field="--ready-file",
            problem=f"{options.ready_file} can't be read ({error.strerror}).",
            remedy="Give the file that accounting-emulator wrote.",
        ) from error
    connection = connect_with_ready_file(actor=actor, content=content)
    sys.stdout.write(f"Connected to {connection.company_name} ({connection.currency}).\n")
    return Exit.DONE
