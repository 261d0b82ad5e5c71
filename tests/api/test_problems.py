"""Whatever goes wrong under /api/ is told in one form, with a stable code (RFC 9457)."""

import pytest
from django.test import Client
from pytest_django import Settings
from tests.support.api import Program, read_problem
from tests.support.cast import Cast
from tests.support.tokens import make_token

from partsemble.api.problems import answer_error
from partsemble.database.scope import ScopeMissing
from partsemble.identity.services import people

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["", "v1/", "v1/lamps", "v1/business/", "v2/business"])
def test_nothing_is_there(path: str) -> None:
    response = Client().get(f"/api/{path}")
    assert read_problem(response, 404)["code"] == "not_found"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "HEAD", "TRACE"])
def test_an_address_takes_its_own_methods_only(program: Program, method: str) -> None:
    response = program.call(method, "/api/v1/item-syncs")
    assert response.status_code == 405
    assert sorted(response["Allow"].split(", ")) == ["GET", "POST"]
    if method != "HEAD":
        assert read_problem(response, 405)["code"] == "method_not_allowed"


@pytest.mark.parametrize("body", [b"{", b"lamp", b"\xff", b'{"full": NaN}', b"[" * 100_000])
def test_what_is_no_json_is_refused(program: Program, body: bytes) -> None:
    assert program.token is not None
    response = Client().generic(
        "POST",
        "/api/v1/item-syncs",
        body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {program.token.reveal()}"},
    )
    assert read_problem(response, 400)["code"] == "bad_request"


@pytest.mark.parametrize("body", [[], "x", 7, {"full": "maybe"}, {"full": True, "fast": True}])
def test_a_body_that_does_not_fit_is_refused(program: Program, body: object) -> None:
    problem = read_problem(program.post("item-syncs", body), 422)
    assert problem["code"] == "invalid_input"
    assert problem["errors"][0]["place"].startswith("body")


def test_a_body_that_is_too_large_is_refused(program: Program, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    problem = read_problem(program.post("item-syncs", {"full": "x" * 200}), 413)
    assert problem["code"] == "too_large"


def test_too_many_calls_are_told_to_wait(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "TOKEN_CALLS", 2)
    program = Program(token=make_token(cast.owner))
    assert [program.get("business").status_code for _ in range(2)] == [200, 200]
    response = program.get("business")
    problem = read_problem(response, 429)
    assert problem["code"] == "too_many_calls"
    assert 0 < int(response["Retry-After"]) <= 60
    assert f"Wait {response['Retry-After']} seconds" in problem["detail"]


@pytest.mark.parametrize("fault", [RuntimeError("a secret thing"), ScopeMissing(table="x")])
def test_a_fault_of_ours_tells_its_code_and_nothing_else(
    program: Program, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def break_down(**_: object) -> None:
        raise fault

    monkeypatch.setattr("partsemble.api.businesses.get_business", break_down)
    assert program.token is not None
    response = Client(raise_request_exception=False).get(
        "/api/v1/business", headers={"Authorization": f"Bearer {program.token.reveal()}"}
    )
    assert read_problem(response, 500)["code"] == "unexpected"
    assert "secret" not in response.text
    with pytest.raises(type(fault)):
        answer_error(response.wsgi_request, error=fault)


def test_no_cache_keeps_what_is_answered(program: Program) -> None:
    assert program.get("business")["Cache-Control"] == "no-store"
    assert Client().get("/api/v1/business")["Cache-Control"] == "no-store"


def test_pages_for_people_stay_pages(client: Client) -> None:
    response = client.get("/no-such-page/")
    assert response.status_code == 404
    assert response["Content-Type"].startswith("text/html")
