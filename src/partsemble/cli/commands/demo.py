"""`partsemble demo`: everything on one machine, with furnished books, in one command."""

import argparse
import json
import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any, Final

from partsemble.cli.command import Exit
from partsemble.cli.demo.processes import LOOK_SECONDS, Crew, ProcessEnded, demand_free_port

WEB_PORT: Final = 8000
EMULATOR_PORT: Final = 8100
DATA_DIR: Final = Path("var/demo")


def configure(parser: argparse.ArgumentParser) -> None:
    """This will name the options."""
    parser.add_argument("--port", type=int, default=WEB_PORT, help="port of the web application")
    parser.add_argument(
        "--emulator-port",
        type=int,
        default=EMULATOR_PORT,
        metavar="PORT",
        help="port of the emulated books",
    )
    parser.add_argument("--items", type=int, metavar="N", help="generated items in the books")
    parser.add_argument(
        "--data-dir", type=Path, default=DATA_DIR, metavar="DIR", help=f"its data ({DATA_DIR})"
    )
    parser.add_argument("--ready-file", type=Path, metavar="F", help="written when all answers")


def run(options: argparse.Namespace) -> Exit:
    """This will start the emulator, the web application and a worker, and watch over them."""
    signal.signal(signal.SIGTERM, _interrupt)
    directory = options.data_dir.resolve()
    directory.mkdir(parents=True, exist_ok=True)
    if options.ready_file is not None:
        options.ready_file.unlink(missing_ok=True)
    demand_free_port(port=options.port, option="--port")
    demand_free_port(port=options.emulator_port, option="--emulator-port")
    crew = Crew(log_directory=directory / "logs")
    try:
        ready = _start_emulator(crew, options, directory)
        _prepare_database(options, directory)  # while the emulator furnishes its books
        crew.wait_for_file(ready)
        books = json.loads(ready.read_bytes())
        _start_partsemble(crew, options, books)
        _announce(options, books)
        while True:
            crew.check()
            time.sleep(LOOK_SECONDS)
    except ProcessEnded as ended:
        sys.stderr.write(f"{ended}\n")
        return Exit.REFUSED
    except KeyboardInterrupt:
        sys.stdout.write("\nStopping …\n")
        return Exit.DONE
    finally:
        crew.stop()


def _start_emulator(crew: Crew, options: argparse.Namespace, directory: Path) -> Path:
    ready = directory / "emulator.json"
    ready.unlink(missing_ok=True)
    arguments = ["accounting_emulator", "serve", "--port", str(options.emulator_port)]
    arguments += ["--ready-file", str(ready)]
    arguments += ["--webhook-url", f"http://localhost:{options.port}/webhooks/qbo"]
    if options.items is None:
        arguments += ["--state", str(directory / "books.journal")]
    else:
        # Generated books are kept apart for each size: a journal belongs to one catalog.
        arguments += ["--items", str(options.items)]
        arguments += ["--state", str(directory / f"books-{options.items}.journal")]
    crew.start(name="emulator", arguments=arguments, environment={})
    return ready


def _prepare_database(options: argparse.Namespace, directory: Path) -> None:
    # The demo keeps to its own directory, whatever the environment says for real use.
    os.environ.update(
        PARTSEMBLE_DATABASE_URL="",
        PARTSEMBLE_MIGRATION_DATABASE_URL="",
        PARTSEMBLE_DATA_DIR=str(directory),
        PARTSEMBLE_BASE_URL=f"http://localhost:{options.port}",
    )
    import django  # noqa: PLC0415 the settings are only now in the environment

    django.setup()
    from partsemble.cli.commands import migrate  # noqa: PLC0415 likewise

    migrate.run(argparse.Namespace())


def _start_partsemble(crew: Crew, options: argparse.Namespace, books: dict[str, Any]) -> None:
    settings = {
        "PARTSEMBLE_QBO_CLIENT_ID": books["client_id"],
        "PARTSEMBLE_QBO_CLIENT_SECRET": books["client_secret"],
        "PARTSEMBLE_QBO_ENVIRONMENT": books["discovery_url"],
        "PARTSEMBLE_QBO_WEBHOOK_VERIFIER": books["webhook_verifier"],
    }
    serve = ["partsemble.cli.main", "serve", "--port", str(options.port)]
    crew.start(name="web", arguments=serve, environment=settings)
    work = ["partsemble.cli.main", "worker"]
    crew.start(name="worker", arguments=work, environment=settings)
    crew.wait_for_answer(f"http://localhost:{options.port}/readyz")


def _announce(options: argparse.Namespace, books: dict[str, Any]) -> None:
    from partsemble.cli.demo.people import ensure_owner, renew_token  # noqa: PLC0415 needs Django

    owner = ensure_owner()
    url = f"http://localhost:{options.port}"
    if options.ready_file is not None:
        ready = {
            "url": url,
            "email": owner.email,
            "password": owner.password,
            "business": owner.business.slug,
            "api_token": renew_token(owner=owner).reveal(),
            "emulator": books,
        }
        partial = options.ready_file.with_suffix(".part")
        partial.write_text(json.dumps(ready, indent=2))
        partial.rename(options.ready_file)
    sys.stdout.write(
        f"\n  Partsemble   {url}\n"
        f"  Sign in as   {owner.email}\n"
        f"  Password     {owner.password}\n\n"
        f"  The books    {books['base_url']} (emulated QuickBooks)\n\n"
        "  Ctrl-C stops everything; the data stay.\n"
    )
    sys.stdout.flush()


def _interrupt(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise KeyboardInterrupt
