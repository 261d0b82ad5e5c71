"""An installation as the settings describe it."""

import pytest
from django.core.checks import run_checks


@pytest.mark.django_db
def test_django_finds_nothing_wrong() -> None:
    assert run_checks() == []
