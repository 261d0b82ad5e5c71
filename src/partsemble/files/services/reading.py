"""Reading a file and storing what would become of each of its rows."""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from partsemble.database.bulk import insert_rows, iterate_chunks
from partsemble.database.clock import DatabaseClock
from partsemble.database.scope import business_scope
from partsemble.files.errors import FileUnreadable
from partsemble.files.models import FileImport, FileRow
from partsemble.files.opening import open_table
from partsemble.files.queries import COUNTERS
from partsemble.files.rules.cells import CellRefused, read_cell
from partsemble.files.rules.columns import ColumnMatch, match_columns
from partsemble.files.rules.planning import RowPlan, SaidRow, write_plan, write_said
from partsemble.files.services.comparing import plan_all
from partsemble.files.services.moving import enter_state, make_importer
from partsemble.files.types import Column, Fault, FileState, RowVerdict, Table, TableRow
from partsemble.kernel.ids import BusinessId

type Report = Callable[[Mapping[str, Any]], None]


def read_file_import(*, business_id: BusinessId, import_id: UUID, report: Report) -> None:
    """This will read the file of an import and say what would become of each row.

    Arguments:
        report: hears how far it is, inside each transaction that writes.
    """
    with business_scope(business_id):
        row = FileImport.objects.get(id=import_id)
    if row.state != FileState.READING:
        return

    def tell(rows: int) -> None:
        # How many there will be is not known before the last one.
        with business_scope(business_id), transaction.atomic():
            FileImport.objects.filter(id=import_id).update(looked_at=rows, total=0)
            report({"import": str(import_id), "done": rows})

    tell(0)
    try:
        table = open_table(content=bytes(row.content or b""), name=row.file_name, hear_rows=tell)
        match = match_columns(table.head)
    except FileUnreadable as refusal:
        problem, remedy = str(refusal.facts["problem"]), str(refusal.facts["remedy"])
        with business_scope(business_id), transaction.atomic():
            enter_state(
                import_id=import_id,
                state=FileState.REFUSED,
                content=None,
                problem=problem[:1000],
                remedy=remedy[:1000],
                finished_at=DatabaseClock(),
            )
            report({"import": str(import_id)})
        return
    _store_plans(row, table, match, report)


def _store_plans(row: FileImport, table: Table, match: ColumnMatch, report: Report) -> None:
    business_id = BusinessId(row.business_id)
    said = [_say_row(each, table, match) for each in table.rows]
    with business_scope(business_id), transaction.atomic():
        FileRow.objects.filter(file_import_id=row.id).delete()
        FileImport.objects.filter(id=row.id).update(
            total=len(said), looked_at=0, match=_write_match(match), notes=list(table.notes)
        )
        report({"import": str(row.id), "done": 0, "total": len(said)})
    counts: Counter[RowVerdict] = Counter()
    digest = hashlib.sha256()
    looked_at = 0
    for part in plan_all(actor=make_importer(row=row), said=said, heads=match.heads):
        for one, plan in part:
            counts[plan.verdict] += 1
            digest.update(f"{one.number}:{plan.verdict}:{write_plan(plan=plan)}\n".encode())
        for chunk in iterate_chunks(part, prepare=lambda each: each):
            with business_scope(business_id), transaction.atomic():
                _insert_plans(row, chunk)
                looked_at += len(chunk)
                FileImport.objects.filter(id=row.id).update(looked_at=looked_at)
                report({"import": str(row.id), "done": looked_at, "total": len(said)})
    with business_scope(business_id), transaction.atomic():
        columns: dict[str, Any] = {COUNTERS[each]: counts[each] for each in RowVerdict}
        FileImport.objects.filter(id=row.id).update(digest=digest.hexdigest(), **columns)
        enter_state(import_id=row.id, state=FileState.CHECKED)
        report({"import": str(row.id), "done": looked_at, "total": len(said)})


def _say_row(row: TableRow, table: Table, match: ColumnMatch) -> SaidRow:
    said: dict[Column, object] = {}
    faults = []
    for column, place in match.places.items():
        cell = row.cells[place] if place < len(row.cells) else None
        try:
            said[column] = read_cell(column=column, cell=cell, is_semicolon=table.is_semicolon)
        except CellRefused as refusal:
            faults.append(Fault(match.heads[column], refusal.problem, refusal.remedy))
    beyond = [each for each in row.cells[len(table.head) :] if each not in (None, "")]
    if beyond:
        faults.append(
            Fault(
                "",
                "The row has more cells than the head.",
                "Put cells that hold the separator between quotation marks.",
            )
        )
    return SaidRow(number=row.number, said=said, faults=tuple(faults))


def _insert_plans(row: FileImport, part: Sequence[tuple[SaidRow, RowPlan]]) -> None:
    insert_rows(
        model=FileRow,
        columns=("business_id", "file_import_id", "number", "verdict", "said", "plan"),
        rows=[
            (
                row.business_id,
                row.id,
                one.number,
                plan.verdict.value,
                write_said(row=one),
                write_plan(plan=plan),
            )
            for one, plan in part
        ],
    )


def _write_match(match: ColumnMatch) -> dict[str, Any]:
    return {
        "heads": [[column.value, head] for column, head in match.heads.items()],
        "left_aside": list(match.left_aside),
        "unknown": list(match.unknown),
        "missing": list(match.missing),
    }
