"""`partsemble staff`: say who may look into every business under /staff/."""

import argparse
import sys

from partsemble.cli.command import Exit
from partsemble.identity.queries import list_staff
from partsemble.identity.services import set_staff


def configure(parser: argparse.ArgumentParser) -> None:
    """This will name the options."""
    parser.add_argument("--add", metavar="EMAIL", help="let this person look")
    parser.add_argument("--remove", metavar="EMAIL", help="let this person look no longer")


def run(options: argparse.Namespace) -> Exit:
    """This will change who is staff, and list who is."""
    if options.add:
        set_staff(email=options.add, is_staff=True)
    if options.remove:
        set_staff(email=options.remove, is_staff=False)
    people = list_staff()
    for each in people:
        sys.stdout.write(f"{each.email}  {each.name}\n".rstrip() + "\n")
    if not people:
        sys.stdout.write("Nobody is staff. Let somebody in with: partsemble staff --add EMAIL\n")
    return Exit.DONE
