"""What holds for the repository as a whole: locks, migrations, documents."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from tests.support.source import ROOT, list_files

MIGRATIONS = [
    path
    for path in list_files()
    if path.parent.name == "migrations" and path.suffix == ".py" and path.stem != "__init__"
]
MIGRATION_MAY_IMPORT = ("django", "partsemble.database", "partsemble.identity.users")
"""Columns and managers that migrations name; their meaning does not change with the rules."""

DOCUMENTS = [path for path in list_files() if path.suffix == ".md"]


@pytest.mark.parametrize("lock", sorted(ROOT.glob("*.lock")), ids=lambda path: path.name)
def test_locks_name_packages_and_hashes_only(lock: Path) -> None:
    line = re.compile(r"[a-z0-9.-]+==\S+( ; .+)?( \\)?|    --hash=sha256:[0-9a-f]{64}( \\)?")
    assert [text for text in lock.read_text().splitlines() if not line.fullmatch(text)] == []


def test_what_runs_is_locked_alike_for_development() -> None:
    def read_pins(name: str) -> set[str]:
        return set(re.findall(r"^\S+==\S+", (ROOT / name).read_text(), re.MULTILINE))

    assert read_pins("requirements.lock") <= read_pins("requirements-dev.lock")


def test_migrations_are_complete() -> None:
    loader = MigrationLoader(None)
    changes = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps)).changes(
        graph=loader.graph
    )
    assert {app: [str(each) for each in found] for app, found in changes.items()} == {}


def test_migrations_are_linear() -> None:
    assert MigrationLoader(None).detect_conflicts() == {}


@pytest.mark.parametrize("migration", MIGRATIONS, ids=lambda path: path.parts[-3] + path.stem)
def test_migration_is_named_in_words(migration: Path) -> None:
    assert re.fullmatch(r"\d{4}_[a-z]+(_[a-z0-9]+)*", migration.stem)
    assert "_auto_" not in migration.stem


@pytest.mark.parametrize("migration", MIGRATIONS, ids=lambda path: path.parts[-3] + path.stem)
def test_migration_imports_no_application_code(migration: Path) -> None:
    imported = set()
    for node in ast.walk(ast.parse(migration.read_text())):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module or ".")
    assert {
        name
        for name in imported
        if name.partition(".")[0] in {"django", "partsemble", ""}
        and not any(
            name == allowed or name.startswith(f"{allowed}.") for allowed in MIGRATION_MAY_IMPORT
        )
    } == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.read_text())
    near = [link for link in links if "://" not in link and not link.startswith("mailto:")]
    assert [link for link in near if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_documents_name_make_targets_that_exist(document: Path) -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:^ {4}|`)make ([a-z0-9-]+)", document.read_text(), re.MULTILINE))
    assert named <= targets


def test_every_package_is_described() -> None:
    described = (ROOT / "ARCHITECTURE.md").read_text()
    packages = {path.parent.name for path in (ROOT / "src/partsemble").glob("*/__init__.py")}
    assert {name for name in packages if not re.search(rf"\b{name}/", described)} == set()


def test_every_decision_is_listed() -> None:
    listed = (ROOT / "docs/adr/README.md").read_text()
    decisions = [path.name for path in (ROOT / "docs/adr").glob("[0-9]*.md")]
    assert [name for name in decisions if f"({name})" not in listed] == []
    assert sorted(name[:4] for name in decisions) == [
        f"{number:04}" for number in range(1, len(decisions) + 1)
    ]
