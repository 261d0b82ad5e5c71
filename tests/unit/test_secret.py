"""A secret shows itself to nobody (I12)."""

import logging
import pickle
import traceback

import pytest

from partsemble.accounting.http import Request
from partsemble.kernel.secret import Secret

TOKEN = "eyJlbmMiOiJBMTI4Q0JD"


def test_it_does_not_show_in_any_form_of_words() -> None:
    secret = Secret(TOKEN)
    forms = [repr(secret), str(secret), f"{secret}", "%s" % secret, repr([secret])]  # noqa: UP031
    assert all(TOKEN not in form for form in forms)
    assert secret.reveal() == TOKEN


def test_it_does_not_show_in_a_traceback_with_local_variables() -> None:
    request = Request(
        method="POST",
        url="https://example.com",
        authorization=Secret(TOKEN),
        form={"refresh_token": Secret(TOKEN), "other": TOKEN},
    )

    def fail(request: Request, secret: Secret) -> None:
        raise ValueError(request, secret)

    with pytest.raises(ValueError, match="authorization") as failure:
        fail(request, Secret(TOKEN))
    lines = traceback.TracebackException.from_exception(failure.value, capture_locals=True).format()
    text = "".join(lines)
    assert "Secret(…)" in text
    assert "authorization" in text
    assert TOKEN not in text


def test_it_does_not_travel() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(Secret(TOKEN))


def test_it_compares_and_knows_whether_it_is_empty() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a")}) == 1
    assert not Secret("")


def test_it_does_not_show_in_a_log(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("test").warning("token %s", Secret(TOKEN))
    assert TOKEN not in caplog.text
