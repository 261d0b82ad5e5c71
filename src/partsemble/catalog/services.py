"""Everything that writes the catalog."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from partsemble.catalog.errors import (
    ItemLinked,
    ProductChanged,
    ProductIdTaken,
    ProductNotFound,
    SkuTaken,
)
from partsemble.catalog.locked import lock_products
from partsemble.catalog.models import SEARCH_LENGTH, SORT_LENGTH, LinkChange, Product
from partsemble.catalog.queries import get_product, view_product
from partsemble.catalog.rules import (
    list_link_effects,
    list_term_changes,
    list_write_effects,
    settle_terms,
)
from partsemble.catalog.types import (
    LinkedChange,
    LinkedCreation,
    ProductTerms,
    ProductView,
    ProductWrite,
    fold_sku,
)
from partsemble.database.bulk import (
    BulkWrite,
    insert_rows,
    prepare_insert,
    prepare_update,
    update_rows,
)
from partsemble.database.clock import read_database_clock
from partsemble.database.ids import new_id, new_ids
from partsemble.database.scope import business_scope
from partsemble.identity.services import prepare_activities, record_activities, record_activity
from partsemble.identity.types import Deed, FieldChange
from partsemble.kernel.actor import Actor
from partsemble.kernel.ids import ProductId
from partsemble.kernel.permissions import Permission

_SUBJECT: Final = "product"
_IMPORTED: Final = ("is_active", "is_item_active", "revision", "created_at")
_SIGNED: Final = ("user_id", "actor_label", "recorded_at")


def create_product(
    *, actor: Actor, terms: ProductTerms, product_id: UUID | None = None
) -> ProductView:
    """This will store a product of its own, linked to nothing (PROD-1).

    Arguments:
        terms: what is said of it.
        product_id: chosen beforehand; a product that has it already is given back as it is, so
            that a repeated attempt makes no second one.

    Raises:
        PermissionMissing: without *manage products*.
        InvalidInput: for a field that can't be kept.
        SkuTaken: if another product has the SKU.
        ProductIdTaken: if the id is in use elsewhere.
    """
    actor.demand(Permission.MANAGE_PRODUCTS)
    settled = settle_terms(terms)
    row_id = product_id or new_id()
    with business_scope(actor.business_id), transaction.atomic():
        made = Product.objects.filter(id=row_id).first()
        if made is not None:
            return view_product(row=made)
        try:
            with transaction.atomic():
                Product.objects.create(
                    id=row_id, business_id=actor.business_id, **list_columns(terms=settled)
                )
        except IntegrityError as error:
            raise _explain_taken(settled, row_id) from error
        _record(actor, "created", row_id, settled.sku)
        return get_product(actor=actor, product_id=row_id)


def edit_product(
    *, actor: Actor, product_id: UUID, terms: ProductTerms, revision: int
) -> ProductView:
    """This will make a product what it is said to be now; saying the same changes nothing.

    Arguments:
        terms: all of them, the unchanged ones too.
        revision: of the product that the change was made against.

    Raises:
        PermissionMissing: without *manage products*.
        InvalidInput: for a field that can't be kept.
        ProductNotFound: if the business has no such product.
        ProductChanged: if somebody changed it since.
        SkuTaken: if another product has the SKU.
    """
    actor.demand(Permission.MANAGE_PRODUCTS)
    settled = settle_terms(terms)
    with business_scope(actor.business_id), transaction.atomic():
        known = get_product(actor=actor, product_id=product_id)
        if known.terms == settled:
            return known
        _demand_revision(known, revision)
        try:
            with transaction.atomic():
                _change(known, list_columns(terms=settled))
        except IntegrityError as error:
            raise _explain_taken(settled, product_id) from error
        changes = list_term_changes(before=known.terms, after=settled)
        _record(actor, "edited", product_id, settled.sku, changes)
        return get_product(actor=actor, product_id=product_id)


def set_product_active(
    *, actor: Actor, product_id: UUID, is_active: bool, revision: int
) -> ProductView:
    """This will take a product out of use, or back; its stock and history stay.

    Raises:
        PermissionMissing: without *manage products*.
        ProductNotFound: if the business has no such product.
        ProductChanged: if somebody changed it since.
    """
    actor.demand(Permission.MANAGE_PRODUCTS)
    with business_scope(actor.business_id), transaction.atomic():
        known = get_product(actor=actor, product_id=product_id)
        if known.is_active == is_active:
            return known
        _demand_revision(known, revision)
        _change(known, {"is_active": is_active})
        _record(actor, "activated" if is_active else "deactivated", product_id, known.sku)
        return get_product(actor=actor, product_id=product_id)


def set_accounting_item(
    *, actor: Actor, product_id: UUID, item_id: UUID | None, is_item_active: bool = True
) -> ProductView:
    """This will link a product to an item of the books, or to none, and remember the change.

    Only `sync` calls it: it knows that the item is one of the business's present books.

    Arguments:
        item_id: None takes the link away.
        is_item_active: as the books have the item now.

    Raises:
        PermissionMissing: without *manage products*.
        ProductNotFound: if the business has no such product.
        ItemLinked: if the item belongs to another product.
    """
    actor.demand(Permission.MANAGE_PRODUCTS)
    with business_scope(actor.business_id), transaction.atomic():
        known = get_product(actor=actor, product_id=product_id)
        if known.accounting_item_id == item_id:
            return known
        try:
            with transaction.atomic():
                columns = {"accounting_item_id": item_id, "is_item_active": is_item_active}
                _change(known, columns)
        except IntegrityError as error:
            raise _explain_linked(item_id) from error
        LinkChange.objects.create(
            business_id=actor.business_id,
            product_id=product_id,
            from_item_id=known.accounting_item_id,
            to_item_id=item_id,
            user_id=actor.user_id,
            actor_label=actor.label,
        )
        _record(actor, "linked" if item_id else "unlinked", product_id, known.sku)
        return get_product(actor=actor, product_id=product_id)


def import_products(*, actor: Actor, creations: Sequence[LinkedCreation]) -> None:
    """This will store products that were made of items of the books, in the caller's transaction.

    Only `sync` calls it, for many at a time; it says in the activity log how many it were.

    Raises:
        PermissionMissing: without *run syncs and import items*.
        InvalidInput: for a field that can't be kept.
        IntegrityError: if a SKU or an item belongs to another product; nothing is kept then.
    """
    actor.demand(Permission.RUN_SYNC)
    now = read_database_clock()
    columns = [list_columns(terms=settle_terms(each.terms)) for each in creations]
    insert_rows(
        model=Product,
        columns=("id", "business_id", "accounting_item_id", *_IMPORTED, *columns[0]),
        rows=[
            (each.id, actor.business_id, each.item_id, True, True, 1, now, *values.values())
            for each, values in zip(creations, columns, strict=True)
        ],
    )
    insert_rows(
        model=LinkChange,
        columns=("id", "business_id", "product_id", "to_item_id", *_SIGNED),
        rows=[
            (row_id, actor.business_id, each.id, each.item_id, actor.user_id, actor.label, now)
            for row_id, each in zip(new_ids(len(creations)), creations, strict=True)
        ],
    )


def prepare_products(*, actor: Actor, writes: Sequence[ProductWrite]) -> tuple[BulkWrite, ...]:
    """This will make ready what stores many products, new and changed ones.

    Executing them all belongs into one transaction of the caller's that began with
    `hold_products`; it fails with IntegrityError if a SKU belongs to another product. The
    activity log hears of each; whoever calls it says there what it was altogether.

    Raises:
        PermissionMissing: without *manage products*.
        InvalidInput: for a field that can't be kept.
    """
    actor.demand(Permission.MANAGE_PRODUCTS)
    now = read_database_clock()
    fresh, known = [], []
    columns: tuple[str, ...] = ()
    for each in writes:
        values = list_columns(terms=settle_terms(each.terms))
        columns = tuple(values)
        if each.revision:
            where = (each.id, actor.business_id, each.revision)
            known.append((*values.values(), each.is_active, each.revision + 1, *where))
        else:
            fixed = (each.id, actor.business_id, each.is_active, True, 1, now)
            fresh.append((*fixed, *values.values()))
    return (
        prepare_insert(
            model=Product, columns=("id", "business_id", *_IMPORTED, *columns), rows=fresh
        ),
        prepare_update(
            model=Product,
            columns=(*columns, "is_active", "revision"),
            where=("id", "business_id", "revision"),
            rows=known,
        ),
        prepare_activities(actor=actor, deeds=_tell_writes(actor, writes), recorded_at=now),
    )


def hold_products(*, actor: Actor, revisions: Mapping[ProductId, int]) -> None:
    """This will hold products as they are known until the caller's transaction ends.

    Arguments:
        revisions: of each product, as it was read.

    Raises:
        PermissionMissing: without *manage products*.
        ProductChanged: if somebody changed one of them since.
    """
    actor.demand(Permission.MANAGE_PRODUCTS)
    rows = lock_products(rows=Product.objects.filter(id__in=revisions))
    if dict(rows.values_list("id", "revision")) != revisions:
        raise ProductChanged(sku="One of the products", known=0, revision=0)


def follow_items(*, actor: Actor, changes: Sequence[LinkedChange]) -> int:
    """This will make linked products what their items say, in the caller's transaction (ITEM-6).

    Only `sync` calls it, with products that are locked in that transaction.

    Arguments:
        actor: who is said to have done it; for a sync it needs no permission.
    """
    if not changes:
        return 0
    said = [(each, settle_terms(each.terms)) for each in changes]
    rows = [
        (
            *list_columns(terms=terms).values(),
            each.is_item_active,
            each.product.revision + 1,
            each.product.id,
            actor.business_id,
            each.product.revision,
        )
        for each, terms in said
    ]
    told = [
        (each.product.id, terms.sku, list_link_effects(change=each, settled=terms))
        for each, terms in said
    ]
    record_activities(
        actor=actor,
        deeds=[
            Deed("followed", _SUBJECT, product_id, sku, effects)
            for product_id, sku, effects in told
            if effects
        ],
    )
    columns = (*list_columns(terms=changes[0].terms), "is_item_active", "revision")
    where = ("id", "business_id", "revision")
    return update_rows(model=Product, columns=columns, where=where, rows=rows)


def list_columns(*, terms: ProductTerms) -> dict[str, object]:
    """This will give the columns in which settled terms are kept."""
    sku_key = fold_sku(terms.sku)
    place = terms.name.casefold()
    return {
        "sku": terms.sku,
        "sku_key": sku_key,
        "name": terms.name,
        "sort_name": place[:SORT_LENGTH],
        "search_text": f"{sku_key}\n{place}"[:SEARCH_LENGTH],
        "description": terms.description,
        "type": terms.type,
        "is_stocked": terms.is_stocked,
        "unit": terms.unit,
        "unit_cost": terms.unit_cost,
        "selling_price": terms.selling_price,
        "reorder_point": terms.reorder_point,
    }


def _demand_revision(known: ProductView, revision: int) -> None:
    if known.revision != revision:
        raise ProductChanged(sku=known.sku, known=revision, revision=known.revision)


def _change(known: ProductView, columns: Mapping[str, object]) -> None:
    """Write columns of the row, provided that it is as it was read in this transaction."""
    rows = Product.objects.filter(id=known.id, revision=known.revision)
    if not rows.update(**columns, revision=F("revision") + 1):
        raise ProductChanged(sku=known.sku, known=known.revision, revision=known.revision + 1)


def _explain_taken(terms: ProductTerms, product_id: UUID) -> Exception:
    others = Product.objects.filter(sku_key=fold_sku(terms.sku)).exclude(id=product_id)
    other = others.values("sku", "id").first()
    if other is None:
        return ProductIdTaken(product_id=product_id)
    return SkuTaken(sku=other["sku"], product_id=other["id"])


def _explain_linked(item_id: UUID | None) -> Exception:
    other = Product.objects.filter(accounting_item_id=item_id).values("sku", "id").first()
    if other is None:
        return ProductNotFound(item_id=item_id)
    return ItemLinked(sku=other["sku"], product_id=other["id"])


def _tell_writes(actor: Actor, writes: Sequence[ProductWrite]) -> list[Deed]:
    """Tell of each product what is to be written, before it is."""
    with business_scope(actor.business_id):
        rows = Product.objects.filter(id__in=[each.id for each in writes if each.revision])
        known = {row.id: view_product(row=row) for row in rows}
    return [
        Deed(
            verb="filed",
            subject=_SUBJECT,
            subject_id=each.id,
            subject_label=each.terms.sku,
            changes=list_write_effects(write=each, known=known.get(each.id)),
        )
        for each in writes
    ]


def _record(
    actor: Actor, verb: str, product_id: UUID, sku: str, changes: Sequence[FieldChange] = ()
) -> None:
    record_activity(
        actor=actor,
        verb=verb,
        subject=_SUBJECT,
        subject_id=product_id,
        subject_label=sku,
        changes=changes,
    )
