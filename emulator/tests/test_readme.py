"""The README tells of every lever, and some test moves each of them."""

import re
from pathlib import Path
from typing import get_args

import pytest

from accounting_emulator.faults import Fault, Kind
from accounting_emulator.switches import Switches

HERE = Path(__file__).parent
README = (HERE.parent / "README.md").read_text()
TESTS = "\n".join(path.read_text() for path in HERE.glob("test_*.py") if path != Path(__file__))
CONTROL = "\n".join(
    path.read_text() for path in (HERE.parent / "src/accounting_emulator/control").glob("*.py")
)
ADDRESSES = sorted(set(re.findall(r'\("(?:GET|POST|PATCH|DELETE)", "/([a-z-]+)', CONTROL)))


@pytest.mark.parametrize("name", Switches.__struct_fields__)
def test_every_switch_is_explained_and_tried(name: str) -> None:
    assert f"`{name}" in README
    assert re.search(rf"\b{name}\b", TESTS)


@pytest.mark.parametrize("kind", get_args(Kind))
def test_every_kind_of_fault_is_explained_and_tried(kind: str) -> None:
    assert f"`{kind}`" in README
    assert f'"{kind}"' in TESTS


@pytest.mark.parametrize("name", Fault.__struct_fields__)
def test_every_word_of_a_fault_is_explained(name: str) -> None:
    assert f"`{name}" in README


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_control_address_is_explained(address: str) -> None:
    assert re.search(rf"(GET|POST|PATCH|DELETE) {address}", README)
