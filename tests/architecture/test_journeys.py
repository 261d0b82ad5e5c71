"""The list of journeys names the tests that there are, and each row that they press."""

import re

from tests.support.source import ROOT

LISTED = ROOT / "docs" / "reference" / "journeys.md"
JOURNEYS = ROOT / "tests" / "e2e"
ROW = re.compile(r"_([st]\d+)(?=_|$)")
TEST = re.compile(r"^def (test_\w+)", re.MULTILINE)


def list_tests() -> set[str]:
    return {name for path in JOURNEYS.glob("test_*.py") for name in TEST.findall(path.read_text())}


def test_the_journeys_that_are_listed_are_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", LISTED.read_text()))
    assert named <= list_tests()


def test_every_row_that_a_journey_presses_is_listed_with_it() -> None:
    rows = re.findall(r"^\| ([ST]\d+) \|", LISTED.read_text(), re.MULTILINE)
    assert len(rows) == len(set(rows))
    pressed = {row.upper() for name in list_tests() for row in ROW.findall(name)}
    assert pressed == set(rows)
