"""What tests of services and queries can be told."""

import pytest
from tests.support.cast import Cast
from tests.support.emulator import Emulator
from tests.support.linking import Adopted, make_parts


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--file-rows",
        dest="file_rows",
        type=int,
        default=144,
        help="rows of the workbook with every kind of mistake",
    )


@pytest.fixture
def lamp(connected: Cast, books: Emulator) -> Adopted:
    """Ten lamps at 5.00, in step with the books."""
    (lamp,) = make_parts(connected, books)
    return lamp
