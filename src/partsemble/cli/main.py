"""Finds the command that was typed, runs it, and turns refusals into a sentence."""

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from django.db.utils import DatabaseError

from partsemble.cli.command import COMMANDS, Command, Exit
from partsemble.kernel.errors import DomainError


def main(arguments: Sequence[str] | None = None) -> int:
    """This will run one command and give its exit status: 0 done, 1 refused, 2 misused."""
    typed = list(sys.argv[1:] if arguments is None else arguments)
    command = find_command(typed)
    if command is None:
        asked = not typed or typed[0] in {"-h", "--help"}
        (sys.stdout if asked else sys.stderr).write(write_overview())
        return Exit.DONE if asked else Exit.USAGE
    return _run(command, typed[len(command.words) :])


def find_command(typed: Sequence[str]) -> Command | None:
    """This will give the command whose words these begin with."""
    return next((each for each in COMMANDS if tuple(typed[: len(each.words)]) == each.words), None)


def write_overview() -> str:
    """This will list every command with its summary."""
    lines = [f"  {' '.join(each.words):<12} {each.summary}" for each in COMMANDS]
    return (
        "\n".join(
            [
                "usage: partsemble COMMAND [OPTION …]",
                "",
                *lines,
                "",
                "--help after a command says more.",
            ]
        )
        + "\n"
    )


def _run(command: Command, typed: Sequence[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partsemble.config.settings")
    if command.needs_django:
        import django  # noqa: PLC0415 reading settings is what `demo` must come before

        django.setup()
        # What is loaded stays; searching it for garbage took up to a sixth of a long sync.
        gc.freeze()
    module = import_module(f"partsemble.cli.commands.{command.module}")
    parser = argparse.ArgumentParser(
        prog=f"partsemble {' '.join(command.words)}", description=command.summary
    )
    module.configure(parser)
    options = parser.parse_args(typed)
    try:
        return int(module.run(options))
    except DomainError as refusal:
        from partsemble.words.sentences import explain  # noqa: PLC0415 only a refusal needs it

        said = explain(refusal)
        sys.stderr.write(f"{said.what} {said.why} {said.remedy} [{said.code}]\n")
    except DatabaseError as error:
        sys.stderr.write(
            f"The database does not do what was asked: {error}. Nothing was changed by that. "
            "Run `partsemble migrate` if this version is new here; `partsemble doctor` says more.\n"
        )
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
    return Exit.REFUSED


if __name__ == "__main__":
    sys.exit(main())
