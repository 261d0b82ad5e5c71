"""The tree of this repository, as the tidy tests read it."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

OUR_CODE = ("src", "emulator/src", "tools", "benchmarks")
OUR_TESTS = ("tests", "emulator/tests")

PURE_PLACES = ("kernel", "costing", "rules", "documents", "provider", "mapping")
"""Packages and files in which decisions are made: no Django, no network, no clock."""


@dataclass(frozen=True)
class Module:
    """One Python file."""

    path: Path
    root: Path = ROOT

    @property
    def name(self) -> str:
        """This will be the path below the root, as a person would say it."""
        return self.path.relative_to(self.root).as_posix()

    @property
    def is_pure(self) -> bool:
        """This will be true for code that only decides."""
        parts = self.path.relative_to(self.root).with_suffix("").parts
        return parts[:2] == ("src", "partsemble") and any(part in PURE_PLACES for part in parts)

    @property
    def line_count(self) -> int:
        """This will count all lines."""
        return len(self.path.read_text().splitlines())

    @cached_property
    def tree(self) -> ast.Module:
        """This will be the parsed file."""
        return ast.parse(self.path.read_text(), filename=self.name)

    def list_functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """This will walk every function and method, nested ones too."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node

    def list_public_functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """This will walk the functions that other modules may call; methods are not among them."""
        for node in self.tree.body:
            if isinstance(
                node, ast.FunctionDef | ast.AsyncFunctionDef
            ) and not node.name.startswith("_"):
                yield node


@cache
def list_files() -> tuple[Path, ...]:
    """This will list the files that git knows or would take, the deleted ones left out."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    return tuple(path for path in map(ROOT.joinpath, sorted(set(listed))) if path.is_file())


@cache
def list_modules(*folders: str) -> tuple[Module, ...]:
    """This will list the Python files in these folders, generated migrations left out."""
    return tuple(
        Module(path)
        for path in list_files()
        if path.suffix == ".py"
        and "migrations" not in path.parts
        and any(path.is_relative_to(ROOT / folder) for folder in folders)
    )
