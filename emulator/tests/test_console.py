"""The bookkeeper's console over HTTP: every action, every refusal, and nobody else's forms."""

import re
from html import unescape

import pytest

from bookkeeper import Bookkeeper, find_problem, item_of, make_item
from conftest import Running

PAGES = (
    *("items", "items?search=lamp&type=Inventory&state=all&page=2", "items/new", "items/9"),
    *("items/9/merge", "items/9/merge?into=10", "accounts", "accounts/new", "accounts/81"),
    *("customers", "customers/new", "customers/1", "vendors", "vendors/new", "vendors/5"),
    *("trial-balance", "activity", "activity/entries", "activity/requests"),
    *("activity/deliveries", "faults", "clock"),
)
AWKWARD = '<script>alert(1)</script> "Zoë\'s" & مصباح 🪔 </title>'


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_whole_and_holds_nothing_inline(workshop: Running, path: str) -> None:
    answer = Bookkeeper(workshop).get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(
        r"<style|\sstyle=|\son[a-z]+=|<script(?! type=\"module\" src=)", answer.text
    )
    assert answer.text.count("<h1>") == 1
    assert answer.text.count('aria-current="page"') >= 1


def test_style_and_script_are_kept_under_a_name_that_follows_their_content(
    workshop: Running,
) -> None:
    page = Bookkeeper(workshop).get("items").text
    named = re.findall(r'(?:href|src)="(/emulator/[^"]+)"', page)
    assert {name.partition("?")[0].rpartition("/")[2] for name in named} == {
        *("base.css", "console.css", "console.js"),
    }
    for name in named:
        answer = workshop.client.get(workshop.ready["base_url"] + name)
        assert "immutable" in answer.headers["cache-control"]
        assert len(answer.content) > 500


def test_the_first_page_leads_to_every_company(workshop: Running) -> None:
    page = workshop.client.get(workshop.ready["base_url"]).text
    for company in workshop.control("GET", "companies")["companies"]:
        assert f'href="/console/{company["realm_id"]}/items"' in page
        other = Bookkeeper(workshop, company["realm_id"]).read("trial-balance")
        assert company["name"] in other
        assert f"{company['currency']}." in re.sub("<[^>]+>", "", other)


def test_a_company_is_founded_or_not(keeper: Bookkeeper) -> None:
    form = {"name": "Ash & Elm", "country": "CA", "plan": "Essentials", "items": "12"}
    headers = {"Sec-Fetch-Site": "same-origin"}
    address = f"{keeper.base}/console"
    made = keeper.server.client.post(address, data=form, headers=headers)
    assert made.status_code == 303
    page = keeper.server.client.get(keeper.base + made.headers["location"]).text
    assert "Ash &amp; Elm is founded." in page
    again = keeper.server.client.post(address, data=form, headers=headers)
    assert find_problem(again) == "There is a company named Ash & Elm already."
    assert 'value="Ash &amp; Elm"' in again.text
    few = keeper.server.client.post(address, data=form | {"items": "3"}, headers=headers)
    assert find_problem(few) == "A catalogue has 10 to 1000000 items."


def test_an_item_is_created_counted_and_edited(keeper: Bookkeeper) -> None:
    number = make_item(keeper, "Cork mat", sku="CM-1", unit_price="1,250.00", taxable="yes")
    item = item_of(keeper, number)
    assert (item["sku"], item["unit_price"], item["taxable"]) == ("CM-1", 1250, True)
    assert (item["quantity_on_hand"], item["value"]) == (8, 20)
    before = keeper.server.control("GET", "trial-balance")

    keeper.act(f"items/{number}/quantity", quantity="5.5")
    item = item_of(keeper, number)
    assert (item["quantity_on_hand"], item["value"]) == (5.5, 13.75)
    after = keeper.server.control("GET", "trial-balance")
    assert after["is_balanced"]
    assert before["inventory_value"] - after["inventory_value"] == 6.25
    assert "6.25" in keeper.read("activity/entries")

    keeper.act(f"items/{number}", name="Cork mat, large", sku="", unit_price="9.10",
               purchase_cost="3", reorder_point="2", description="Two\r\nlines")  # fmt: skip
    item = item_of(keeper, number)
    assert (item["name"], item["sku"], item["taxable"]) == ("Cork mat, large", None, False)
    assert (item["unit_price"], item["reorder_point"]) == (9.1, 2)
    assert item["description"] == "Two\nlines"
    (row,) = keeper.server.rows(f"select * from Item where Id = '{number}'")
    assert (row["Name"], row["QtyOnHand"], row["Description"]) == (
        *("Cork mat, large", 5.5, "Two\nlines"),
    )


def test_an_item_goes_and_comes_back(keeper: Bookkeeper) -> None:
    number = make_item(keeper, "Felt pad")
    keeper.act(f"items/{number}/active", active="no")
    item = item_of(keeper, number)
    assert (item["active"], item["name"]) == (False, "Felt pad (deleted)")
    assert item["quantity_on_hand"] == 0
    assert "Felt pad (deleted)" in keeper.read("items?search=felt+pad&state=inactive")
    assert "Felt pad" not in keeper.read("items?search=xx&state=inactive")
    keeper.act(f"items/{number}/active", active="yes")
    assert item_of(keeper, number)["active"]


def test_two_items_become_one(keeper: Bookkeeper) -> None:
    lost, kept = make_item(keeper, "Clamp"), make_item(keeper, "Clamp, steel")
    page = keeper.read(f"items/{lost}/merge?search=clamp")
    assert f"merge?into={kept}" in page
    assert "cannot be undone" in keeper.read(f"items/{lost}/merge?into={kept}")
    assert keeper.act(f"items/{lost}/merge", into=kept) == f"items/{kept}"
    assert item_of(keeper, kept)["quantity_on_hand"] == 16
    assert not item_of(keeper, lost)["active"]
    assert "took over Clamp (deleted)" in re.sub("<[^>]+>", "", keeper.read("activity"))
    service = keeper.act("items/new", type="Service", name="Clamping").removeprefix("items/")
    sentence = keeper.refused(f"items/{service}/merge", into=kept)
    assert sentence == "Only products and services of one type can be merged."


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": " "}, "An item needs a name."),
        ({"name": "a:b"}, "A name holds no tab, no line break and no colon."),
        ({"name": "x" * 101}, "The name has 101 characters; at most 100 fit."),
        ({"sku": "x" * 101}, "The sku has 101 characters; at most 100 fit."),
        ({"unit_price": "ten"}, "Unit price: “ten” is not a number. Write it like 1234.50."),
        ({"unit_price": "NaN"}, "Unit price: “NaN” is not a number. Write it like 1234.50."),
        ({"purchase_cost": "1e99"}, "Purchase cost is at most 99,999,999,999."),
        ({"quantity_on_hand": "-1"}, "An item cannot start with less than nothing."),
        ({"started_on": "someday"}, "“someday” is not a day. Days are written like 2026-03-31."),
        ({"parent_id": "x"}, "“x” is not an id. Ids are whole numbers."),
        ({"type": "Group"}, "“Group” is none of the choices for type."),
    ],
)
def test_an_item_that_cannot_be_is_refused_and_typed_words_stay(
    keeper: Bookkeeper, change: dict[str, str], sentence: str
) -> None:
    form = {"type": "Inventory", "name": "Refused", "description": "typed with care"} | change
    assert keeper.refused("items/new", **form) == sentence
    assert "typed with care" in keeper.send("items/new", **form).text


def test_a_taken_name_and_an_unknown_item_are_refused(keeper: Bookkeeper) -> None:
    number = make_item(keeper, "Taken")
    sentence = keeper.refused("items/new", type="Service", name="taken")
    assert sentence == f"This name is taken already, by number {number}. Choose another."
    assert keeper.refused(f"items/{number}/quantity", quantity="") == (
        "Type the quantity that was counted."
    )
    assert keeper.refused("items/999999", name="x") == "There is no item with id 999999."
    assert keeper.get("items/999999").status_code == 404
    assert keeper.get("accounts/999999").status_code == 404
    assert keeper.get("vendors/1").status_code == 404
    assert Bookkeeper(keeper.server, "123").get("items").status_code == 404


def test_a_plan_without_stock_has_none_to_offer(keeper: Bookkeeper) -> None:
    companies = keeper.server.control("GET", "companies")["companies"]
    plain = next(row for row in companies if not row["has_stock"])
    other = Bookkeeper(keeper.server, plain["realm_id"])
    assert 'value="Inventory"' not in other.read("items/new").partition("</main>")[0]
    sentence = other.refused("items/new", type="Inventory", name="Counted")
    assert sentence == f"{plain['offering']} does not count stock; choose another type."


def test_an_account_is_opened_edited_and_closed(keeper: Bookkeeper) -> None:
    path = keeper.act("accounts/new", name="Petty cash", account_sub_type="CashOnHand",
                      number="1010", opening_balance="75.50", opened_on="2026-01-05")  # fmt: skip
    assert "75.50" in keeper.read("trial-balance")
    (row,) = keeper.server.rows("select * from Account where Name = 'Petty cash'")
    assert (row["AccountType"], row["CurrentBalance"], row["AcctNum"]) == ("Bank", 75.5, "1010")
    keeper.act(path, name="Petty cash, shop", number="", description="In the drawer",
               parent_id="35")  # fmt: skip
    account = keeper.server.control("GET", path)
    assert (account["full_name"], account["number"]) == ("Checking:Petty cash, shop", None)
    assert "Checking › " not in keeper.read("accounts?search=checking&state=inactive")
    keeper.act(f"{path}/active", active="no")
    assert keeper.server.control("GET", path)["name"] == "Petty cash, shop (deleted)"
    assert "Petty cash" in keeper.read("accounts?state=inactive")
    assert keeper.server.control("GET", "trial-balance")["is_balanced"]
    keeper.act(f"{path}/active", active="yes")


@pytest.mark.parametrize(
    ("path", "change", "sentence"),
    [
        ("accounts/new", {"name": ""}, "An account needs a name."),
        ("accounts/new", {"name": 'The "till"'},
         "The name of an account holds no quotation mark."),
        ("accounts/new", {"account_sub_type": "Gold"}, "There is no account type Gold."),
        ("accounts/new", {"opening_balance": "5"}, "An opening balance needs its date."),
        ("accounts/new", {"parent_id": "35"}, "A sub-account has the type of its parent."),
        ("accounts/new", {"number": "1" * 21}, "The number has 21 characters; at most 20 fit."),
        ("accounts/81", {"name": "Checking", "account_sub_type": "Inventory"},
         "This name is taken already, by number 35. Choose another."),
        ("accounts/34/active", {"active": "no"}, None),
    ],
)  # fmt: skip
def test_an_account_that_cannot_be_is_refused(
    keeper: Bookkeeper, path: str, change: dict[str, str], sentence: str | None
) -> None:
    form = {"name": "Refused", "account_sub_type": "AdvertisingPromotional"} | change
    said = keeper.refused(path, **form)
    assert said == sentence or (sentence is None and said.endswith("."))


@pytest.mark.parametrize(("kind", "entity"), [("customers", "Customer"), ("vendors", "Vendor")])
def test_people_are_written_down_edited_and_retired(
    keeper: Bookkeeper, kind: str, entity: str
) -> None:
    path = keeper.act(f"{kind}/new", name=f"Rowan {entity}", email="rowan@example.com",
                      phone="555 0100", street="1 Mill Lane", city="Ely",
                      notes="calls early")  # fmt: skip
    (row,) = keeper.server.rows(f"select * from {entity} where DisplayName = 'Rowan {entity}'")
    assert row["PrimaryEmailAddr"] == {"Address": "rowan@example.com"}
    assert row["BillAddr"]["City"] == "Ely"
    assert row["Notes"] == "calls early"
    keeper.act(path, name=f"Rowan {entity} Ltd", email="", city="March", street="1 Mill Lane")
    person = keeper.server.control("GET", path)
    assert (person["email"], person["city"], person["street"]) == (None, "March", "1 Mill Lane")
    assert person["phone"] == "555 0100"
    keeper.act(f"{path}/active", active="no")
    assert f"Rowan {entity} Ltd (deleted)" in keeper.read(f"{kind}?state=inactive&search=rowan")
    keeper.act(f"{path}/active", active="yes")
    composed = keeper.act(f"{kind}/new", name="", given_name="Ivy", family_name=entity)
    assert keeper.server.control("GET", composed)["name"] == f"Ivy {entity}"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": ""}, "Give a display name, a given name or a family name at least."),
        ({"email": "nobody"},
         "The e-mail address is not one. Write it like name@example.com."),
        ({"phone": "5" * 31}, "The phone has 31 characters; at most 30 fit."),
        ({"city": "x" * 256}, "The city has 256 characters; at most 255 fit."),
        ({"name": "Saltmarsh Reed"}, "This name is taken already, by number 7. Choose another."),
    ],
)  # fmt: skip
def test_a_customer_that_cannot_be_is_refused(
    keeper: Bookkeeper, change: dict[str, str], sentence: str
) -> None:
    form = {"name": "Refused", "notes": "typed with care"} | change
    assert keeper.refused("customers/new", **form) == sentence
    assert "typed with care" in keeper.send("customers/new", **form).text
    if "name" not in change:
        assert keeper.refused("customers/2", **form) == sentence


def test_a_customer_is_put_below_another(keeper: Bookkeeper) -> None:
    whole = keeper.act("customers/new", name="Pier Theatre").removeprefix("customers/")
    page = keeper.act("customers/new", name="Stage 2", parent_id=whole)
    assert "Pier Theatre › Stage 2" in re.sub("<[^>]+>", "", keeper.read("customers"))
    shown = keeper.read(page)
    assert f'<option value="{whole}" selected>Pier Theatre</option>' in shown
    assert f'value="{page.removeprefix("customers/")}"' not in shown, "never below itself"
    keeper.act(page, name="Stage 2", parent_id="")
    assert "Pier Theatre › Stage 2" not in re.sub("<[^>]+>", "", keeper.read("customers"))
    assert keeper.refused(f"customers/{whole}", name="Pier Theatre", parent_id="4711") == (
        "The customer it is to be below is not there, or not in use. Choose another."
    )
    assert "Sub-customer" not in keeper.read("vendors/new")


def test_the_trial_balance_adds_up(workshop: Running) -> None:
    trial = workshop.control("GET", "trial-balance")
    page = Bookkeeper(workshop).read("trial-balance")
    total = f"{trial['total_debit']:,.2f}"
    assert page.count(f'<td class="figure">{total}</td>') >= 2
    assert "Balanced" in page
    assert f"are worth {trial['inventory_value']:,.2f} USD." in re.sub("<[^>]+>", "", page)


def test_awkward_names_are_shown_and_never_meant(keeper: Bookkeeper) -> None:
    number = make_item(keeper, AWKWARD)
    customer = keeper.act("customers/new", name=AWKWARD, company_name=AWKWARD)
    keeper.act("faults", kind="status", contains=AWKWARD)
    for path in ("items?search=zo%C3%AB", f"items/{number}", f"items/{number}/merge", customer,
                 "customers", "activity", "activity/entries", "faults"):  # fmt: skip
        raw = keeper.get(path).text
        assert "<script>alert" not in raw
        assert "</title> " not in raw
        assert AWKWARD in unescape(raw)
    keeper.act("faults/clear")
