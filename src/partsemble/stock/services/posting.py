"""The one way into the ledger: every app that moves stock posts its events here (STOCK-1).

An event is named by its key. Whoever is not sure whether an attempt arrived posts again under the
same key and gets the entry that there is; another content under the key is refused. The business
date is no part of the content: whoever repeats an attempt after midnight means the same event.

A posting holds the balances of all products that it moves until its transaction ends. Whoever has
to look at a balance before deciding what to post takes hold of it first, with `hold_balances`, in
the same transaction; and whoever posts more than once in a transaction takes hold of all of them
beforehand.
"""

from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256
from types import MappingProxyType
from typing import Final

import msgspec
from django.db import transaction
from django.db.models import F, Min, Sum

from partsemble.catalog.errors import ProductNotFound
from partsemble.catalog.queries import ProductFilter, select_products
from partsemble.database.models import Among
from partsemble.database.scope import business_scope
from partsemble.identity.services import record_activity
from partsemble.kernel.actor import Actor
from partsemble.kernel.errors import InvalidInput
from partsemble.kernel.ids import EntryId, ProductId
from partsemble.kernel.numbers import to_units
from partsemble.kernel.permissions import Permission
from partsemble.stock.errors import (
    PostingKeyReused,
    ProductNotStocked,
    ShortageRemains,
    StockRemains,
)
from partsemble.stock.locked import lock_balances
from partsemble.stock.models import StockEntry, StockMove
from partsemble.stock.rules import OpenShortage, Shelf, check_lines, settle_lines
from partsemble.stock.services.writing import Posting, write_postings
from partsemble.stock.types import (
    KEY_LENGTH,
    NOTES_LENGTH,
    Balance,
    Counterpart,
    EntryDraft,
    EntryKind,
    PostedEntry,
)

PERMISSIONS: Final[Mapping[EntryKind, frozenset[Permission]]] = MappingProxyType(
    {
        EntryKind.OPENING: frozenset({Permission.RUN_SYNC, Permission.ADJUST_STOCK}),
        EntryKind.ADJUSTMENT: frozenset({Permission.ADJUST_STOCK}),
        EntryKind.SYNC: frozenset({Permission.RUN_SYNC}),
        EntryKind.SYNC_COST: frozenset({Permission.RUN_SYNC}),
    }
)
"""One of these it takes to post an entry of a kind; other kinds are not posted by asking."""


def post_entry(*, actor: Actor, draft: EntryDraft) -> PostedEntry:
    """This will post one event, tell the activity log, and give its entry.

    Raises:
        PermissionMissing, ProductNotFound, ProductNotStocked, InvalidInput, NotEnoughStock,
        PostingKeyReused, QuantityTooLarge, UnitCostTooLarge, ValueTooLarge: as `post_entries`.
    """
    with business_scope(actor.business_id), transaction.atomic():
        (posted,) = post_entries(actor=actor, drafts=[draft])
        if posted.is_new:
            record_activity(
                actor=actor,
                verb="posted",
                subject="stock_entry",
                subject_id=posted.id,
                subject_label=str(posted.number),
            )
    return posted


def post_entries(*, actor: Actor, drafts: Sequence[EntryDraft]) -> tuple[PostedEntry, ...]:
    """This will post events in their order, all of them or none, and give their entries.

    For runs that post many; whoever calls it tells the activity log about all of them in one line.

    Arguments:
        drafts: as many as one transaction should hold, some hundreds.

    Raises:
        PermissionMissing: without what it takes for one of the kinds.
        InvalidInput: for a key, notes or lines that can't be kept.
        ProductNotFound: if the business has no such product.
        ProductNotStocked: if a product is not kept in stock.
        PostingKeyReused: if a key stands for an entry of other content.
        NotEnoughStock: if a line takes what is not there and may not fall short.
        QuantityTooLarge, UnitCostTooLarge, ValueTooLarge: if a number reaches its limit.
    """
    for draft in drafts:
        _demand(actor, draft.kind)
        _check(draft)
    product_ids = {line.product_id for draft in drafts for line in draft.lines}
    with business_scope(actor.business_id), transaction.atomic():
        shelf = hold_shelf(actor=actor, product_ids=product_ids)
        found = _find_posted([draft.key for draft in drafts])
        postings: list[Posting] = []
        for draft in drafts:
            fingerprint = _make_fingerprint(draft)
            if draft.key not in found:
                found[draft.key] = fingerprint, None
                postings.append(_settle(draft, fingerprint, shelf))
            _demand_same(draft.key, found[draft.key], fingerprint)
        written = write_postings(actor=actor, postings=postings, balances=shelf.balances)
    fresh = {posting.key: entry for posting, entry in zip(postings, written, strict=True)}
    return tuple(found[draft.key][1] or fresh[draft.key] for draft in drafts)


def post_first_entries(
    *, actor: Actor, drafts: Sequence[EntryDraft], skus: Mapping[ProductId, str]
) -> tuple[PostedEntry, ...]:
    """This will post with what stocked products begin that the caller's transaction has made.

    Nobody else knows them yet: there is no balance to hold, and no earlier posting to find.

    Arguments:
        skus: of all of them.

    Raises:
        PermissionMissing, InvalidInput, NotEnoughStock, QuantityTooLarge, UnitCostTooLarge,
        ValueTooLarge: as `post_entries`.
        IntegrityError, PostingKeyReused: if one of the products has moved before; nothing is kept.
    """
    for draft in drafts:
        _demand(actor, draft.kind)
        _check(draft)
    shelf = Shelf(balances={}, shortages={}, skus=skus)
    postings = [_settle(draft, _make_fingerprint(draft), shelf) for draft in drafts]
    with business_scope(actor.business_id), transaction.atomic():
        written = write_postings(
            actor=actor, postings=postings, balances=shelf.balances, are_first=True
        )
    return tuple(written)


def hold_balances(*, actor: Actor, product_ids: Collection[ProductId]) -> dict[ProductId, Balance]:
    """This will hold the balances of products until the caller's transaction ends.

    Raises:
        ProductNotFound: if the business has no such product.
        ProductNotStocked: if a product is not kept in stock.
    """
    return hold_shelf(actor=actor, product_ids=product_ids).balances


def demand_nothing_there(*, actor: Actor, product_id: ProductId) -> None:
    """This will see that nothing is there of a product and nothing is missing (PROD-1).

    It stays so until the caller's transaction ends: nobody else moves the product meanwhile.

    Raises:
        ProductNotFound: if the business has no such product.
        ProductNotStocked: if it is not kept in stock anyway.
        StockRemains: if something is there.
        ShortageRemains: if something is missing.
    """
    shelf = hold_shelf(actor=actor, product_ids=[product_id])
    there, sku = shelf.balances[product_id], shelf.skus[product_id]
    if there.on_hand:
        raise StockRemains(sku=sku, on_hand=there.on_hand)
    if there.shortage:
        raise ShortageRemains(sku=sku, shortage=there.shortage)


def hold_shelf(*, actor: Actor, product_ids: Collection[ProductId]) -> Shelf:
    """This will hold balances, and what is missing, inside the caller's scope and transaction.

    Raises:
        ProductNotFound: if the business has no such product.
        ProductNotStocked: if a product is not kept in stock.
    """
    balances = lock_balances(business_id=actor.business_id, product_ids=product_ids)
    # Only now: whoever took a product out of stock meanwhile held its balance, too.
    skus = _name_products(product_ids)
    short = [product_id for product_id, each in balances.items() if each.shortage]
    return Shelf(balances=balances, shortages=_list_shortages(short), skus=skus)


def _demand(actor: Actor, kind: EntryKind) -> None:
    wanted = PERMISSIONS[kind]
    if not any(actor.is_allowed(each) for each in wanted):
        actor.demand(min(wanted))


def _check(draft: EntryDraft) -> None:
    check_lines(draft.lines)
    if not 1 <= len(draft.key) <= KEY_LENGTH:
        raise AssertionError(f"a key has 1 to {KEY_LENGTH} characters: {draft.key}")
    if len(draft.notes) > NOTES_LENGTH:
        raise InvalidInput(
            field="notes",
            problem=f"Notes have at most {NOTES_LENGTH:,} characters.",
            remedy="Say it in fewer words.",
        )


def _settle(draft: EntryDraft, fingerprint: str, shelf: Shelf) -> Posting:
    return Posting(
        key=draft.key,
        fingerprint=fingerprint,
        occurred_on=draft.occurred_on,
        settled=settle_lines(kind=draft.kind, lines=draft.lines, shelf=shelf),
        source=draft.source,
        reason=draft.reason,
        notes=draft.notes,
    )


def _name_products(product_ids: Collection[ProductId]) -> dict[ProductId, str]:
    rows = select_products(wanted=ProductFilter(is_active=None)).filter(id__in=product_ids)
    skus = {}
    for product_id, sku, is_stocked in rows.values_list("id", "sku", "is_stocked"):
        if not is_stocked:
            raise ProductNotStocked(sku=sku)
        skus[ProductId(product_id)] = sku
    for product_id in product_ids:
        if product_id not in skus:
            raise ProductNotFound(product_id=product_id)
    return skus


def _list_shortages(
    product_ids: Sequence[ProductId],
) -> dict[ProductId, list[OpenShortage]]:
    """On whose behalf the open shortages of products are, the oldest first."""
    if not product_ids:
        return {}
    rows = (
        StockMove.objects.filter(product_id__in=product_ids)
        .exclude(shortage=0)
        .values("product_id", "counterpart")
        .annotate(missing=Sum("shortage"), since=Min("number"))
        .order_by("since")
    )
    found: dict[ProductId, list[OpenShortage]] = {}
    for row in rows:
        if row["missing"] > 0:
            missing = OpenShortage(Counterpart(row["counterpart"]), row["missing"])
            found.setdefault(ProductId(row["product_id"]), []).append(missing)
    return found


def _make_fingerprint(draft: EntryDraft) -> str:
    """Give what stands for the content of a draft."""
    lines = [
        (
            *(each.product_id, each.counterpart, to_units(each.quantity)),
            *(None if each.value is None else to_units(each.value), each.may_fall_short),
        )
        for each in draft.lines
    ]
    content = [draft.kind, lines, draft.source, draft.reason, draft.notes]
    return sha256(msgspec.json.encode(content)).hexdigest()


type _Known = tuple[str, PostedEntry | None]
"""A fingerprint, and the entry that was posted before; None: it comes with this posting."""


def _find_posted(keys: Sequence[str]) -> dict[str, _Known]:
    rows = StockEntry.objects.filter(Among(F("key"), keys))
    columns = rows.values_list("key", "fingerprint", "id", "number")
    return {
        key: (fingerprint, PostedEntry(id=EntryId(entry_id), number=number, is_new=False))
        for key, fingerprint, entry_id, number in columns
    }


def _demand_same(key: str, known: _Known, fingerprint: str) -> None:
    if known[0] != fingerprint:
        raise PostingKeyReused(key=key)
