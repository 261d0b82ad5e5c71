"""Making products of what a preview has shown: all of it, or nothing.

A plan holds as long as what it was made from: its product's revision, that nobody took the SKU of
a new one, that the books claim no field that it changes, and that nothing is there of a product
that is no longer to be stocked. So nothing is planned again. What is to be written is made ready
first, and the transaction, for which everybody else waits on SQLite, only looks whether all of
this is so and writes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction

from partsemble.catalog.errors import ProductChanged
from partsemble.catalog.queries import find_products_by_sku
from partsemble.catalog.services import hold_products, prepare_products
from partsemble.catalog.types import ProductView, ProductWrite, fold_sku
from partsemble.database.bulk import BulkWrite
from partsemble.database.clock import DatabaseClock
from partsemble.database.ids import new_id
from partsemble.database.scope import business_scope
from partsemble.files.models import FileImport, FileRow
from partsemble.files.rules.planning import RowPlan, revive_plan
from partsemble.files.services.moving import enter_state, make_importer
from partsemble.files.services.reading import Report
from partsemble.files.types import Column, FileState, RowVerdict
from partsemble.identity.services import record_activity
from partsemble.kernel.actor import Actor
from partsemble.kernel.ids import BusinessId, ProductId
from partsemble.stock.errors import ProductNotStocked
from partsemble.stock.services.posting import hold_balances
from partsemble.sync.queries.linking import find_owned_fields
from partsemble.sync.types import FOLLOWED_FIELDS


class _Outdated(Exception):
    """A row would do something else now than its preview says."""


@dataclass(frozen=True, slots=True)
class _Work:
    """What is to be written, and what has to be so for that."""

    actor: Actor
    statements: tuple[BulkWrite, ...]
    revisions: Mapping[ProductId, int]
    leaving: Sequence[ProductId]
    """Products that are no longer to be stocked."""
    linked: Sequence[tuple[ProductView, frozenset[str]]]
    """Linked products of which fields change that the books may claim."""

    def hold(self) -> None:
        """This will see that all is as the plans know it, until the transaction ends."""
        # Whoever posts holds the balance first and the product after it, and so do we.
        there = hold_balances(actor=self.actor, product_ids=self.leaving) if self.leaving else {}
        if any(each.on_hand or each.shortage for each in there.values()):
            raise _Outdated
        hold_products(actor=self.actor, revisions=self.revisions)
        products = [product for product, _ in self.linked]
        owned = find_owned_fields(actor=self.actor, products=products)
        if any(owned.get(product.id, frozenset()) & fields for product, fields in self.linked):
            raise _Outdated


def apply_file_import(*, business_id: BusinessId, import_id: UUID, report: Report) -> None:
    """This will write what an import's preview has shown, or nothing if that is not so any more.

    Arguments:
        report: hears of it, inside the transaction that writes.
    """
    with business_scope(business_id):
        row = FileImport.objects.defer("content").get(id=import_id)
    if row.state != FileState.APPLYING:
        return
    work = _make_ready(row)
    try:
        with business_scope(business_id), transaction.atomic():
            work.hold()
            for each in work.statements:
                each.execute()
            _tell(work.actor, row)
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


def _make_ready(row: FileImport) -> _Work:
    actor = make_importer(row=row)
    with business_scope(actor.business_id):
        kept = FileRow.objects.filter(file_import_id=row.id).order_by("number")
        plans = [
            revive_plan(verdict=RowVerdict(verdict), text=text)
            for verdict, text in kept.values_list("verdict", "plan")
        ]
    return _Work(
        actor=actor,
        statements=prepare_products(
            actor=actor, writes=[write for each in plans for write in _write(each)]
        ),
        revisions={ProductId(each.product_id): each.revision for each in plans if each.product_id},
        leaving=[
            ProductId(each.product_id) for each in plans if each.product_id and _leaves_stock(each)
        ],
        linked=list(_list_linked(actor, plans)),
    )


def _write(plan: RowPlan) -> Iterator[ProductWrite]:
    if plan.verdict in (RowVerdict.CREATE, RowVerdict.CHANGE) and plan.terms is not None:
        product_id = ProductId(plan.product_id or new_id())
        yield ProductWrite(product_id, plan.terms, plan.is_active, plan.revision)


def _leaves_stock(plan: RowPlan) -> bool:
    return any(each.column is Column.IS_STOCKED and each.after is False for each in plan.changes)


def _list_linked(
    actor: Actor, plans: Sequence[RowPlan]
) -> Iterator[tuple[ProductView, frozenset[str]]]:
    changed = {
        fold_sku(plan.terms.sku): fields
        for plan in plans
        if plan.terms and (fields := FOLLOWED_FIELDS & {each.column for each in plan.changes})
    }
    for key, product in find_products_by_sku(actor=actor, sku_keys=changed).items():
        if product.accounting_item_id is not None:
            yield product, changed[key]


def _tell(actor: Actor, row: FileImport) -> None:
    record_activity(
        actor=actor,
        verb="imported",
        subject="products",
        subject_id=row.id,
        subject_label=f"{row.creates:,} new, {row.changes:,} changed, from {row.file_name}"[:200],
    )
