"""`partsemble verify`: sums everything up again, and names what is off (STOCK-2)."""

import json
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections
from tests.support.cast import Cast
from tests.support.environment import POSTGRES
from tests.support.products import make_product
from tests.support.stock import TODAY, adjust, read_stock

from partsemble.cli.main import main
from partsemble.database import triggers
from partsemble.database.scope import business_scope, owner_scope
from partsemble.database.triggers import lifted_triggers
from partsemble.kernel.ids import ProductId
from partsemble.stock.models import StockBalance
from partsemble.stock.services.adjusting import reverse_entry

OWNER = "default" if POSTGRES is None else "owner"
pytestmark = pytest.mark.django_db(transaction=True, databases={"default", OWNER})


@pytest.fixture
def bolt(cast: Cast) -> ProductId:
    """A product with four stock transactions, of which one takes back another."""
    actor = cast.owner.actor
    product = make_product(actor, "BOLT-8")
    adjust(actor, product.id, "100", at="5")
    mistake = adjust(actor, product.id, "50", at="6")
    reverse_entry(actor=actor, entry_id=mistake.id, occurred_on=TODAY)
    adjust(actor, product.id, "-40")
    return product.id


def verify(capsys: pytest.CaptureFixture[str], *options: str, status: int) -> dict[str, Any]:
    assert main(["verify", "--json", *options]) == status
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    return report


def spoil(*statements: str) -> None:
    """Do what nobody can: change posted rows, as the owner of the tables with triggers lifted."""
    owner = connections[OWNER]
    with (
        owner_scope(),
        owner.cursor() as raw,
        lifted_triggers(raw.execute, vendor=owner.vendor),
    ):
        for statement in statements:
            raw.execute(statement)


def test_a_sound_ledger_is_said_to_be_so(
    cast: Cast, bolt: ProductId, capsys: pytest.CaptureFixture[str]
) -> None:
    slug = cast.owner.business.slug
    report = verify(capsys, status=0)
    assert report["sound"]
    assert {each["business"]: each["moves"] for each in report["businesses"]} == {
        slug: 4,
        cast.stranger.business.slug: 0,
    }
    assert len(verify(capsys, "--business", slug, status=0)["businesses"]) == 1
    assert main(["verify"]) == 0
    assert f"✓ {slug}: 4 moves add up." in capsys.readouterr().out


def test_a_balance_that_is_off_is_named(
    cast: Cast, bolt: ProductId, capsys: pytest.CaptureFixture[str]
) -> None:
    with business_scope(cast.owner.business.id):
        StockBalance.objects.update(value=Decimal(301))
    (report,) = verify(capsys, "--business", cast.owner.business.slug, status=1)["businesses"]
    assert report["deviations"] == [
        {
            "flaw": "balance",
            "subject": "BOLT-8",
            "field": "value",
            "stored": "301.000000",
            "summed": "300.000000",
        }
    ]
    assert main(["verify"]) == 1
    said = capsys.readouterr().out
    assert "BOLT-8: value is stored as 301.000000, its moves come to 300.000000." in said
    assert f"✓ {cast.stranger.business.slug}: 0 moves add up." in said


def test_a_balance_without_moves_is_named(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    product = make_product(cast.owner.actor, "BOLT-8")
    adjust(cast.owner.actor, product.id, "1")
    spoil("DELETE FROM stock_stockmove")
    (report, _) = sorted(
        verify(capsys, status=1)["businesses"], key=lambda each: -int(each["count"])
    )
    assert {(each["flaw"], each["field"]) for each in report["deviations"]} == {
        ("balance", "on_hand"),
        ("balance", "value"),
        ("entry", "moves"),
    }
    assert read_stock(cast.owner.actor, product.id) == ("1", "5")


@pytest.mark.parametrize(
    ("change", "flaws"),
    [
        ("value = value - 1000000 WHERE number = 4", {"running", "balance"}),
        ("on_hand_after = on_hand_after + 1000000 WHERE number = 1", {"running"}),
        ("value = value - 1000000 WHERE number = 3", {"running", "balance", "reversal"}),
        (
            "quantity = quantity - 900000000 WHERE number = 4",
            {"running", "balance", "negative"},
        ),
    ],
)
def test_rows_that_were_tampered_with_are_found(
    cast: Cast,
    bolt: ProductId,
    capsys: pytest.CaptureFixture[str],
    change: str,
    flaws: set[str],
) -> None:
    spoil(f"UPDATE stock_stockmove SET {change}")  # noqa: S608 ours
    slug = cast.owner.business.slug
    (report,) = verify(capsys, "--business", slug, status=1)["businesses"]
    assert {each["flaw"] for each in report["deviations"]} == flaws
    assert main(["verify", "--business", slug]) == 1
    assert f"! {slug}: " in capsys.readouterr().out


def test_a_trigger_that_is_missing_is_named_here_and_by_doctor(
    cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    owner = connections[OWNER]
    with owner_scope(), owner.cursor() as raw:
        trigger = triggers.list_triggers(vendor=owner.vendor)[0]
        for statement in trigger.remove:
            raw.execute(statement)
        try:
            report = verify(capsys, status=1)
            main(["doctor"])
            said = capsys.readouterr().out
        finally:
            triggers.install(connection=owner)
    assert [each["subject"] for each in report["triggers"]] == [trigger.name]
    count = len(triggers.list_triggers(vendor=owner.vendor))
    assert f"! Posted rows: {count - 1} of {count} triggers refuse to change them" in said
    assert verify(capsys, status=0)["sound"]
