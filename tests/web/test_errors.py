"""Pages for what went wrong."""

import re

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path
from pytest_django import Settings
from tests.support.cast import Cast

from partsemble.config import urls
from partsemble.database.scope import ScopeMissing
from partsemble.kernel.errors import InvalidInput
from partsemble.web.access import public_screen
from partsemble.web.errors import bad_request, forbidden


@public_screen()
def crashing(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a bolt came loose")


@public_screen()
def forgetful(request: HttpRequest) -> HttpResponse:
    raise ScopeMissing(table="identity_business")


@public_screen(methods=("GET", "POST"))
def refusing(request: HttpRequest) -> HttpResponse:
    raise InvalidInput(field="name", problem="That <name> is taken.", remedy="Add a word.")


urlpatterns = [
    path("crashing/", crashing),
    path("forgetful/", forgetful),
    path("refusing/", refusing),
    *urls.urlpatterns,
]
handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.django_db
def test_a_wrong_address_says_so(client: Client) -> None:
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert "There is nothing at this address" in response.text


@pytest.mark.django_db
def test_a_wrong_address_keeps_the_menu_for_whoever_is_signed_in(cast: Cast) -> None:
    response = cast.owner.sign_in().get("/nowhere/")
    assert response.status_code == 404
    assert "Sign out" in response.text


@pytest.mark.django_db
@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize("address", ["/crashing/", "/forgetful/"])
def test_a_crash_shows_the_code_that_the_log_knows(
    client: Client, capsys: pytest.CaptureFixture[str], address: str
) -> None:
    response = client.get(address)
    assert response.status_code == 500
    assert "Something broke on our side" in response.text
    assert "a bolt" not in response.text
    assert "identity_business" not in response.text
    code = response["X-Request-Id"]
    assert re.fullmatch(r"[2-9A-Z]{8}", code)
    assert code in response.text


@override_settings(ROOT_URLCONF=__name__)
def test_a_crash_page_asks_no_database(client: Client) -> None:
    assert client.get("/crashing/").status_code == 500


@override_settings(ROOT_URLCONF=__name__)
def test_a_refusal_becomes_a_page(client: Client) -> None:
    response = client.get("/refusing/")
    assert response.status_code == 422
    assert "That &lt;name&gt; is taken" in response.text
    assert "Add a word." in response.text
    assert "<!doctype html>" in response.text


@override_settings(ROOT_URLCONF=__name__)
def test_a_refusal_becomes_a_toast_for_htmx(client: Client) -> None:
    response = client.post("/refusing/", headers={"HX-Request": "true"})
    assert response.status_code == 422
    assert response["HX-Retarget"] == "#toasts"
    assert response["HX-Reswap"] == "beforeend"
    assert 'role="alert"' in response.text
    assert "<html" not in response.text


@pytest.mark.django_db
def test_a_stale_form_is_explained() -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/theme/", {"theme": "dark"})
    assert response.status_code == 403
    assert "This form is out of date" in response.text


def test_other_error_pages_are_in_the_design() -> None:
    request = RequestFactory().get("/")
    for page, status in ((bad_request, 400), (forbidden, 403)):
        response = page(request, ValueError("secret"))
        assert response.status_code == status
        assert b"secret" not in response.content
        assert b"Code for support" in response.content


@pytest.mark.django_db
def test_guessing_passwords_is_stopped_and_explained(cast: Cast) -> None:
    client = Client()
    answers = {"login": cast.owner.user.email, "password": "a wrong guess at it"}
    texts = [client.post("/account/login/", answers).text for _ in range(6)]
    assert "Too many failed login attempts" in texts[-1]
    right = {**answers, "password": "four lamps in a long row"}
    assert "Too many failed login attempts" in client.post("/account/login/", right).text


def guess(number: int, address: str) -> str:
    """Sign in with a wrong password and an address of its own, behind a proxy at `address`."""
    answers = {"login": f"somebody-{number}@example.com", "password": "a wrong guess at it"}
    asked = {"X-Forwarded-For": f"198.51.100.7, {address}"}
    return Client().post("/account/login/", answers, headers=asked).text


@pytest.mark.django_db
def test_behind_a_counted_proxy_each_address_has_attempts_of_its_own(settings: Settings) -> None:
    refusal = "Too many failed login attempts"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    texts = [guess(number, "203.0.113.9") for number in range(12)]
    assert refusal in texts[-1]
    assert refusal not in guess(12, "203.0.113.10")
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0  # what anybody can write is believed of nobody
    texts = [guess(number, f"203.0.113.{number}") for number in range(20, 32)]
    assert refusal in texts[-1]
