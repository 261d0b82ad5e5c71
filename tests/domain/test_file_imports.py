"""Products come out of files whole, as their preview has said, or not at all (PROD-1)."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.support.cast import Cast
from tests.support.files import (
    TABLE,
    apply,
    be_silent,
    bring,
    count,
    list_rows,
    list_skus,
    make_workbook,
)
from tests.support.jobs import let_lease_end, take_job
from tests.support.products import make_product

from partsemble.catalog.queries import (
    ProductFilter,
    ProductOrder,
    find_product,
    list_products,
)
from partsemble.catalog.types import ProductTerms, ProductType
from partsemble.database.clock import read_database_clock
from partsemble.database.ids import new_id
from partsemble.database.scope import business_scope
from partsemble.files import workbook
from partsemble.files.errors import (
    FileHasFaults,
    FileImportMoved,
    FileImportNotFound,
    FileUnreadable,
    NothingInFile,
)
from partsemble.files.models import FileImport, FileRow
from partsemble.files.queries import (
    get_file_import,
    iterate_faults,
    list_file_imports,
    list_file_rows,
)
from partsemble.files.services.applying import apply_file_import
from partsemble.files.services.reading import read_file_import
from partsemble.files.services.starting import (
    KEEP_DAYS,
    check_file_again,
    confirm_file_import,
    forget_old_files,
    give_up_file_import,
    start_file_import,
)
from partsemble.files.types import FILE_BYTES, FileState, RowVerdict
from partsemble.identity.queries import list_activity
from partsemble.jobs.registry import MAX_ATTEMPTS
from partsemble.jobs.worker import drain_jobs
from partsemble.kernel.errors import PermissionMissing

pytestmark = pytest.mark.django_db


def test_a_file_is_previewed_then_imported_whole(cast: Cast) -> None:
    actor = cast.builder.actor
    make_product(actor, "LAMP-1", name="Lamp", type=ProductType.FINISHED_GOOD, description="Warm")
    make_product(
        actor, "WICK-2", name="Wick", type=ProductType.RAW_MATERIAL, unit_cost=Decimal("0.1")
    )
    shown = bring(actor, TABLE)
    assert (shown.state, shown.total, shown.looked_at) == (FileState.CHECKED, 3, 3)
    assert count(shown) == (1, 1, 1, 0)
    assert shown.unknown == ("Colour",)
    assert list_skus(actor) == ["LAMP-1", "WICK-2"]
    (change,) = list_rows(actor, shown.id, RowVerdict.CHANGE)
    assert (change.number, change.sku) == (2, "LAMP-1")
    assert [(each.column, each.before, each.after) for each in change.changes] == [
        ("name", "Lamp", "Reed lamp"),
        ("unit_cost", None, Decimal("12.5")),
    ]
    (new,) = list_rows(actor, shown.id, RowVerdict.CREATE)
    assert new.terms == ProductTerms("HEX-8", "Hexagon bolt", ProductType.COMPONENT)

    done = apply(actor, shown.id)
    assert done.state is FileState.APPLIED
    assert done.finished_at is not None
    assert list_skus(actor) == ["HEX-8", "LAMP-1", "WICK-2"]
    lamp, wick = find_product(actor=actor, sku="LAMP-1"), find_product(actor=actor, sku="WICK-2")
    assert lamp is not None
    assert (lamp.name, lamp.revision, lamp.terms.description) == ("Reed lamp", 2, "Warm")
    assert wick is not None
    assert wick.revision == 1
    told = list_activity(actor=cast.owner.actor)[0]
    assert (told.verb, told.subject, told.actor_label) == ("imported", "products", "Bela Builder")
    assert "1 new, 1 changed" in told.subject_label
    with business_scope(actor.business_id):
        assert FileImport.objects.get().content is None


def test_one_faulty_row_keeps_all_rows_out(cast: Cast) -> None:
    actor = cast.owner.actor
    shown = bring(actor, TABLE + 'X-1,,Gadget,"1,5",\nX-2,x,Component,1,,,9\n')
    assert count(shown) == (3, 0, 0, 2)
    faults = [
        (number, fault.column)
        for number, _, fault in iterate_faults(actor=actor, import_id=shown.id)
    ]
    assert faults == [(5, "Type"), (5, "Unit cost"), (5, "Name"), (6, "")]
    with pytest.raises(FileHasFaults):
        apply(actor, shown.id)
    assert list_skus(actor) == []


def test_rows_of_one_sku_name_each_other(cast: Cast) -> None:
    shown = bring(cast.owner.actor, "SKU,Name,Type\nA-1,x,Component\na-1 ,y,Component\n")
    rows = list_rows(cast.owner.actor, shown.id, RowVerdict.FAULTY)
    assert [row.faults[0].problem for row in rows] == [
        "Row 3 has the same SKU.",
        "Row 2 has the same SKU.",
    ]


def test_a_workbook_is_imported_to_the_digit(cast: Cast) -> None:
    actor = cast.owner.actor
    content = make_workbook(
        [
            ("=HYPERLINK(1)", "'quoted", "Component", 1.1),
            ("0007", "Seven", "Component", 123456789.123456),
            (1001, "Numbered", "Component", 0.1 + 0.2),
        ]
    )
    shown = bring(actor, content, name="products.xlsx")
    assert count(shown) == (3, 0, 0, 0)
    apply(actor, shown.id)
    listed = list_products(actor=actor, wanted=ProductFilter(order=ProductOrder.SKU)).rows
    assert [(row.sku, row.name, row.terms.unit_cost) for row in listed] == [
        ("0007", "Seven", Decimal("123456789.123456")),
        ("1001", "Numbered", Decimal("0.3")),
        ("=HYPERLINK(1)", "'quoted", Decimal("1.1")),
    ]


@pytest.mark.parametrize("content", [b"%PDF-1", b"Name,Price\na,1\n", b"PK\x03\x04broken"])
def test_a_file_that_is_no_table_says_why(cast: Cast, content: bytes) -> None:
    shown = bring(cast.owner.actor, content)
    assert shown.state is FileState.REFUSED
    assert shown.problem
    assert shown.remedy
    with pytest.raises(FileImportMoved):
        check_file_again(actor=cast.owner.actor, import_id=shown.id)


def test_empty_and_huge_files_stay_at_the_door(cast: Cast) -> None:
    for content in (b"", b"x" * (FILE_BYTES + 1)):
        with pytest.raises(FileUnreadable):
            start_file_import(actor=cast.owner.actor, name="x.csv", content=content)
    assert list_file_imports(actor=cast.owner.actor) == ()


def test_a_confirmation_is_for_the_preview_that_was_seen(cast: Cast) -> None:
    actor = cast.owner.actor
    shown = bring(actor, TABLE)
    with pytest.raises(FileImportMoved):
        confirm_file_import(actor=actor, import_id=shown.id, digest="another")
    apply(actor, shown.id)
    with pytest.raises(FileImportMoved):
        confirm_file_import(actor=actor, import_id=shown.id, digest=shown.digest)
    with pytest.raises(NothingInFile):
        apply(actor, bring(actor, TABLE).id)


def test_a_worker_that_dies_loses_nothing(cast: Cast) -> None:
    actor = cast.owner.actor
    import_id = start_file_import(actor=actor, name="x.csv", content=TABLE.encode())

    def die(progress: object) -> None:
        raise KeyboardInterrupt

    for work in (read_file_import, apply_file_import):
        with pytest.raises(KeyboardInterrupt):
            work(business_id=actor.business_id, import_id=import_id, report=die)
        work(business_id=actor.business_id, import_id=import_id, report=be_silent)
        if work is read_file_import:
            shown = get_file_import(actor=actor, import_id=import_id)
            assert count(shown) == (3, 0, 0, 0)
            confirm_file_import(actor=actor, import_id=import_id, digest=shown.digest)
    assert len(list_skus(actor)) == 3
    # What is done is not done again.
    apply_file_import(business_id=actor.business_id, import_id=import_id, report=die)
    read_file_import(business_id=actor.business_id, import_id=import_id, report=die)


def test_reading_that_was_cut_off_begins_again(cast: Cast) -> None:
    actor = cast.owner.actor
    import_id = start_file_import(actor=actor, name="x.csv", content=TABLE.encode())

    def die_later(progress: Mapping[str, Any]) -> None:
        if progress["done"]:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_file_import(business_id=actor.business_id, import_id=import_id, report=die_later)
    read_file_import(business_id=actor.business_id, import_id=import_id, report=be_silent)
    assert get_file_import(actor=actor, import_id=import_id).looked_at == 3
    with business_scope(actor.business_id):
        assert FileRow.objects.count() == 3


def test_while_a_file_is_read_it_is_seen_how_far_that_is(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "TOLD_ROWS", 3)
    actor = cast.owner.actor
    content = make_workbook([(f"A-{n}", "Lamp", "Component", 1) for n in range(8)])
    shown = bring(actor, content, name="products.xlsx")
    seen = []

    def look(progress: object) -> None:
        found = get_file_import(actor=actor, import_id=shown.id)
        seen.append((found.looked_at, found.total))

    for _ in range(2):
        check_file_again(actor=actor, import_id=shown.id)
        read_file_import(business_id=actor.business_id, import_id=shown.id, report=look)
    assert seen == 2 * [(0, 0), (3, 0), (6, 0), (0, 8), (8, 8), (8, 8)]


def test_what_breaks_for_good_says_so(cast: Cast) -> None:
    actor = cast.owner.actor
    import_id = start_file_import(actor=actor, name="x.csv", content=TABLE.encode())
    give_up_file_import(business_id=actor.business_id, import_id=import_id)
    assert get_file_import(actor=actor, import_id=import_id).state is FileState.FAILED
    read_file_import(business_id=actor.business_id, import_id=import_id, report=be_silent)
    assert get_file_import(actor=actor, import_id=import_id).total == 0


def test_a_file_that_kills_every_worker_says_so(cast: Cast) -> None:
    actor = cast.owner.actor
    import_id = start_file_import(actor=actor, name="x.csv", content=TABLE.encode())
    for _ in range(MAX_ATTEMPTS):
        let_lease_end(take_job().id)
    drain_jobs()
    assert get_file_import(actor=actor, import_id=import_id).state is FileState.FAILED


def test_old_imports_are_forgotten(cast: Cast) -> None:
    actor = cast.owner.actor
    shown = bring(actor, TABLE)
    now = read_database_clock()
    assert forget_old_files(business_id=actor.business_id, now=now) == 0
    later = now + timedelta(days=KEEP_DAYS, seconds=1)
    assert forget_old_files(business_id=actor.business_id, now=later) == 1
    with pytest.raises(FileImportNotFound):
        get_file_import(actor=actor, import_id=shown.id)
    with business_scope(actor.business_id):
        assert not FileRow.objects.exists()


def test_files_are_their_businesss_and_its_product_peoples(cast: Cast) -> None:
    shown = bring(cast.owner.actor, TABLE)
    for actor, refusal in (
        (cast.stranger.actor, FileImportNotFound),
        (cast.accountant.actor, PermissionMissing),
    ):
        with pytest.raises(refusal):
            get_file_import(actor=actor, import_id=shown.id)
        with pytest.raises(refusal):
            list_file_rows(actor=actor, import_id=shown.id, verdict=RowVerdict.CREATE)
        with pytest.raises(refusal):
            list(iterate_faults(actor=actor, import_id=shown.id))
        with pytest.raises(refusal):
            confirm_file_import(actor=actor, import_id=shown.id, digest=shown.digest)
        with pytest.raises(refusal):
            check_file_again(actor=actor, import_id=shown.id)
    with pytest.raises(PermissionMissing):
        start_file_import(actor=cast.accountant.actor, name="x.csv", content=b"SKU\nA\n")
    with pytest.raises(PermissionMissing):
        list_file_imports(actor=cast.accountant.actor)
    assert list_file_imports(actor=cast.stranger.actor) == ()
    with pytest.raises(FileImportNotFound):
        get_file_import(actor=cast.owner.actor, import_id=new_id())


def test_pages_of_rows_follow_the_file(cast: Cast) -> None:
    actor = cast.owner.actor
    rows = "".join(f"P-{number},Thing,Component\n" for number in range(120))
    shown = bring(actor, f"SKU,Name,Type\n{rows}")
    pages = [
        list_file_rows(actor=actor, import_id=shown.id, verdict=RowVerdict.CREATE, page=page)
        for page in (1, 2, 3)
    ]
    assert [(len(page.rows), page.has_more, page.count) for page in pages] == [
        (50, True, 120),
        (50, True, 120),
        (20, False, 120),
    ]
    assert pages[2].rows[-1].sku == "P-119"
