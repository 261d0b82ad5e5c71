"""The import contracts hold, and each of them notices when it is violated."""

import configparser
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.source import ROOT

PLANTED = {
    "layers": (
        "partsemble.kernel.ids -> partsemble.database.ids",
        "partsemble.kernel.ids -> partsemble.costing.amounts",
        "partsemble.database.ids -> partsemble.identity.types",
        "partsemble.identity.types -> partsemble.web.urls",
        "partsemble.accounting.documents -> partsemble.stock.types",
        "partsemble.stock.types -> partsemble.bom.types",
    ),
    "files": (
        "partsemble.identity.errors -> partsemble.identity.types",
        "partsemble.identity.types -> partsemble.identity.rules",
        "partsemble.identity.rules -> partsemble.identity.models",
        "partsemble.identity.models -> partsemble.identity.locked",
        "partsemble.identity.locked -> partsemble.identity.queries",
        "partsemble.identity.queries -> partsemble.identity.services",
        "partsemble.identity.services -> partsemble.identity.tasks",
        "partsemble.identity.tasks -> partsemble.identity.admin",
    ),
    "doors": (
        "partsemble.web.urls -> partsemble.identity.models",
        "partsemble.web.urls -> partsemble.identity.rules",
        "partsemble.web.urls -> partsemble.jobs.attempts",
        "partsemble.accounting.services -> partsemble.identity.users",
    ),
    "pure": (
        "partsemble.kernel.actor -> django",
        "partsemble.kernel.actor -> time",
        "partsemble.costing.holding -> django",
        "partsemble.identity.rules -> secrets",
        "partsemble.stock.rules.picking -> urllib",
        "partsemble.accounting.documents -> httpx2",
        "partsemble.accounting.provider -> partsemble.database.clock",
        "partsemble.accounting.qbo.mapping -> random",
    ),
    "adapters": (
        "partsemble.accounting.qbo.adapter -> django",
        "partsemble.accounting.qbo.adapter -> partsemble.accounting.models",
        "partsemble.accounting.qbo.oauth -> partsemble.accounting.queries",
        "partsemble.accounting.http -> partsemble.database.ids",
    ),
    "bridges": (
        "partsemble.catalog.services -> partsemble.accounting.documents",
        "partsemble.stock.queries -> partsemble.accounting.queries",
    ),
    "providers": (
        "partsemble.accounting.qbo.adapter -> partsemble.accounting.xero.wire",
        "partsemble.accounting.xero.oauth -> partsemble.accounting.qbo.wire",
    ),
    "registry": (
        "partsemble.web.urls -> partsemble.accounting.qbo.wire",
        "partsemble.accounting.services.connections -> partsemble.accounting.qbo.oauth",
    ),
    "wire": (
        "partsemble.accounting.provider -> accounting_emulator",
        "accounting_emulator -> partsemble.kernel.ids",
    ),
    "books": (
        "accounting_emulator.layers -> time",
        "accounting_emulator.books.ledger -> random",
        "accounting_emulator.objects.wire -> starlette",
    ),
    "emulator": (
        "accounting_emulator.books.ledger -> accounting_emulator.objects.sheets",
        "accounting_emulator.objects.tables -> accounting_emulator.qbo.errors",
        "accounting_emulator.qbo.errors -> accounting_emulator.control.asking",
        "accounting_emulator.control.items -> accounting_emulator.console.parts",
        "accounting_emulator.console.parts -> accounting_emulator.gate",
    ),
    "cycles": (
        "partsemble.identity.users -> partsemble.identity.models",
        "partsemble.kernel.ids -> partsemble.kernel.actor",
        "accounting_emulator.books.ledger -> accounting_emulator.books.machine",
    ),
}
"""Contract → imports that it must not let pass."""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the code and its contracts."""
    for folder in ("src", "emulator/src", "tools"):
        shutil.copytree(
            ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / ".importlinter", tmp_path)
    return tmp_path


def _plant(tree: Path, module: str, line: str) -> None:
    """This will add a line to a module, which it makes, with its packages, if need be."""
    top, *inner = module.split(".")
    folder = tree / ("emulator/src" if top == "accounting_emulator" else "src") / top
    for name in inner[:-1]:
        folder /= name
        folder.mkdir(exist_ok=True)
        (folder / "__init__.py").touch()
    package = folder.joinpath(*inner[-1:]) / "__init__.py"
    path = package if package.exists() else folder / f"{inner[-1]}.py"
    with path.open("a") as file:
        file.write(f"\n{line}\n")


def _lint(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    paths = [str(tree / "src"), str(tree / "emulator/src")]
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", *arguments],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
        check=False,
    )


def _read_contracts() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter")
    return parser


def _list_contracts() -> set[str]:
    prefix = "importlinter:contract:"
    return {
        section.removeprefix(prefix)
        for section in _read_contracts().sections()
        if section.startswith(prefix)
    }


def test_every_contract_holds(tree: Path) -> None:
    result = _lint(tree)
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_contract_is_violated_below() -> None:
    assert set(PLANTED) == _list_contracts()


@pytest.mark.parametrize("contract", PLANTED)
def test_contract_breaks_when_violated(tree: Path, contract: str) -> None:
    for violation in PLANTED[contract]:
        importer, imported = violation.split(" -> ")
        _plant(tree, importer, f"import {imported}")
        if imported.startswith("partsemble."):
            _plant(tree, imported, "")
    result = _lint(tree, "--contract", contract)
    assert result.returncode == 1
    expected = PLANTED[contract]
    if contract == "cycles":  # these are reported relative to the package that they are in
        expected = tuple(
            re.sub(r"(partsemble|accounting_emulator)\.\w+", "", each) for each in expected
        )
    assert [each for each in expected if f" {each} (" not in " ".join(result.stdout.split())] == []


def test_a_package_without_a_place_breaks_the_layers(tree: Path) -> None:
    _plant(tree, "partsemble.unplaced.services", "")
    result = _lint(tree, "--contract", "layers")
    assert result.returncode == 1
    assert "- partsemble.unplaced" in result.stdout


def test_every_pure_place_is_under_contract() -> None:
    listed = _read_contracts()["importlinter:contract:pure"]["source_modules"].split()
    package = ROOT / "src/partsemble"
    there = {
        f"partsemble.{place}"
        for place in ("kernel", "costing", "accounting.documents", "accounting.provider")
        if list(package.glob(place.replace(".", "/") + "*"))
    }
    assert there <= set(listed)


def test_no_layer_in_brackets_exists() -> None:
    layers = _read_contracts()["importlinter:contract:layers"]["layers"]
    awaited = {word.strip("()") for word in layers.replace("|", " ").split() if word[0] == "("}
    package = ROOT / "src/partsemble"
    assert not {name for name in awaited if (package / name / "__init__.py").is_file()}
