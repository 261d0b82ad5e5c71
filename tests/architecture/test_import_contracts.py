"""The import contracts hold, and each of them notices when it is violated."""

import configparser
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.source import ROOT

PLANTED = {
    "layers": [
        ("src/partsemble/kernel/ids.py", "import partsemble.database.ids"),
        ("src/partsemble/database/ids.py", "import partsemble.identity.types"),
        ("src/partsemble/identity/types.py", "import partsemble.web.urls"),
        ("src/partsemble/accounting/documents.py", "import partsemble.stock.types"),
        ("src/partsemble/stock/types.py", "import partsemble.bom.types"),
        ("src/partsemble/unplaced/__init__.py", ""),
    ],
    "files": [
        ("src/partsemble/identity/errors.py", "import partsemble.identity.types"),
        ("src/partsemble/identity/types.py", "import partsemble.identity.rules"),
        ("src/partsemble/identity/rules.py", "import partsemble.identity.models"),
        ("src/partsemble/identity/models.py", "import partsemble.identity.queries"),
        ("src/partsemble/identity/models.py", "import partsemble.identity.locked"),
        ("src/partsemble/identity/locked.py", "import partsemble.identity.queries"),
        ("src/partsemble/identity/queries.py", "import partsemble.identity.services"),
        ("src/partsemble/identity/services.py", "import partsemble.identity.tasks"),
        ("src/partsemble/identity/tasks.py", "import partsemble.identity.admin"),
    ],
    "doors": [
        ("src/partsemble/web/urls.py", "import partsemble.identity.models"),
        ("src/partsemble/web/urls.py", "import partsemble.identity.rules"),
        ("src/partsemble/web/urls.py", "import partsemble.jobs.attempts"),
        ("src/partsemble/accounting/services/__init__.py", "import partsemble.identity.users"),
    ],
    "pure": [
        ("src/partsemble/kernel/actor.py", "import django.conf"),
        ("src/partsemble/kernel/actor.py", "import time"),
        ("src/partsemble/identity/rules.py", "import secrets"),
        ("src/partsemble/stock/rules/picking.py", "from urllib import request"),
        ("src/partsemble/accounting/documents.py", "import httpx2"),
        ("src/partsemble/accounting/provider.py", "import partsemble.database.clock"),
        ("src/partsemble/accounting/qbo/mapping.py", "import random"),
    ],
    "bridges": [
        ("src/partsemble/catalog/services.py", "import partsemble.accounting.documents"),
        ("src/partsemble/stock/queries.py", "import partsemble.accounting.queries"),
    ],
    "providers": [
        ("src/partsemble/accounting/qbo/adapter.py", "import partsemble.accounting.xero.wire"),
        ("src/partsemble/accounting/xero/oauth.py", "import partsemble.accounting.qbo.wire"),
    ],
    "wire": [
        ("src/partsemble/accounting/provider.py", "import accounting_emulator"),
        ("emulator/src/accounting_emulator/__init__.py", "import partsemble.kernel.ids"),
    ],
    "cycles": [
        ("src/partsemble/identity/users.py", "import partsemble.identity.models"),
        ("src/partsemble/kernel/ids.py", "import partsemble.kernel.actor"),
    ],
}
"""Contract → files, and an import in each that the contract must not let pass."""

COMPANIONS = {
    "partsemble.accounting.xero.wire": "src/partsemble/accounting/xero/wire.py",
    "partsemble.accounting.qbo.wire": "src/partsemble/accounting/qbo/wire.py",
    "partsemble.stock.types": "src/partsemble/stock/types.py",
    "partsemble.bom.types": "src/partsemble/bom/types.py",
    "partsemble.identity.locked": "src/partsemble/identity/locked.py",
    "partsemble.identity.tasks": "src/partsemble/identity/tasks.py",
    "partsemble.identity.admin": "src/partsemble/identity/admin.py",
}
"""Modules that are imported in some violation and may have nothing in them yet."""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the code and its contracts."""
    for folder in ("src", "emulator/src", "tools"):
        shutil.copytree(
            ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / ".importlinter", tmp_path)
    return tmp_path


def _plant(tree: Path, place: str, line: str) -> None:
    path = tree / place
    path.parent.mkdir(parents=True, exist_ok=True)
    for folder in path.parents:
        if folder.is_relative_to(tree / "src") and folder != tree / "src":
            (folder / "__init__.py").touch()
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


@pytest.mark.parametrize(
    ("contract", "place", "line"),
    [
        pytest.param(contract, place, line, id=f"{contract}: {place}: {line}")
        for contract, violations in PLANTED.items()
        for place, line in violations
    ],
)
def test_contract_breaks_when_violated(tree: Path, contract: str, place: str, line: str) -> None:
    imported = line.removeprefix("import ")
    if imported in COMPANIONS:
        _plant(tree, COMPANIONS[imported], "")
    _plant(tree, place, line)
    result = _lint(tree, "--contract", contract)
    assert result.returncode == 1
    assert "BROKEN" in result.stdout, result.stdout + result.stderr


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
