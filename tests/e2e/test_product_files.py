"""Products from a file in the browser: every error explained, then all rows at once."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect
from tests.support.browser import DESK, View
from tests.support.files import make_workbook
from tests.support.workshop import BUSINESS

type Demo = dict[str, Any]
type OpenPage = Callable[..., Any]
type Inspect = Callable[..., None]

HEAD = ("SKU", "Name", "Type", "Stocked", "Unit cost", "Selling price", "Reorder point", "Colour")
ROWS = 300
FEW = (DESK, View(width=390, theme="dark"))
"""Views of pages that are made of the same parts as others."""
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def make_rows() -> list[list[Any]]:
    return [
        [f"PART-{n:04}", f"Part number {n}", "Component", "yes", n / 100, n / 50, 5, "grey"]
        for n in range(1, ROWS + 1)
    ]


def spoil(rows: list[list[Any]]) -> list[list[Any]]:
    """Write one mistake of each kind into the rows."""

    def compute(_: Any, sheet: Any, row: int, column: int) -> None:
        sheet.write_formula(row, column, "=B2&1", value="x")

    rows[0][0] = None
    rows[1][0] = "part-0010"
    rows[2][1] = compute
    rows[3][2] = "Gadget"
    rows[4][3] = "maybe"
    rows[5][4] = "12,50"
    rows[6][5] = "$ 9"
    rows[7][6] = -1
    rows[8][1] = "N" * 501
    return rows


def bring(page: Page, rows: list[list[Any]], name: str) -> None:
    page.get_by_label("File").set_input_files(
        {"name": name, "mimeType": WORKBOOK, "buffer": make_workbook(rows, head=HEAD)}
    )
    page.get_by_role("button", name="Read the file").click()


def found_business(page: Page) -> str:
    """A business of its own, because other journeys look at their lists of products."""
    page.goto("/businesses/new/")
    page.get_by_label("Business name").fill(BUSINESS)
    page.get_by_role("button", name="Create").click()
    page.wait_for_url("**/b/**")
    return page.url.rstrip("/").rpartition("/")[2]


def test_a_workbook_is_looked_at_corrected_and_imported(
    demo: Demo, open_page: OpenPage, inspect_everywhere: Inspect
) -> None:
    with open_page(view=DESK) as page:
        slug = found_business(page)
        page.goto(f"/b/{slug}/inventory/products/")
        page.get_by_role("link", name="From a file").first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Products from a file")
        inspect_everywhere(page, name="products-from-a-file")

        bring(page, spoil(make_rows()), "parts to correct.xlsx")
        expect(page.get_by_text(f"10 of {ROWS} rows can't be imported, so none is")).to_be_visible()
        rows = page.locator("tbody tr")
        expect(rows.filter(has_text="The row has no SKU.")).to_have_count(1)
        expect(rows.filter(has_text="This cell holds a formula.")).to_have_count(1)
        expect(rows.filter(has_text="has the same SKU")).to_have_count(2)
        expect(rows.filter(has_text="“Gadget” is no type of product.")).to_have_count(1)
        expect(page.get_by_role("button", name="Import")).to_have_count(0)
        inspect_everywhere(page, name="file-with-errors")
        with page.expect_download() as download:
            page.get_by_role("link", name="All errors as CSV").click()
        assert len(download.value.path().read_text().splitlines()) == 11

        page.get_by_role("link", name="Choose the file again").click()
        bring(page, make_rows(), "parts.xlsx")
        button = page.get_by_role("button", name=f"Import {ROWS} new products")
        expect(button).to_be_visible()
        expect(page.get_by_text("Not understood, and left alone: “Colour”.")).to_be_visible()
        inspect_everywhere(page, name="file-preview")
        button.click()
        expect(page.get_by_text("All rows of the file are in.")).to_be_visible()
        inspect_everywhere(page, name="file-imported", views=FEW)

        page.goto(f"/b/{slug}/inventory/products/?q=part-0300")
        expect(page.locator("#products tbody tr")).to_contain_text("Part number 300")
        page.goto(f"/b/{slug}/inventory/products/files/")
        changed = make_rows()
        changed[0][1] = "Another name"
        changed[1][4] = 7.5
        bring(page, changed, "changed.xlsx")
        expect(page.get_by_role("button", name="Import 2 changed products")).to_be_visible()
        deltas = page.locator(".delta-after")
        expect(deltas).to_have_text(["Another name", "7.50"])
        inspect_everywhere(page, name="file-changes", views=FEW)
