"""Products that come out of files, and go into them (PROD-1, PROD-2)."""

import re
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import UUID

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.support.cast import Cast, Person
from tests.support.files import be_silent, bring
from tests.support.products import make_product

from partsemble.catalog.queries import count_products
from partsemble.catalog.services import set_product_active
from partsemble.catalog.types import ProductType
from partsemble.files.queries import get_file_import, list_file_imports
from partsemble.files.services.applying import apply_file_import
from partsemble.files.services.reading import read_file_import
from partsemble.files.types import FILE_BYTES, RowVerdict
from partsemble.web.middleware import MULTIPART_BYTES

pytestmark = pytest.mark.django_db


def find_address(person: Person, name: str, **words: object) -> str:
    return reverse(name, kwargs={"slug": person.business.slug, **words})


def take_along(person: Person, **query: str) -> bytes:
    response = person.sign_in().get(find_address(person, "download_products"), query)
    assert response.status_code == 200
    return response.getvalue()


def furnish(person: Person) -> None:
    """Products whose fields hold whatever spreadsheets stumble over."""
    actor = person.actor
    make_product(actor, "=1+1", name="@SUM(A1)", description="-2 and\n+3\r\nlines\twith tabs")
    make_product(actor, "'=1", name="''+quoted", unit="'kg", unit_cost=Decimal("0.000001"))
    make_product(
        actor, "0007", name='with, "signs"; | too', selling_price=Decimal("999999999.123456")
    )
    make_product(
        actor, "1E5", name="Ünïcode 東京 \u200f", reorder_point=Decimal(0), is_stocked=False
    )
    gone = make_product(actor, "Gone", type=ProductType.SUB_ASSEMBLY, description="'quoted'")
    set_product_active(actor=actor, product_id=gone.id, is_active=False, revision=1)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_goes_out_comes_in_unchanged(cast: Cast, form: str) -> None:
    furnish(cast.owner)
    content = take_along(cast.owner, show="all", **{"as": form})
    shown = bring(cast.owner.actor, content, name=f"products.{form}")
    assert shown.verdicts[RowVerdict.SAME] == shown.total == 5
    assert (shown.unknown, shown.missing) == ((), ())
    assert shown.left_aside == ("On hand", "Linked")


def test_a_workbook_holds_text_as_text_and_numbers_as_numbers(cast: Cast) -> None:
    furnish(cast.owner)
    make_product(cast.owner.actor, "Z-1", name="=EVIL()", unit_cost=Decimal("12.5"))
    content = take_along(cast.owner, **{"as": "xlsx", "q": "z-1"})
    sheet = openpyxl.load_workbook(BytesIO(content))["Products"]
    head, line = sheet.iter_rows()
    assert [cell.value for cell in head][:3] == ["SKU", "Name", "Type"]
    assert [(cell.value, cell.data_type) for cell in line][:4] == [
        ("Z-1", "s"),
        ("=EVIL()", "s"),
        ("Component", "s"),
        ("yes", "s"),
    ]
    assert (line[6].value, line[6].data_type) == (12.5, "n")


def test_a_download_of_either_kind_needs_to_see_the_inventory(cast: Cast) -> None:
    stranger = cast.stranger.sign_in()
    for form in ("csv", "xlsx"):
        answer = stranger.get(find_address(cast.owner, "download_products"), {"as": form})
        assert answer.status_code == 404


TABLE = """SKU,Name,Type,Unit cost,Colour,On hand
lamp-1,Reed lamp,Finished Good,12.50,red,7
HEX-8,Bolt,Component,,,
"""


def read(client: Client, address: str, **query: str) -> str:
    response = client.get(address, query)
    assert response.status_code == 200, response.text
    return re.sub(r"\s+", " ", response.text)


def choose(person: Person, content: bytes | str, name: str = "lamps.csv") -> Any:
    encoded = content.encode() if isinstance(content, str) else content
    return person.sign_in().post(
        find_address(person, "product_files"), {"file": SimpleUploadedFile(name, encoded)}
    )


def let_worker(person: Person, address: str) -> UUID:
    """This will carry an import on, whatever it waits for."""
    import_id = UUID(address.rstrip("/").rpartition("/")[2])
    for work in (read_file_import, apply_file_import):
        work(business_id=person.business.id, import_id=import_id, report=be_silent)
    return import_id


def test_a_file_is_chosen_looked_at_and_imported(cast: Cast) -> None:
    make_product(cast.owner.actor, "LAMP-1", name="Lamp", type=ProductType.FINISHED_GOOD)
    client = cast.builder.sign_in()
    assert "Quantities on hand are not taken from files" in read(
        client, find_address(cast.owner, "product_files")
    )
    address = choose(cast.builder, TABLE)["Location"]
    waiting = read(client, address)
    assert "Reading the file" in waiting
    assert 'hx-trigger="every 1s"' in waiting
    import_id = let_worker(cast.builder, address)

    page = read(client, address)
    assert 'hx-trigger="every 1s"' not in page
    assert "Nothing is done before you press Import." in page
    assert "Waits for you" in read(client, find_address(cast.owner, "product_files"))
    assert "Import 1 new product and 1 changed product" in page
    assert "Not understood, and left alone: “Colour”." in page
    assert "Not taken from files: “On hand”." in page
    assert "Not in the file: Stocked, Unit of measure" in page
    assert "Bolt" in page  # new ones are shown first
    changed = read(client, address, show="change")
    assert ">Lamp<" in changed
    assert ">12.50<" in changed
    assert count_products(actor=cast.owner.actor) == 1

    digest = re.search(r'name="digest" value="(\w+)"', page)
    assert digest is not None
    confirm = find_address(cast.owner, "confirm_file_import", import_id=import_id)
    stale = client.post(confirm, {"digest": "another"})
    assert stale.status_code == 409
    assert client.post(confirm, {"digest": digest[1]})["Location"] == address
    assert "Importing all 2 rows at once" in read(client, address)
    let_worker(cast.builder, address)
    done = read(client, address)
    assert "1 new product and 1 changed product" in done
    assert "Imported by Bela Builder." in done
    assert "before you press Import" not in done
    polled = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert 'hx-swap-oob="true">Imported by Bela Builder.</span>' in polled
    assert count_products(actor=cast.owner.actor) == 2
    assert "Imported</span>" in read(client, find_address(cast.owner, "product_files"))


def test_errors_are_told_row_by_row_and_taken_along(cast: Cast) -> None:
    table = TABLE + '=BAD(),,Gadget,"1,5",,\n'
    address = choose(cast.owner, table)["Location"]
    import_id = let_worker(cast.owner, address)
    client = cast.owner.sign_in()
    page = read(client, address)
    assert "1 of 3 rows can't be imported, so none is" in page
    assert "“Gadget” is no type of product." in page
    assert "can be read in more than one way" in page
    assert 'name="digest"' not in page
    assert "before you press Import" not in page
    assert "Nothing of it is imported." in page
    listed = read(client, find_address(cast.owner, "product_files"))
    assert "Has errors" in listed
    assert "Waits for you" not in listed
    told = client.get(find_address(cast.owner, "download_file_faults", import_id=import_id))
    lines = told.getvalue().decode("utf-8-sig").splitlines()
    assert lines[0] == "Row,SKU,Column,What is wrong,What to do"
    assert [line.split(",")[:3] for line in lines[1:]] == [
        ["4", "'=BAD()", "Type"],
        ["4", "'=BAD()", "Unit cost"],
        ["4", "'=BAD()", "Name"],
    ]
    confirm = find_address(cast.owner, "confirm_file_import", import_id=import_id)
    shown = get_file_import(actor=cast.owner.actor, import_id=import_id)
    assert client.post(confirm, {"digest": shown.digest}).status_code == 422


def test_an_import_that_is_out_of_date_is_looked_at_again(cast: Cast) -> None:
    address = choose(cast.owner, TABLE)["Location"]
    import_id = let_worker(cast.owner, address)
    make_product(cast.owner.actor, "HEX-8")
    client = cast.owner.sign_in()
    shown = get_file_import(actor=cast.owner.actor, import_id=import_id)
    confirm = find_address(cast.owner, "confirm_file_import", import_id=import_id)
    client.post(confirm, {"digest": shown.digest})
    let_worker(cast.owner, address)
    outdated = read(client, address)
    assert "Products changed after this preview" in outdated
    assert "before you press Import" not in outdated
    again = find_address(cast.owner, "check_file_again", import_id=import_id)
    assert client.post(again)["Location"] == address
    let_worker(cast.owner, address)
    assert "Import 1 new product and 1 changed product" in read(client, address)


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"%PDF-1.7", "is a PDF"), (b"Name\nLamp\n", "There is no column SKU")],
)
def test_a_file_that_is_no_table_is_refused_in_words(
    cast: Cast, content: bytes, words: str
) -> None:
    address = choose(cast.owner, content)["Location"]
    let_worker(cast.owner, address)
    page = read(cast.owner.sign_in(), address)
    assert words in page
    assert "Choose another file" in page


def test_what_is_empty_or_too_large_stays_at_the_door(cast: Cast) -> None:
    assert "The file is empty" in choose(cast.owner, b"").text
    client = cast.owner.sign_in()
    none = client.post(find_address(cast.owner, "product_files"))
    assert (none.status_code, "Choose a file." in none.text) == (422, True)
    large = choose(cast.owner, b"x" * (FILE_BYTES + 1))
    assert (large.status_code, "10 MB is the most" in large.text) == (422, True)
    huge = choose(cast.owner, b"x" * (MULTIPART_BYTES + 1))
    assert (huge.status_code, "That file is too large" in huge.text) == (413, True)
    assert list_file_imports(actor=cast.owner.actor) == ()


def test_files_show_as_many_queries_for_many_rows_as_for_few(cast: Cast) -> None:
    client = cast.owner.sign_in()

    def count_queries(rows: int) -> int:
        lines = "".join(f"P-{rows}-{number},Thing,Component\n" for number in range(rows))
        address = choose(cast.owner, f"SKU,Name,Type\n{lines}")["Location"]
        let_worker(cast.owner, address)
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        return len(captured)

    assert count_queries(10) == count_queries(20)


def test_another_businesss_import_is_not_there(cast: Cast) -> None:
    address = choose(cast.owner, TABLE)["Location"]
    theirs = address.replace(cast.owner.business.slug, cast.stranger.business.slug)
    assert cast.stranger.sign_in().get(theirs).status_code == 404
    assert cast.accountant.sign_in().get(address).status_code == 403
