"""The contestants of `products_in.py`: items that become products, and a workbook of them."""

import time
from typing import TYPE_CHECKING, Any

from memory import measure_memory

if TYPE_CHECKING:
    from partsemble.kernel.actor import Actor

PAGE = 1000


def import_items(*, actor: "Actor", count: int) -> dict[str, Any]:
    """This will make products of mirrored items, in one import as a person starts it."""
    from datetime import date

    from partsemble.sync.queries.importing import ImportChoices, Selection, get_import
    from partsemble.sync.rules.importing import Verdict
    from partsemble.sync.services.importing import carry_out_import, start_import

    _mirror_items(actor, count)
    idle, began, cpu = measure_memory(), time.perf_counter(), time.process_time()
    import_id = start_import(
        actor=actor,
        selection=Selection(),
        choices=ImportChoices(),
        occurred_on=date(2026, 11, 22),
    )
    previewed = time.perf_counter()

    carry_out_import(business_id=actor.business_id, import_id=import_id, report=_stay_silent)
    wall, spent = time.perf_counter() - began, time.process_time() - cpu
    done = get_import(actor=actor, import_id=import_id)
    if done.verdicts[Verdict.CREATE] < count:
        raise SystemExit(f"only {done.verdicts} of {count}")
    return {
        "wall": wall,
        "cpu": spent,
        "idle_mib": idle,
        "split": {"preview": previewed - began, "import": began + wall - previewed},
    }


def bring_workbook(*, actor: "Actor", count: int) -> dict[str, Any]:
    """This will read a workbook of new products, and import it."""
    import io

    import xlsxwriter

    from partsemble.files.queries import get_file_import
    from partsemble.files.services.applying import apply_file_import
    from partsemble.files.services.reading import read_file_import
    from partsemble.files.services.starting import confirm_file_import, start_file_import
    from partsemble.files.types import FileState

    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    sheet = book.add_worksheet("Products")
    sheet.write_row(0, 0, ["SKU", "Name", "Type", "Unit", "Cost", "Price", "Description"])
    for row in range(1, count + 1):
        words = [
            f"B-{row}",
            f"Benchmark part {row}",
            "Component",
            "pcs",
            round(row / 7, 4),
            row,
            "Grey",
        ]
        sheet.write_row(row, 0, words)
    book.close()
    idle, began, cpu = measure_memory(), time.perf_counter(), time.process_time()
    given = {"business_id": actor.business_id, "report": _stay_silent}
    import_id = start_file_import(actor=actor, name="bench.xlsx", content=content.getvalue())
    read_file_import(import_id=import_id, **given)
    was_read = time.perf_counter()
    shown = get_file_import(actor=actor, import_id=import_id)
    confirm_file_import(actor=actor, import_id=import_id, digest=shown.digest)
    apply_file_import(import_id=import_id, **given)
    wall, spent = time.perf_counter() - began, time.process_time() - cpu
    state = get_file_import(actor=actor, import_id=import_id).state
    if state is not FileState.APPLIED:
        raise SystemExit(f"{state}: {shown.verdicts}")
    return {
        "wall": wall,
        "cpu": spent,
        "idle_mib": idle,
        "split": {"read": was_read - began, "import": began + wall - was_read},
    }


def _stay_silent(progress: object) -> None:
    """Whoever carries the work out hears how far it is; here nobody does."""
    del progress


def _mirror_items(actor: "Actor", count: int) -> None:
    from datetime import UTC, datetime
    from decimal import Decimal

    from django.db import transaction

    from partsemble.accounting.documents import Item, ItemType
    from partsemble.accounting.queries.connections import look_up_connection
    from partsemble.accounting.services.items import ItemCreation, create_items
    from partsemble.database.ids import new_id
    from partsemble.database.scope import business_scope

    books = look_up_connection(business_id=actor.business_id)
    if books is None:
        raise SystemExit("The business is not connected.")
    for first in range(0, count, PAGE):
        items = [
            Item(
                external_id=str(number),
                name=f"Benchmark part {number}",
                full_name=f"Benchmark part {number}",
                sku=f"B-{number}",
                type=ItemType.INVENTORY,
                description="Grey",
                unit_price=Decimal(number) / 4,
                purchase_cost=Decimal(number) / 8,
                quantity_on_hand=Decimal(number % 50),
                inventory_start_date=None,
                income_account_id="79",
                expense_account_id="80",
                asset_account_id="81",
                is_active=True,
                revision="0",
                updated_at=datetime(2026, 11, 1, tzinfo=UTC),
            )
            for number in range(first + 1_000_000, min(first + PAGE, count) + 1_000_000)
        ]
        with business_scope(actor.business_id), transaction.atomic():
            create_items(
                business_id=actor.business_id,
                connection_id=books.id,
                creations=[ItemCreation(id=new_id(), item=item) for item in items],
            )
