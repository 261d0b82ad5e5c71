"""Several companies behind one server: plans, countries, currencies, and walls between them."""

from pathlib import Path

import httpx2
import pytest

from conftest import Running, running
from test_section_01_oauth import CALLBACK, ask, authorize, exchange, landed


def read(server: Running, tokens: dict[str, str], path: str) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {tokens['access_token']}", "Accept": "application/json"}
    address = f"{server.ready['base_url']}/v3/company/{tokens['realm_id']}/{path}"
    return server.client.get(address, headers=headers)


def connect(server: Running, name: str) -> dict[str, str]:
    (company,) = [row for row in companies(server) if row["name"] == name]
    answer = server.client.post(f"{company['control_url']}/connect", json={})
    tokens: dict[str, str] = answer.json()
    return tokens


def companies(server: Running) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = server.control("GET", "companies")["companies"]
    return rows


@pytest.mark.parametrize(
    ("name", "country", "currency", "plan", "has_stock"),
    [
        ("Hollow Reed Lamp Works", "US", "USD", "Plus", True),
        ("Marigold Letterpress", "US", "USD", "Simple Start", False),
        ("Maple & Twine Looms", "CA", "CAD", "Advanced", True),
        ("Fen Lane Joinery", "GB", "GBP", "Plus", True),
        ("Wattle Creek Saddlery", "AU", "AUD", "Essentials", False),
    ],
)
def test_11_5_a_company_tells_its_plan_country_and_currency(
    workshop: Running, name: str, country: str, currency: str, plan: str, *, has_stock: bool
) -> None:
    tokens = connect(workshop, name)
    info = read(workshop, tokens, f"companyinfo/{tokens['realm_id']}").json()["CompanyInfo"]
    assert (info["CompanyName"], info["Country"]) == (name, country)
    assert {"Name": "OfferingSku", "Value": f"QuickBooks Online {plan}"} in info["NameValue"]
    assert len(info["CompanyAddr"]["Country"]) == 3
    preferences = read(workshop, tokens, "preferences").json()["Preferences"]
    assert preferences["ProductAndServicesPrefs"]["QuantityOnHand"] is has_stock
    assert preferences["CurrencyPrefs"]["HomeCurrency"] == {"value": currency}
    items = read(workshop, tokens, "query?query=select * from Item maxresults 500").json()
    types = {item["Type"] for item in items["QueryResponse"]["Item"]}
    assert ("Inventory" in types) is has_stock
    assert {"NonInventory", "Category"} <= types
    account = read(workshop, tokens, "account/81").json()["Account"]
    assert account["CurrencyRef"]["value"] == currency
    assert (account["CurrentBalance"] > 0) is has_stock


def test_2_times_carry_the_offset_of_the_company(emulator: Running) -> None:
    emulator.control("POST", "clock", {"set_to": "2027-01-15T12:00:00Z"})
    offsets = {
        name: read(emulator, connect(emulator, name), "preferences").json()["time"][-6:]
        for name in ("Hollow Reed Lamp Works", "Maple & Twine Looms", "Wattle Creek Saddlery")
    }
    assert list(offsets.values()) == ["-08:00", "-05:00", "+11:00"]


def test_8_3100_a_token_opens_its_own_company_only(workshop: Running) -> None:
    mine, theirs = connect(workshop, "Fen Lane Joinery"), workshop.ready
    assert mine["realm_id"] != theirs["realm_id"]
    for token, realm_id in ((mine, theirs["realm_id"]), (theirs, mine["realm_id"])):
        answer = read(workshop, {**token, "realm_id": realm_id}, "preferences")
        assert answer.status_code == 403
        assert answer.json()["fault"]["error"][0]["code"] == "3100"
    assert read(workshop, mine, "preferences").status_code == 200


def test_8_3100_without_the_accounting_scope(workshop: Running) -> None:
    code = landed(authorize(workshop, scope="openid"))["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    tokens = exchange(workshop, form).json() | {"realm_id": workshop.ready["realm_id"]}
    assert read(workshop, tokens, "preferences").status_code == 403


def test_1_2_a_person_chooses_among_the_companies(emulator: Running) -> None:
    (wanted,) = [row for row in companies(emulator) if row["name"] == "Maple & Twine Looms"]
    with httpx2.Client(base_url=emulator.ready["base_url"]) as browser:
        page = ask(browser, emulator)
        assert "Maple &amp; Twine Looms" in page.text
        chosen = page.text.partition(" checked>")[0].rpartition('value="')[2].rstrip('"')
        assert chosen == emulator.ready["realm_id"]
        ticket = page.text.partition('name="ticket" value="')[2].partition('"')[0]
        form = {"ticket": ticket, "decision": "connect", "realm": wanted["realm_id"]}
        back = landed(browser.post("/connect/oauth2/decision", data=form))
    assert back["realmId"] == wanted["realm_id"]
    form = {"grant_type": "authorization_code", "code": back["code"], "redirect_uri": CALLBACK}
    tokens = exchange(emulator, form).json() | {"realm_id": wanted["realm_id"]}
    assert read(emulator, tokens, "preferences").status_code == 200


def test_1_2_auto_consent_can_choose_another_company(tmp_path: Path) -> None:
    with running(tmp_path, "--auto-consent") as server:
        wanted = companies(server)[2]["realm_id"]
        server.control("PATCH", "switches", {"auto_consent_realm": wanted})
        assert landed(authorize(server))["realmId"] == wanted


def test_1_5_a_company_disconnects_without_the_others(emulator: Running) -> None:
    tokens = connect(emulator, "Fen Lane Joinery")
    path = f"companies/{tokens['realm_id']}/revoke"
    assert emulator.control("POST", path, {}) == {"revoked": 1}
    assert read(emulator, tokens, "preferences").status_code == 401
    assert emulator.read("preferences").status_code == 200


def test_the_control_api_of_a_company_changes_its_books_only(emulator: Running) -> None:
    tokens = connect(emulator, "Maple & Twine Looms")
    before = emulator.control("GET", "items/1")
    root = f"companies/{tokens['realm_id']}"
    made = emulator.control(
        "POST", f"{root}/items", {"type": "Service", "name": "Warping", "unit_price": 12.5}
    )
    assert read(emulator, tokens, f"item/{made['id']}").json()["Item"]["Name"] == "Warping"
    emulator.control("PATCH", f"{root}/items/1", {"name": "Looms"})
    assert emulator.control("GET", "items/1") == before
    missing = httpx2.get(f"{emulator.ready['control_url']}/companies/1/items")
    assert (missing.status_code, missing.json()) == (404, {"error": "There is no company with "
                                                           "id 1."})  # fmt: skip


def test_a_company_is_founded_the_same_way_every_time(tmp_path: Path) -> None:
    wish = {"name": "Tin & Thread", "country": "GB", "plan": "Advanced", "items": 30, "seed": 4}
    state = tmp_path / "books.journal"
    with running(tmp_path, "--state", str(state)) as server:
        first = server.control("POST", "companies", wish)
        again = httpx2.post(f"{server.ready['control_url']}/companies", json=wish)
        assert again.status_code == 409
        root = f"companies/{first['realm_id']}"
        server.control("PATCH", f"{root}/items/7", {"name": "Bobbin"})
        names = server.control("GET", f"{root}/items")
        server.kill()
    with running(tmp_path, "--state", str(state)) as server:
        assert server.control("GET", f"{root}/items") == names
        assert read(server, first, "preferences").status_code == 200
    with running(tmp_path) as server:
        second = server.control("POST", "companies", wish)
        assert second["realm_id"] == first["realm_id"]
        server.control("PATCH", f"{root}/items/7", {"name": "Bobbin"})
        fresh = server.control("GET", f"{root}/items")["items"]
        kept = ("id", "name", "sku", "layers", "unit_price")
        assert [[row[name] for name in kept] for row in fresh] == [
            [row[name] for name in kept] for row in names["items"]
        ]


@pytest.mark.parametrize(
    "wish",
    [
        {"name": " "},
        {"name": "X", "country": "DE"},
        {"name": "X", "plan": "Gold"},
        {"name": "X", "items": 9},
    ],
)
def test_a_company_that_cannot_be_is_refused(workshop: Running, wish: dict[str, object]) -> None:
    answer = httpx2.post(f"{workshop.ready['control_url']}/companies", json=wish)
    assert answer.status_code == 400
    assert answer.json()["error"].endswith(".")
