"""The frame around every page, and the rules that all of them keep."""

import re

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.support.cast import Cast

from partsemble.config.static import compute_edition, list_static_directories
from partsemble.database.scope import owner_scope
from partsemble.identity import services
from partsemble.identity.models import User


@pytest.mark.django_db
def test_the_frame_names_the_business_and_the_person(cast: Cast) -> None:
    text = cast.builder.sign_in().get(f"/b/{cast.builder.business.slug}/").text
    assert cast.builder.business.name in text
    assert "Bela Builder" in text
    assert 'aria-current="page"' in text
    assert "Skip to the content" in text


@pytest.mark.django_db
def test_the_switcher_appears_with_the_second_business(cast: Cast) -> None:
    client = cast.owner.sign_in()
    home = f"/b/{cast.owner.business.slug}/"
    assert "Switch business" not in client.get(home).text
    services.create_business(user_id=cast.owner.user.id, name="Second Bench")
    text = client.get(home).text
    assert "Switch business" in text
    assert "/b/second-bench/" in text


@pytest.mark.django_db
def test_a_fragment_knows_its_business_and_asks_for_no_other(cast: Cast) -> None:
    client = cast.owner.sign_in()
    features = f"/b/{cast.owner.business.slug}/settings/features/"
    client.get(features)
    with CaptureQueriesContext(connection) as whole:
        client.get(features)
    with CaptureQueriesContext(connection) as fragment:
        response = client.get(features, headers={"HX-Request": "true"})
    assert cast.owner.business.name in response.text
    assert len(fragment) < len(whole)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/account/login/", "/account/signup/", "/nowhere/"])
def test_the_policy_is_strict_and_kept(address: str) -> None:
    response = Client().get(address)
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"\sstyle=|\son\w+=|<style|javascript:", response.text)
    assert re.findall(r"<script(?![^>]*\ssrc=)", response.text) == []


@pytest.mark.django_db
def test_the_style_page_is_for_developers_and_staff(cast: Cast) -> None:
    client = cast.owner.sign_in()
    assert client.get("/style/").status_code == 404
    with owner_scope():
        User.objects.filter(id=cast.owner.user.id).update(is_staff=True)
    response = client.get("/style/")
    assert response.status_code == 200
    assert "Every component in every state" in response.text
    assert not re.search(r"\sstyle=|\son\w+=|<style", response.text)


def test_files_may_be_kept_for_ever() -> None:
    address = f"{settings.STATIC_URL}web/css/web.css"
    response = Client().get(address)
    response.close()
    assert response.status_code == 200
    assert "immutable" in response["Cache-Control"]


def test_what_style_sheets_and_scripts_refer_to_is_there() -> None:
    client = Client()
    waiting = [f"{settings.STATIC_URL}web/css/web.css", f"{settings.STATIC_URL}web/js/web.js"]
    seen = set()
    while waiting:
        address = waiting.pop()
        response = client.get(address)
        assert response.status_code == 200, address
        seen.add(address)
        content = b"".join(response)
        response.close()
        if address.endswith((".css", ".js")):
            text = content.decode()
            folder = address.rpartition("/")[0]
            for reference in re.findall(r'(?:url\(|import )"([^"]+)"', text):
                target = re.sub(
                    r"/[^/]+/\.\.(?=/)", "", f"{folder}/{reference}".replace("/./", "/")
                )
                target = re.sub(r"/[^/]+/\.\.(?=/)", "", target)
                if target not in seen:
                    waiting.append(target)
    assert len(seen) > 20


def test_an_edition_changes_with_its_files(tmp_path) -> None:
    web = tmp_path / "web"
    (web / "lamps/static").mkdir(parents=True)
    sheet = web / "lamps/static/lamps.css"
    sheet.write_text("a {}")
    before = compute_edition(list_static_directories(web))
    assert re.fullmatch(r"[0-9a-f]{12}", before)
    assert compute_edition(list_static_directories(web)) == before
    sheet.write_text("b {}")
    assert compute_edition(list_static_directories(web)) != before
