"""Making products of what a preview has shown: all of it, or nothing."""

import json
from collections.abc import Iterator
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from partsemble.catalog.errors import ProductChanged
from partsemble.catalog.services import write_products
from partsemble.catalog.types import ProductWrite
from partsemble.database.clock import DatabaseClock
from partsemble.database.ids import new_id
from partsemble.database.scope import business_scope
from partsemble.files.models import FileImport, FileRow
from partsemble.files.rules.planning import RowPlan, revive_said, write_plan
from partsemble.files.services.comparing import plan_all
from partsemble.files.services.moving import enter_state, make_importer
from partsemble.files.services.reading import Report
from partsemble.files.types import Column, FileState, RowVerdict
from partsemble.identity.services import record_activity
from partsemble.kernel.actor import Actor
from partsemble.kernel.ids import BusinessId, ProductId
from partsemble.stock.errors import ProductNotStocked
from partsemble.stock.services.posting import hold_balances

_LEAVES_STOCK: Final = '["is_stocked", true, false]'
"""A change in the words of a plan; in a text of the file its signs would be quoted."""


class _Outdated(Exception):
    """A row would do something else now than its preview says."""


def apply_file_import(*, business_id: BusinessId, import_id: UUID, report: Report) -> None:
    """This will write what an import's preview has shown, or nothing if that is not so any more.

    Arguments:
        report: hears of it, inside the transaction that writes.
    """
    with business_scope(business_id):
        row = FileImport.objects.defer("content").get(id=import_id)
    if row.state != FileState.APPLYING:
        return
    try:
        with business_scope(business_id), transaction.atomic():
            _write_all(row)
            enter_state(
                import_id=import_id,
                state=FileState.APPLIED,
                content=None,
                finished_at=DatabaseClock(),
            )
            report({"import": str(import_id), "done": row.total, "total": row.total})
    except (_Outdated, ProductChanged, ProductNotStocked, IntegrityError):
        with business_scope(business_id), transaction.atomic():
            enter_state(import_id=import_id, state=FileState.OUTDATED)
            report({"import": str(import_id)})


def _write_all(row: FileImport) -> None:
    """Make every plan again and write it, if it is as it was."""
    actor = make_importer(row=row)
    heads = {Column(column): head for column, head in row.match["heads"]}
    kept = list(
        FileRow.objects.filter(file_import_id=row.id)
        .order_by("number")
        .values_list("number", "said", "plan")
    )
    said = [revive_said(number=number, text=text) for number, text, _ in kept]
    _hold_leaving(actor, [plan for _, _, plan in kept])
    plans = iter(plan for _, _, plan in kept)
    for part in plan_all(actor=actor, said=said, heads=heads, is_locked=True):
        if any(write_plan(plan=plan) != next(plans) for _, plan in part):
            raise _Outdated
        write_products(actor=actor, writes=[each for _, plan in part for each in _write(plan)])
    record_activity(
        actor=actor,
        verb="imported",
        subject="products",
        subject_id=row.id,
        subject_label=f"{row.creates:,} new, {row.changes:,} changed, from {row.file_name}"[:200],
    )


def _hold_leaving(actor: Actor, plans: list[str]) -> None:
    """Let nothing arrive of products that are no longer to be stocked.

    Whoever posts holds the balance first and the product after it, and so do we.
    """
    leaving = [
        ProductId(UUID(json.loads(plan)["product"])) for plan in plans if _LEAVES_STOCK in plan
    ]
    if leaving:
        hold_balances(actor=actor, product_ids=leaving)


def _write(plan: RowPlan) -> Iterator[ProductWrite]:
    if plan.verdict in (RowVerdict.CREATE, RowVerdict.CHANGE) and plan.terms is not None:
        product_id = ProductId(plan.product_id or new_id())
        yield ProductWrite(product_id, plan.terms, plan.is_active, plan.revision)
