"""The API keeps what its OpenAPI document promises, whatever it is asked (API-1).

Schemathesis reads the document and makes up requests, fitting and unfitting ones; each answer
has to have a status, a content type and a shape that the document knows.
"""

from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import booleans
from schemathesis.core.result import Ok
from schemathesis.specs.openapi import checks
from tests.support.api import Program, list_doors, read
from tests.support.cast import Cast
from tests.support.products import make_product
from tests.support.stock import adjust

from partsemble.config.wsgi import application
from partsemble.identity.services import people

pytestmark = pytest.mark.django_db(transaction=True)

EXAMPLES = 12
"""Made-up requests for each operation: seconds in all. More find nothing new in minutes."""

CHECKS: list[Callable[..., Any]] = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.unsupported_method,
    checks.ignored_auth,
]
"""Whether a request fits is left out: nobody makes up a cursor that was signed here, and names in
a query that no operation knows are passed over. Other tests refuse what does not fit."""


@pytest.mark.parametrize("mode", schemathesis.GenerationMode, ids=str)
def test_made_up_requests_get_what_the_document_promises(
    connected: Cast,
    synced: Program,
    monkeypatch: pytest.MonkeyPatch,
    mode: schemathesis.GenerationMode,
) -> None:
    monkeypatch.setattr(people, "TOKEN_CALLS", 100_000)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    product = make_product(connected.owner.actor, "BOLT-8")
    records = {
        "entry_id": str(adjust(connected.owner.actor, product.id, "5").id),
        "product_id": str(product.id),
        "run_id": read(synced.get("item-syncs"))["rows"][0]["id"],
        "item_id": read(synced.get("accounting-items"))["rows"][0]["id"],
    }
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) == len(list(list_doors()))
    for operation in operations:
        ask(operation, mode, synced, records)


def ask(
    operation: "schemathesis.APIOperation[Any, Any, Any, Any]",
    mode: schemathesis.GenerationMode,
    program: Program,
    records: dict[str, str],
) -> None:
    """This will ask one operation many things; of records that exist in half of the cases."""
    assert program.token is not None
    headers = {"Authorization": f"Bearer {program.token.reveal()}"}

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), exists=booleans())
    def make_up(case: "schemathesis.Case[Any]", exists: bool) -> None:  # noqa: FBT001 hypothesis gives it
        if exists and mode is schemathesis.GenerationMode.POSITIVE:
            for name in records.keys() & case.path_parameters.keys():
                case.path_parameters[name] = records[name]
        case.call_and_validate(headers=headers, checks=CHECKS)

    make_up()
