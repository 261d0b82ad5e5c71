"""Rows of a large business, written past the services, which would take hours."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import batched
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from partsemble.kernel.actor import Actor

CHUNK = 5_000
NOUNS = ("lamp", "shade", "base", "harp", "finial", "cord", "switch", "socket", "reed", "ring")
WOODS = ("walnut", "oak", "ash", "cherry", "maple", "brass", "linen", "paper", "glass", "steel")
TYPES = ("raw_material", "component", "sub_assembly", "finished_good")
RUN_COUNTS = (
    *("read_rows", "planned_steps", "applied_steps", "created", "updated", "deactivated"),
    *("reactivated", "held_back", "skipped_unchanged", "problem_count", "corrected"),
    *("held_corrections", "refused_corrections", "differing"),
)


def fill(actor: "Actor", rows: int) -> UUID:
    """This will write so many items, products and moves past the services, which would take hours,

    and give the product that a tenth of the moves are of.
    """
    from django.db import connection, transaction

    from partsemble.accounting.models.calls import CallRecord
    from partsemble.accounting.models.items import Item
    from partsemble.accounting.queries.connections import look_up_connection
    from partsemble.catalog.models import Product
    from partsemble.database.bulk import insert_rows
    from partsemble.database.ids import new_id
    from partsemble.database.scope import business_scope
    from partsemble.stock.models import StockBalance, StockEntry, StockMove
    from partsemble.sync.models import ItemSync

    business_id = actor.business_id
    books = look_up_connection(business_id=business_id)
    assert books is not None  # noqa: S101 it was just connected
    ids = [new_id() for _ in range(rows)]
    tables: tuple[tuple[Any, Iterator[dict[str, object]]], ...] = (
        (Item, make_items(books.id, ids)),
        (Product, make_products(ids)),
        (StockBalance, make_balances(ids)),
        (StockEntry, make_entries(rows)),
        (StockMove, make_moves(ids)),
        (ItemSync, make_runs(books.id, rows)),
        (CallRecord, make_calls(books.id, rows)),
    )
    for model, made in tables:
        for part in batched(made, CHUNK):
            columns = ("business_id", *part[0])
            values = [(business_id, *each.values()) for each in part]
            with business_scope(business_id), transaction.atomic():
                insert_rows(model=model, columns=columns, rows=values)
    if connection.vendor == "postgresql":
        _analyze()
    return ids[0]


def _analyze() -> None:
    """As the server does by itself some minutes after so many rows came."""
    import os

    import psycopg

    with psycopg.connect(os.environ["PARTSEMBLE_MIGRATION_DATABASE_URL"], autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE")


def name_row(number: int) -> str:
    """This will name a product or item; numbers in a row have names in no order."""
    wood, noun = WOODS[number % 10], NOUNS[number // 10 % 10]
    return f"{(number * 7_919) % 1_000_003:07} {wood} {noun}"


def make_items(connection_id: UUID, ids: Sequence[UUID]) -> Iterator[dict[str, object]]:
    """This will make items, one for each product and with its id."""
    for number, row_id in enumerate(ids):
        name, sku = name_row(number), f"SKU-{number:07}"
        yield {
            "id": row_id,
            "connection_id": connection_id,
            "external_id": str(number),
            "name": name,
            "full_name": name,
            "sku": sku,
            "type": "inventory",
            "description": "",
            "unit_price": Decimal(number % 9_973),
            "quantity_on_hand": Decimal(number % 101),
            "income_account_id": "1",
            "expense_account_id": "2",
            "asset_account_id": "3",
            "is_active": number % 50 != 0,
            "revision": "0",
            "digest": f"{number:032}",
            "fingerprint": f"{number:032}",
            "sort_name": name,
            "search_text": f"{sku.lower()}\n{name}\n{number}",
            "is_hidden": number % 70 == 0,
        }


def make_products(ids: Sequence[UUID]) -> Iterator[dict[str, object]]:
    """This will make products; two of three are linked to their item."""
    now = datetime.now(UTC)
    for number, row_id in enumerate(ids):
        name, sku = name_row(number), f"SKU-{number:07}"
        yield {
            "id": row_id,
            "sku": sku,
            "sku_key": sku.lower(),
            "name": name,
            "sort_name": name,
            "search_text": f"{sku.lower()}\n{name}",
            "description": "",
            "type": TYPES[number % 4],
            "is_stocked": True,
            "unit": "pcs",
            "selling_price": Decimal(number % 9_973),
            "reorder_point": Decimal(5) if number % 3 == 0 else None,
            "is_active": number % 40 != 0,
            "accounting_item_id": row_id if number % 3 else None,
            "is_item_active": number % 50 != 0,
            "revision": 1,
            "created_at": now,
        }


def make_balances(ids: Sequence[UUID]) -> Iterator[dict[str, object]]:
    """This will make balances; one in a hundred is low."""
    for number, row_id in enumerate(ids):
        on_hand = Decimal(number % 300)
        yield {
            "product_id": row_id,
            "on_hand": on_hand,
            "value": on_hand * 2,
            "shortage": Decimal(0),
            "number": 1,
        }


def _describe_move(number: int) -> tuple[str, date]:
    day = date(2020, 1, 1) + timedelta(days=number // 500)
    return ("adjustment" if number % 4 == 0 else "sync"), day


def make_entries(rows: int) -> Iterator[dict[str, object]]:
    """This will make entries of one move each, five hundred a day."""
    now = datetime.now(UTC)
    for number in range(1, rows + 1):
        kind, day = _describe_move(number)
        yield {
            "id": UUID(int=number),
            "number": number,
            "kind": kind,
            "occurred_on": day,
            "recorded_at": now,
            "actor_label": "A benchmark",
            "source_kind": "",
            "key": str(number),
            "fingerprint": "",
            "reason": "",
            "notes": "",
            "move_count": 1,
        }


def make_moves(ids: Sequence[UUID]) -> Iterator[dict[str, object]]:
    """This will make moves; each tenth is of the first product."""
    for number in range(1, len(ids) + 1):
        kind, day = _describe_move(number)
        product = 0 if number % 10 == 0 else (number * 7_919) % len(ids)
        yield {
            "id": UUID(int=number),
            "entry_id": UUID(int=number),
            "number": number,
            "position": 1,
            "kind": kind,
            "occurred_on": day,
            "product_id": ids[product],
            "counterpart": "books",
            "quantity": Decimal(1),
            "value": Decimal(2),
            "shortage": Decimal(0),
            "on_hand_after": Decimal(number),
            "value_after": Decimal(2 * number),
            "shortage_after": Decimal(0),
        }


def make_runs(connection_id: UUID, rows: int) -> Iterator[dict[str, object]]:
    """This will make runs, one every ten minutes; one in a hundred failed."""
    now = datetime.now(UTC)
    for number in range(1, rows + 1):
        when = now - timedelta(minutes=10 * (rows - number + 1))
        yield {
            "id": UUID(int=number),
            "connection_id": connection_id,
            "trigger": ("schedule", "person", "webhook", "api")[number % 4],
            "actor_label": "A benchmark",
            "state": "finished" if number % 100 else "failed",
            "types": ["inventory"],
            "mode": "incremental" if number % 10 else "full",
            "full_reason": "",
            "layout": "",
            "is_preview": number % 50 == 0,
            "queued_at": when,
            "finished_at": when + timedelta(seconds=9),
            "is_whole": True,
            "is_holding": False,
            "is_plan_kept": False,
            **dict.fromkeys(RUN_COUNTS, 0),
            "skipped_by_type": {},
            "failure_code": "" if number % 100 else "try_later",
            "failure_facts": {},
        }


def make_calls(connection_id: UUID, rows: int) -> Iterator[dict[str, object]]:
    """This will make calls; one in two hundred was refused, one in ten is about each wood."""
    now = datetime.now(UTC)
    for number in range(1, rows + 1):
        wood = WOODS[number % 10]
        yield {
            "id": UUID(int=number),
            "connection_id": connection_id,
            "made_at": now - timedelta(seconds=rows - number),
            "provider": "qbo",
            "entity": "Item",
            "method": "GET",
            "outcome": "answered" if number % 200 else "refused",
            "status": 200 if number % 200 else 400,
            "error_code": "" if number % 200 else "6000",
            "milliseconds": number % 700,
            "attempt": 1,
            "lost_before": 0,
            "request_bytes": 0,
            "reply_bytes": 2_000,
            "trace_id": "",
            "caller": "A benchmark",
            "url": "https://localhost/v3/company/1/query",
            "search_text": f"/v3/company/1/query {wood} {number} a benchmark",
            "error_text": "",
            "query": {},
            "request_body": "",
            "reply_body": "{}",
        }
