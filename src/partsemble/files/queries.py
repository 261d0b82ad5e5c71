"""Everything that reads imports of files."""

import json
from collections.abc import Iterator
from typing import Final
from uuid import UUID

from partsemble.database.scope import business_scope
from partsemble.files.errors import FileImportNotFound
from partsemble.files.models import FileImport, FileRow
from partsemble.files.rules.planning import revive_plan
from partsemble.files.types import (
    Column,
    Fault,
    FileImportView,
    FileState,
    RowList,
    RowVerdict,
    RowView,
)
from partsemble.kernel.actor import Actor
from partsemble.kernel.permissions import Permission

PAGE_SIZE: Final = 50
"""Rows of one page of a list."""
RECENT: Final = 5
PART_ROWS: Final = 1_000
COUNTERS: Final = {
    RowVerdict.CREATE: "creates",
    RowVerdict.CHANGE: "changes",
    RowVerdict.SAME: "same",
    RowVerdict.FAULTY: "faulty",
}
"""In which column each verdict is counted."""


def get_file_import(*, actor: Actor, import_id: UUID) -> FileImportView:
    """This will show an import of a file.

    Raises:
        PermissionMissing: without *manage products*.
        FileImportNotFound: if the business has none of that id.
    """
    actor.demand(Permission.MANAGE_PRODUCTS)
    with business_scope(actor.business_id):
        row = FileImport.objects.filter(id=import_id).defer("content").first()
    if row is None:
        raise FileImportNotFound(import_id=import_id)
    return _view(row)


def list_file_imports(*, actor: Actor) -> tuple[FileImportView, ...]:
    """This will list the imports of files that began last.

    Raises:
        PermissionMissing: without *manage products*.
    """
    actor.demand(Permission.MANAGE_PRODUCTS)
    with business_scope(actor.business_id):
        rows = FileImport.objects.defer("content").order_by("-created_at", "-id")[:RECENT]
        return tuple(map(_view, rows))


def list_file_rows(*, actor: Actor, import_id: UUID, verdict: RowVerdict, page: int = 1) -> RowList:
    """This will give one page of the rows of a verdict, in the order of the file.

    Raises:
        PermissionMissing: without *manage products*.
        FileImportNotFound: if the business has no such import.
    """
    found = get_file_import(actor=actor, import_id=import_id)
    page = max(1, page)
    first = (page - 1) * PAGE_SIZE
    with business_scope(actor.business_id):
        rows = FileRow.objects.filter(file_import_id=import_id, verdict=verdict)
        shown = list(rows.order_by("number")[first : first + PAGE_SIZE + 1])
    return RowList(
        rows=tuple(map(_view_row, shown[:PAGE_SIZE])),
        count=found.verdicts[verdict],
        page=page,
        has_more=len(shown) > PAGE_SIZE,
    )


def iterate_faults(*, actor: Actor, import_id: UUID) -> Iterator[tuple[int, str, Fault]]:
    """This will give every fault of a file with its row and that row's SKU, part by part.

    Raises:
        PermissionMissing: without *manage products*.
        FileImportNotFound: if the business has no such import.
    """
    get_file_import(actor=actor, import_id=import_id)
    after = 0
    while True:
        with business_scope(actor.business_id):
            rows = FileRow.objects.filter(
                file_import_id=import_id, verdict=RowVerdict.FAULTY, number__gt=after
            )
            part = list(rows.order_by("number")[:PART_ROWS])
        if not part:
            return
        for row in part:
            view = _view_row(row)
            for fault in view.faults:
                yield view.number, view.sku, fault
        after = part[-1].number


def _view(row: FileImport) -> FileImportView:
    match = row.match
    return FileImportView(
        id=row.id,
        state=FileState(row.state),
        file_name=row.file_name,
        actor_label=row.actor_label,
        total=row.total,
        looked_at=row.looked_at,
        verdicts={each: getattr(row, COUNTERS[each]) for each in RowVerdict},
        read_as=tuple((head, Column(column)) for column, head in match.get("heads", ())),
        left_aside=tuple(match.get("left_aside", ())),
        unknown=tuple(match.get("unknown", ())),
        missing=tuple(map(Column, match.get("missing", ()))),
        notes=tuple(row.notes),
        problem=row.problem,
        remedy=row.remedy,
        digest=row.digest,
        created_at=row.created_at,
        finished_at=row.finished_at,
    )


def _view_row(row: FileRow) -> RowView:
    plan = revive_plan(verdict=RowVerdict(row.verdict), text=row.plan)
    said = json.loads(row.said)["said"]
    return RowView(
        number=row.number,
        verdict=plan.verdict,
        sku=plan.terms.sku if plan.terms else said.get("sku") or "",
        name=plan.terms.name if plan.terms else said.get("name") or "",
        product_id=plan.product_id,
        terms=plan.terms,
        changes=plan.changes,
        faults=plan.faults,
    )
