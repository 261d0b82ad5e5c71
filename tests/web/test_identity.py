"""The way from the door to a business (BIZ-1, BIZ-3)."""

import re

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.test import Client
from pytest_django import Settings
from tests.support.cast import PASSWORD, Cast

from partsemble.identity import queries, services
from partsemble.identity.types import Role


@pytest.mark.django_db
def test_signing_up_leads_to_the_first_business() -> None:
    client = Client()
    answers = {"email": "Nora@Lamps.example", "password1": PASSWORD}
    response = client.post("/account/signup/", answers, follow=True)
    assert response.redirect_chain[-1] == ("/businesses/new/", 302)
    assert "Create your business" in response.text
    assert "You can change all of this later" not in response.text

    business = {"name": "Nora’s Lamps", "currency": "EUR", "time_zone": "Europe/Vienna"}
    response = client.post("/businesses/new/", business, follow=True)
    assert response.redirect_chain == [("/b/noras-lamps/", 302)]
    assert "Welcome to Nora’s Lamps" in response.text

    user = queries.find_user(email="nora@lamps.example")
    assert user is not None
    (membership,) = queries.list_memberships(user_id=user.id)
    assert membership.role is Role.OWNER
    assert membership.business.currency == "EUR"
    assert membership.business.time_zone == "Europe/Vienna"


@pytest.mark.django_db
@pytest.mark.parametrize("password", ["short lamp", "password1234"])
def test_a_weak_password_is_refused(password: str) -> None:
    answers = {"email": "nora@lamps.example", "password1": password}
    response = Client().post("/account/signup/", answers)
    assert "field-errors" in response.text
    assert queries.find_user(email="nora@lamps.example") is None


@pytest.mark.django_db
def test_signing_in_leads_to_the_only_business(cast: Cast) -> None:
    answers = {"login": cast.builder.user.email, "password": PASSWORD}
    response = Client().post("/account/login/", answers, follow=True)
    assert response.redirect_chain[-1] == (f"/b/{cast.builder.business.slug}/", 302)


@pytest.mark.django_db
def test_a_wrong_password_does_not_say_which_half_was_wrong(cast: Cast) -> None:
    texts = set()
    for email in (cast.owner.user.email, "nobody@lamps.example"):
        client = Client()
        response = client.post("/account/login/", {"login": email, "password": "x" * 12})
        assert "_auth_user_id" not in client.session
        texts.add(response.context["form"].non_field_errors().as_text())
    assert len(texts) == 1


@pytest.mark.django_db
def test_signing_out_takes_a_form(cast: Cast) -> None:
    client = cast.owner.sign_in()
    assert "Sign out?" in client.get("/account/logout/").text
    client.post("/account/logout/")
    assert client.get("/")["Location"].startswith("/account/login/")


@pytest.mark.django_db
def test_the_root_leads_to_the_business_that_was_open_last(cast: Cast) -> None:
    client = cast.owner.sign_in()
    second = services.create_business(user_id=cast.owner.user.id, name="Second Bench")
    assert client.get("/")["Location"] == "/businesses/"
    client.get(f"/b/{second.slug}/")
    assert client.get("/")["Location"] == f"/b/{second.slug}/"


@pytest.mark.django_db
def test_choosing_shows_ones_own_businesses_and_roles(cast: Cast) -> None:
    text = cast.accountant.sign_in().get("/businesses/").text
    assert cast.owner.business.name in text
    assert "Accountant" in text
    assert cast.stranger.business.name not in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    "answers",
    [
        {"name": "", "currency": "USD", "time_zone": "UTC"},
        {"name": "x" * 121, "currency": "USD", "time_zone": "UTC"},
        {"name": "Lamps", "currency": "Taler", "time_zone": "UTC"},
        {"name": "Lamps", "currency": "USD", "time_zone": "Mars/Olympus"},
    ],
)
def test_a_business_that_cannot_be_created_is_explained(
    cast: Cast, answers: dict[str, str]
) -> None:
    response = cast.owner.sign_in().post("/businesses/new/", answers)
    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.text
    assert len(queries.list_memberships(user_id=cast.owner.user.id)) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("theme", ["light", "dark", "system"])
def test_a_theme_is_rendered_by_the_server(theme: str) -> None:
    client = Client()
    response = client.post("/theme/", {"theme": theme, "next": "/account/login/"})
    assert response["Location"] == "/account/login/"
    assert f'data-theme="{theme}"' in client.get("/account/login/").text


@pytest.mark.django_db
def test_an_unknown_theme_and_a_foreign_host_change_nothing() -> None:
    client = Client()
    response = client.post("/theme/", {"theme": '"><b>', "next": "https://evil.example/"})
    assert response["Location"] == "/"
    client.cookies["partsemble_theme"] = "neon"
    assert 'data-theme="system"' in client.get("/account/login/").text


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        "/account/2fa/",
        "/account/2fa/totp/activate/",
        "/account/2fa/recovery-codes/generate/",
        "/account/password/change/",
        "/account/email/",
        "/account/reauthenticate/",
    ],
)
def test_a_persons_own_pages_are_in_the_design(cast: Cast, address: str) -> None:
    client = Client()
    answers = {"login": cast.owner.user.email, "password": PASSWORD}
    client.post("/account/login/", answers)
    response = client.get(address, follow=True)
    assert response.status_code == 200
    assert "web/css/web.css" in response.text


@pytest.mark.django_db
def test_a_second_step_guards_the_door(cast: Cast, settings: Settings) -> None:
    settings.MFA_TOTP_TOLERANCE = 1  # half a minute may end between the code and its check
    answers = {"login": cast.owner.user.email, "password": PASSWORD}
    client = Client()
    client.post("/account/login/", answers)
    assert "Is it still you?" in client.get("/account/2fa/totp/activate/", follow=True).text
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    page = client.get("/account/2fa/totp/activate/")
    assert "Type the six digits" in page.text
    _, counter, _ = totp.yield_hotp_counters_from_time()
    code = totp.format_hotp_value(totp.hotp_value(page.context["form"].secret, counter))
    response = client.post("/account/2fa/totp/activate/", {"code": code}, follow=True)
    assert "Recovery codes" in response.text
    recovery_codes = client.get("/account/2fa/recovery-codes/").context["unused_codes"]

    stranger = Client()
    response = stranger.post("/account/login/", answers, follow=True)
    assert "Second step" in response.text
    assert stranger.get("/").status_code == 302
    assert "_auth_user_id" not in stranger.session
    refused = stranger.post("/account/2fa/authenticate/", {"code": "000000"})
    assert "field-errors" in refused.text
    stranger.post("/account/2fa/authenticate/", {"code": recovery_codes[0]})
    assert stranger.session["_auth_user_id"] == str(cast.owner.user.id)


@pytest.mark.django_db
def test_a_forgotten_password_is_chosen_anew_by_mail(cast: Cast) -> None:
    client = Client()
    page = client.post("/account/password/reset/", {"email": cast.owner.user.email}, follow=True)
    assert "Look into your mail" in page.text
    (letter,) = mail.outbox
    assert letter.subject == "Choose a new password"
    (link,) = re.findall(r"http://testserver(/account/password/reset/key/\S+)", str(letter.body))
    form = client.get(link, follow=True)
    address = form.redirect_chain[-1][0]
    fresh = "five lamps in a short row"
    saved = client.post(address, {"password1": fresh, "password2": fresh}, follow=True)
    assert "Your password is saved" in saved.text
    assert "This link has been used" in Client().get(link, follow=True).text
    assert Client().login(email=cast.owner.user.email, username="", password=fresh)


@pytest.mark.django_db
def test_a_letter_to_nobody_tells_nothing_on_the_page(cast: Cast) -> None:
    texts = [
        Client().post("/account/password/reset/", {"email": email}, follow=True).content
        for email in (cast.owner.user.email, "nobody@lamps.example")
    ]
    assert re.sub(rb"value=\"[^\"]+\"|[A-Za-z0-9]{64}", b"", texts[0]) == re.sub(
        rb"value=\"[^\"]+\"|[A-Za-z0-9]{64}", b"", texts[1]
    )
    assert [letter.subject for letter in mail.outbox] == [
        "Choose a new password",
        "Nobody signs in with this address",
    ]
