"""The command line: accounting-emulator serve."""

import argparse
import gc
import sys
from pathlib import Path

from accounting_emulator.app import make_app
from accounting_emulator.catalogue import MAX_ITEMS, MIN_ITEMS
from accounting_emulator.delivery import BadTarget
from accounting_emulator.emulator import Emulator, Wishes
from accounting_emulator.journal import JournalBroken
from accounting_emulator.profile import DEFAULT_NAME
from accounting_emulator.server import CannotListen, open_sockets, ready_content, serve


def main() -> int:
    """Run the command line; gives the exit status."""
    arguments = _parser().parse_args()
    try:
        _serve(arguments)
    except (BadTarget, CannotListen, JournalBroken, OSError) as error:
        print(f"accounting-emulator: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


def _serve(arguments: argparse.Namespace) -> None:
    sockets = open_sockets(port=arguments.port)
    base_url = f"http://localhost:{sockets[0].getsockname()[1]}"
    emulator = Emulator(
        wishes=Wishes(
            base_url=base_url,
            company=arguments.company,
            items=arguments.items,
            seed=arguments.seed,
            state_path=arguments.state,
            auto_consent=arguments.auto_consent,
            webhook_url=arguments.webhook_url,
            page_delay_ms=arguments.page_delay,
        )
    )
    content = ready_content(facts=emulator.issue_ready_tokens(company=emulator.company))
    ready = None if arguments.ready_file is None else (arguments.ready_file, content)
    name, count = emulator.company.profile.name, len(emulator.company.books.shelf)
    print(f"{name}: {count:,} items at {base_url} (Ctrl-C stops)", flush=True)  # noqa: T201
    gc.freeze()  # the catalogue stays for good, and looking for garbage among it takes long
    try:
        serve(app=make_app(emulator=emulator), sockets=sockets, ready=ready)
    finally:
        emulator.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="accounting-emulator",
        description="A local server that answers like the QuickBooks Online accounting API.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser("serve", help="run the emulator until it is stopped")
    add = command.add_argument
    add("--port", type=_port, required=True, metavar="N", help="port on localhost; 0 takes one")
    add("--company", metavar="NAME", help=f"name of the company (default: {DEFAULT_NAME})")
    add(
        "--items",
        type=_item_count,
        metavar="N",
        help=f"make up a catalogue of this size, {MIN_ITEMS} to {MAX_ITEMS} "
        "(default: a furnished workshop of some sixty items)",
    )
    add("--seed", type=int, metavar="N", help="another seed makes another company (default: 0)")
    add("--state", type=Path, metavar="FILE", help="keep every change in this file")
    add(
        "--ready-file",
        type=Path,
        metavar="PATH",
        help="write addresses, keys and tokens here as JSON once everything answers",
    )
    add("--auto-consent", action="store_true", help="connect apps without asking a person")
    add("--webhook-url", metavar="URL", help="where change notifications will be sent")
    add(
        "--page-delay",
        type=_milliseconds,
        metavar="MS",
        help="let every query wait this long, as a distant service would",
    )
    return parser  # fmt: skip


def _port(text: str) -> int:
    return _whole(text, 0, 65_535)


def _item_count(text: str) -> int:
    return _whole(text, MIN_ITEMS, MAX_ITEMS)


def _milliseconds(text: str) -> int:
    return _whole(text, 0, 600_000)


def _whole(text: str, lowest: int, highest: int) -> int:
    if not text.isdecimal() or not lowest <= int(text) <= highest:
        raise argparse.ArgumentTypeError(f"{text} is not a number from {lowest} to {highest}")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
