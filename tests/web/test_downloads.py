"""Workbooks that a person takes along, and the files behind them."""

import tempfile
from collections.abc import Iterator
from io import BytesIO
from typing import IO
from zipfile import ZipFile

import pytest

from partsemble.web.downloads import Cell, download_workbook


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> list[IO[bytes]]:
    """Every temporary file that is opened meanwhile."""
    opened: list[IO[bytes]] = []
    make = tempfile.TemporaryFile

    def remember() -> IO[bytes]:
        opened.append(make())
        return opened[-1]

    monkeypatch.setattr(tempfile, "TemporaryFile", remember)
    return opened


def test_a_workbook_is_open_until_it_is_sent(files: list[IO[bytes]]) -> None:
    answer = download_workbook(name="stock", sheet="Stock", head=["SKU"], rows=[["KIT-1"]])
    assert not files[0].closed
    with ZipFile(BytesIO(answer.getvalue())) as packed:
        assert "KIT-1" in packed.read("xl/worksheets/sheet1.xml").decode()
    answer.close()
    assert all(each.closed for each in files)


def test_a_workbook_whose_rows_break_off_leaves_no_file_open(files: list[IO[bytes]]) -> None:
    def break_off() -> Iterator[list[Cell]]:
        yield ["KIT-1"]
        raise ConnectionError("the database went away")

    with pytest.raises(ConnectionError, match="went away"):
        download_workbook(name="stock", sheet="Stock", head=["SKU"], rows=break_off())
    assert files[0].closed
