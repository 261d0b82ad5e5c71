"""Jobs and commands declare their permission like screens and operations do (BIZ-2)."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final
from uuid import uuid4

import pytest
from tests.support.cast import Cast

from partsemble.accounting.errors import NotConnected
from partsemble.accounting.services.connections import RECONNECTED_JOB
from partsemble.accounting.tasks import PRUNE_CALLS_JOB
from partsemble.cli.command import COMMANDS
from partsemble.files.errors import FileImportNotFound, FileUnreadable
from partsemble.files.services.moving import APPLY_FILE_JOB, READ_FILE_JOB
from partsemble.files.services.starting import confirm_file_import, start_file_import
from partsemble.identity.rules import DEFAULT_PERMISSIONS
from partsemble.identity.types import Role
from partsemble.jobs.registry import list_job_kinds
from partsemble.kernel.actor import Actor
from partsemble.kernel.errors import PermissionMissing
from partsemble.sync.errors import NothingToImport
from partsemble.sync.queries.importing import ImportChoices, Selection
from partsemble.sync.queries.waiting import SCHEDULED_JOB
from partsemble.sync.services.importing import IMPORT_ITEMS_JOB, start_import
from partsemble.sync.services.schedule import choose_automatic_sync
from partsemble.sync.services.start import (
    PREVIEW_ITEMS_JOB,
    RUN_ITEMS_JOB,
    start_item_preview,
    start_item_sync,
)
from partsemble.sync.services.waiting import DUE_JOB, ask_for_sync_when_free
from partsemble.sync.tasks import PRUNE_PLANS_JOB
from partsemble.sync.types import Rhythm, Trigger

ASKED_BY: Final[dict[str, Callable[[Actor], object]]] = {
    RUN_ITEMS_JOB: lambda actor: start_item_sync(actor=actor, trigger=Trigger.PERSON),
    PREVIEW_ITEMS_JOB: lambda actor: start_item_preview(actor=actor, trigger=Trigger.PERSON),
    DUE_JOB: lambda actor: ask_for_sync_when_free(actor=actor, trigger=Trigger.PERSON),
    SCHEDULED_JOB: lambda actor: choose_automatic_sync(
        actor=actor, rhythm=Rhythm.HOURLY, hour=3, follows_changes=False
    ),
    IMPORT_ITEMS_JOB: lambda actor: start_import(
        actor=actor,
        selection=Selection(),
        choices=ImportChoices(),
        occurred_on=date(2026, 11, 22),
    ),
    READ_FILE_JOB: lambda actor: start_file_import(actor=actor, name="empty.csv", content=b""),
    APPLY_FILE_JOB: lambda actor: confirm_file_import(actor=actor, import_id=uuid4(), digest=""),
}
"""How people ask for each kind of job; the service demands what the kind declares."""
SYSTEMS_OWN_JOBS: Final[dict[str, str]] = {
    PRUNE_CALLS_JOB: "forgets what is too old to be kept, and shows nobody anything",
    PRUNE_PLANS_JOB: "tidies away what is old, on its own",
    "files.forget": "deletes what was kept of files long ago, and shows nobody anything",
    "sync.forget_notices": "keeps the table of what providers said short",
    RECONNECTED_JOB: "follows from connecting, which demands its own permission",
}
"""Kinds of job that nobody asks for → why."""
OPERATORS_OWN: Final = {
    "demo": "starts an installation; there is no business before it",
    "serve": "runs the web server of all businesses",
    "worker": "does the work of all businesses",
    "migrate": "changes tables and no business's rows",
    "rotate-keys": "seals stored secrets anew and shows none of them",
    "staff": "names whom the operator trusts with all businesses",
    "doctor": "examines the installation and shows no business's rows",
}
"""Commands that belong to no business → why."""


_NOTHING_TO_DO: Final = (NotConnected, NothingToImport, FileUnreadable, FileImportNotFound)
"""What somebody who may is told in a business that is new."""


def test_every_kind_of_job_declares_its_permission() -> None:
    kinds = list_job_kinds()
    assert kinds
    assert {each.name for each in kinds if each.permission is None} == set(SYSTEMS_OWN_JOBS)
    assert {each.name for each in kinds if each.permission is not None} == set(ASKED_BY)


def test_every_command_declares_its_permission() -> None:
    assert {" ".join(each.words) for each in COMMANDS if each.permission is None} == set(
        OPERATORS_OWN
    )
    for each in COMMANDS:
        assert each.permission is None or each.permission in DEFAULT_PERMISSIONS[Role.OWNER]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "kind", [each for each in list_job_kinds() if each.permission], ids=lambda kind: kind.name
)
@pytest.mark.parametrize("person", ["owner", "accountant", "builder", "stranger"])
def test_a_job_is_enqueued_by_whoever_its_kind_allows(cast: Cast, kind: Any, person: str) -> None:
    actor = getattr(cast, person).actor
    if actor.is_allowed(kind.permission):
        with pytest.raises(_NOTHING_TO_DO):
            ASKED_BY[kind.name](actor)
    else:
        with pytest.raises(PermissionMissing) as refused:
            ASKED_BY[kind.name](actor)
        assert refused.value.facts["permission"] is kind.permission
