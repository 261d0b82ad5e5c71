"""What tests of services and queries can be told."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--file-rows",
        dest="file_rows",
        type=int,
        default=144,
        help="rows of the workbook with every kind of mistake",
    )
