"""What may be written down of a call to a provider (LOG-1)."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partsemble.accounting.qbo.disclosure import disclose
from partsemble.accounting.redaction import (
    BODY_LIMIT,
    MARK,
    Exchange,
    Leaf,
    Shape,
    redact_body,
    redact_json,
    scrub_name,
    scrub_sentence,
)

SHAPE: Shape = {
    "Id": Leaf.CODE,
    "Name": Leaf.NAME,
    "Price": Leaf.CODE,
    "Text": Leaf.SENTENCE,
    "Lines": {"Id": Leaf.CODE, "Name": Leaf.NAME},
    "Inner": {"Inner": {"Name": Leaf.NAME}},
}


def redact(body: object) -> Any:
    text = redact_json(body=json.dumps(body).encode(), shape=SHAPE)
    assert text is not None
    return json.loads(text)


def exchange(**changes: Any) -> Exchange:
    values: dict[str, Any] = {
        "method": "GET",
        "url": "http://books.example/v3/company/93/query",
        "query": {"query": "SELECT * FROM Item", "minorversion": "75"},
        "form": None,
        "status": 200,
        "content_type": "application/json;charset=utf-8",
        "reply": b"{}",
    }
    return Exchange(**{**values, **changes})


def test_only_what_is_named_gets_through() -> None:
    kept = redact(
        {"Id": "5", "Name": "Lamp", "Email": "a@b.example", "Address": {"Line1": "3 Harbor Row"}}
    )
    assert kept == {"Id": "5", "Name": "Lamp", "Email": MARK, "Address": MARK}


def test_a_field_whose_name_could_say_something_is_only_counted() -> None:
    assert redact({"Id": "5", "jane@doe.example": 1, "4111111111111111": 2}) == {
        "Id": "5",
        MARK: "2 more fields",
    }


def test_numbers_pass_as_the_characters_that_they_are() -> None:
    text = redact_json(body=b'{"Price": 12.300000000000000000001, "Id": 1e3}', shape=SHAPE)
    assert text == '{"Price":12.300000000000000000001,"Id":1e3}'


@pytest.mark.parametrize("odd", [{"x": 1}, [1], "two words", "x" * 41, "1" * 41])
def test_what_is_no_code_does_not_pass_as_one(odd: object) -> None:
    assert redact({"Id": odd}) == {"Id": MARK}


def test_a_long_list_keeps_its_number_the_ids_and_the_first_three() -> None:
    rows = [{"Id": str(each), "Name": f"Row {each}", "Note": "private"} for each in range(10)]
    kept = redact({"Lines": rows})["Lines"]
    assert kept["count"] == 10
    assert kept["ids"] == "0 1 2 3 4 5 6 7 8 9"
    assert kept["first"] == [
        {"Id": str(each), "Name": f"Row {each}", "Note": MARK} for each in range(3)
    ]


def test_a_short_list_stays_a_list() -> None:
    assert redact({"Lines": [{"Id": "1"}]}) == {"Lines": [{"Id": "1"}]}


def test_a_list_of_other_things_is_only_counted() -> None:
    assert redact({"Lines": [{"Id": "1"}, "a@b.example"]}) == {"Lines": {"count": 2, "first": MARK}}


def test_what_is_too_long_keeps_less() -> None:
    rows = [{"Id": "9" * 20, "Name": "n" * 500} for _ in range(2_000)]
    text = redact_json(body=json.dumps({"Lines": rows}).encode(), shape=SHAPE)
    assert text is not None
    assert len(text.encode()) <= BODY_LIMIT
    kept = json.loads(text)["Lines"]
    assert kept["count"] == 2_000
    assert kept["ids"].endswith("more")
    tiny = redact_json(body=json.dumps({"Lines": rows}).encode(), shape=SHAPE, limit=100)
    assert tiny is not None
    assert len(tiny.encode()) <= 100


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        (b"<html>jane@doe.example</html>", "text/html; charset=utf-8", "text/html, 29 bytes"),
        (b"\xff\xfe", "Bearer abc", "something, 2 bytes"),
        (b'["list"]', "application/json", "application/json, 8 bytes"),
        (b'{"Id": "1"', "application/json", "application/json, 10 bytes"),
        (b"[" * 100_000, "application/json", "application/json, 100000 bytes"),
    ],
)
def test_of_anything_else_only_kind_and_length_are_told(body: bytes, kind: str, said: str) -> None:
    kept = redact_body(body=body, content_type=kind, shape=SHAPE)
    assert json.loads(kept) == {MARK: said}


def test_nothing_sent_is_nothing() -> None:
    assert redact_body(body=b"", content_type="", shape=SHAPE) == ""


@pytest.mark.parametrize(
    ("text", "scrubbed"),
    [
        ("Write to jane@doe.example now", f"Write to {MARK} now"),
        ("Call (360) 555-0142", f"Call {MARK}"),
        ("Call +1 360.555.0142 today", f"Call {MARK} today"),
        ("Token eyJlbmMi9b980c7274c269d2b75021793b85a6 expired", f"Token {MARK} expired"),
        ("AB11eZfLmQaBcDeFgHi2", MARK),
        ("Closed since 2024-01-25, 05:15", None),
        ("Id 9341452483501534 is gone", "Id 9341452483501534 is gone"),
        ("message=AuthenticationFailed; errorCode=003200", None),
    ],
)
def test_sentences_lose_whom_and_what_they_quote(text: str, scrubbed: str | None) -> None:
    assert scrub_sentence(text) == (text if scrubbed is None else scrubbed)


def test_names_keep_long_skus_and_lose_addresses() -> None:
    assert scrub_name("WA-COL-001426-BRONZE-BRACKET-2024") == "WA-COL-001426-BRONZE-BRACKET-2024"
    assert scrub_name("Ask bob@lamps.example") == f"Ask {MARK}"
    assert scrub_name("RT1-39-H0-180402402663a584f70ad5851f9c9c") == MARK


def test_people_are_known_by_their_id_alone() -> None:
    vendor = {
        "Id": "5",
        "DisplayName": "Jane Doe",
        "CompanyName": "Jane Doe Ltd",
        "PrimaryEmailAddr": {"Address": "jane@doe.example"},
        "PrimaryPhone": {"FreeFormNumber": "(360) 555-0142"},
        "BillAddr": {"Line1": "3 Harbor Row"},
        "TaxIdentifier": "99-1234567",
        "Active": True,
    }
    said = disclose(
        exchange(
            query={"query": "SELECT * FROM Vendor WHERE DisplayName = 'Jane \\'D\\' Doe'"},
            reply=json.dumps({"QueryResponse": {"Vendor": [vendor]}}).encode(),
        )
    )
    assert said.entity == "Vendor"
    assert said.query["query"].endswith(f"FROM Vendor WHERE DisplayName = '{MARK}'")
    kept = json.loads(said.reply)["QueryResponse"]["Vendor"][0]
    assert {name for name, value in kept.items() if value != MARK} == {"Id", "Active"}


def test_of_a_company_its_name_and_country_are_kept() -> None:
    company = {
        "CompanyName": "Hollow Reed Lamp Works",
        "LegalName": "Jane Doe",
        "Country": "US",
        "EmployerId": "12-3456789",
        "CompanyAddr": {"Line1": "14 Tannery Lane", "Country": "USA"},
    }
    said = disclose(
        exchange(
            url="http://books.example/v3/company/93/companyinfo/93",
            query={},
            reply=json.dumps({"CompanyInfo": company}).encode(),
        )
    )
    assert said.entity == "CompanyInfo"
    kept = json.loads(said.reply)["CompanyInfo"]
    assert kept == {
        "CompanyName": "Hollow Reed Lamp Works",
        "LegalName": MARK,
        "Country": "US",
        "EmployerId": MARK,
        "CompanyAddr": MARK,
    }


def test_of_tokens_only_the_names_of_fields_are_kept() -> None:
    said = disclose(
        exchange(
            method="POST",
            url="http://books.example/oauth2/v1/tokens/bearer",
            query={},
            form={"grant_type": "refresh_token", "refresh_token": MARK},
            reply=b'{"access_token":"abc","refresh_token":"def","expires_in":3600}',
        )
    )
    assert said.entity == "Token"
    assert json.loads(said.request) == {"grant_type": "refresh_token", "refresh_token": MARK}
    assert json.loads(said.reply) == {
        "access_token": MARK,
        "refresh_token": MARK,
        "expires_in": MARK,
    }


def test_a_refused_token_names_its_error() -> None:
    said = disclose(
        exchange(
            url="http://books.example/oauth2/v1/tokens/bearer",
            form={"grant_type": "refresh_token", "refresh_token": MARK},
            status=400,
            reply=b'{"error":"invalid_grant","error_description":"Token RT1-39 is dead"}',
        )
    )
    assert said.error_code == "invalid_grant"
    assert json.loads(said.reply) == {"error": "invalid_grant", "error_description": MARK}


def test_faults_of_both_shapes_get_through_scrubbed() -> None:
    service = {
        "Fault": {
            "type": "ValidationFault",
            "Error": [{"Message": "Bad", "Detail": "Ask jane@doe.example", "code": "006240"}],
        }
    }
    said = disclose(exchange(reply=json.dumps(service).encode()))
    assert (said.error_code, said.error_text) == ("6240", f"Bad Ask {MARK}")
    assert json.loads(said.reply)["Fault"]["Error"][0]["Detail"] == f"Ask {MARK}"
    gateway = {"fault": {"error": [{"message": "No", "detail": "None", "code": "3200"}]}}
    said = disclose(exchange(status=401, reply=json.dumps(gateway).encode()))
    assert (said.error_code, said.error_text) == ("3200", "No None")


CANARY = "zq7canary"
leaves = st.sampled_from(
    [None, True, 7, -1.5e300, f"{CANARY} 1", f"{CANARY}@doe.example", "\ud83d", "\x00", "lamp"]
)
names = st.sampled_from(["Secret", "Id2", "x", "jane@doe.example", f"{CANARY}1", *SHAPE])
trees = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(names, inner, max_size=5),
    max_leaves=20,
)


def list_allowed(value: object, shape: Shape | Leaf | None) -> set[str]:
    """The texts that stand where the shape lets one through, found the slow way."""
    if isinstance(shape, Leaf):
        return {value} if isinstance(value, str) else set()
    if shape is None:
        return set()
    if isinstance(value, list):
        return set().union(*(list_allowed(each, shape) for each in value))
    if isinstance(value, dict):
        return set().union(*(list_allowed(each, shape.get(name)) for name, each in value.items()))
    return set()


def list_texts(value: object) -> set[str]:
    if isinstance(value, str):
        return {value}
    if isinstance(value, list):
        return set().union(*map(list_texts, value))
    if isinstance(value, dict):
        return set().union(*map(list_texts, value.values()))
    return set()


@settings(max_examples=150, deadline=None)
@given(tree=st.dictionaries(names, trees, max_size=5))
def test_no_leaf_gets_through_that_is_not_named(tree: dict[str, Any]) -> None:
    body = json.dumps(tree).encode()
    text = redact_json(body=body, shape=SHAPE)
    if text is None:
        return
    text.encode()
    kept = json.loads(text)
    allowed = list_allowed(tree, SHAPE)
    for shown in list_texts(kept):
        if CANARY in shown:
            assert any(shown.rstrip("…") in each or CANARY in each for each in allowed)
    if not any(CANARY in each for each in allowed):
        assert CANARY not in text


@settings(max_examples=100, deadline=None)
@given(body=st.binary(max_size=300), kind=st.text(max_size=30), status=st.integers(100, 599))
def test_no_reply_makes_it_fail(body: bytes, kind: str, status: int) -> None:
    said = disclose(exchange(reply=body, content_type=kind, status=status))
    said.reply.encode()
    said.error_text.encode()
