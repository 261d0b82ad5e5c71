"""Change notifications of QuickBooks: signatures, both bodies, and whatever else may come."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.webhooks import VERIFIER, cloud_event, entity, new_body, old_body, sign

from partsemble.accounting.errors import NoticeUnreadable
from partsemble.accounting.qbo.webhooks import NOTICE_LIMIT, is_signed, read_notices
from partsemble.accounting.types import ChangeNotice, NoticedChange, NoticedKind
from partsemble.kernel.secret import Secret

PUBLISHED = (
    b'{"eventNotifications":[{"realmId":"1269959970","dataChangeEvent":{"entities":[{"name":'
    b'"Vendor","id":"40","operation":"Update","lastUpdated":"2016-10-05T03:09:04.000Z"},{"name":'
    b'"Customer","id":"43","operation":"Create","lastUpdated":"2016-10-05T03:07:04.000Z"}]}}]}'
)
"""From the tests of Intuit's .NET SDK, with the signature that it has there."""
PUBLISHED_SIGNATURE = "6q+xGyMirJupwKTh2/WBl2NcdxzxqdIbk3sneKTxLWM="


def is_believed(body: bytes, signature: str, *verifiers: str) -> bool:
    tokens = [Secret(each) for each in verifiers or (VERIFIER,)]
    return is_signed(body=body, signature=signature, verifiers=tokens)


def test_the_published_signature_is_believed() -> None:
    assert is_believed(PUBLISHED, PUBLISHED_SIGNATURE)


def test_either_token_is_believed_while_one_replaces_the_other() -> None:
    for token in ("old", "new"):
        assert is_believed(b"[]", sign(b"[]", token), "new", "old")
    assert not is_believed(b"[]", sign(b"[]", "older still"), "new", "old")


def test_without_a_token_nothing_is_believed() -> None:
    assert not is_signed(body=b"[]", signature=sign(b"[]", ""), verifiers=())


@given(place=st.integers(0, len(PUBLISHED) - 1), mask=st.integers(1, 255))
def test_one_changed_bit_is_noticed(place: int, mask: int) -> None:
    forged = bytearray(PUBLISHED)
    forged[place] ^= mask
    assert not is_believed(bytes(forged), PUBLISHED_SIGNATURE)


@given(signature=st.text())
def test_no_made_up_signature_is_believed_or_breaks_anything(signature: str) -> None:
    assert not is_believed(PUBLISHED, signature)


def test_the_older_body_is_read() -> None:
    vendor, customer = read_notices(body=PUBLISHED)
    assert (vendor.company_id, vendor.external_id) == ("1269959970", "40")
    assert (vendor.kind, vendor.change) == (NoticedKind.OTHER, NoticedChange.UPDATED)
    assert vendor.happened_at == datetime(2016, 10, 5, 3, 9, 4, tzinfo=UTC)
    assert customer.change is NoticedChange.CREATED


def test_the_newer_body_is_read() -> None:
    body = new_body(
        cloud_event("310687", 1234, "created", time="2026-11-20T19:59:07.034359333Z"),
        cloud_event("310688", 7, "created", type="qbo.class.created.v1"),
    )
    item, other = read_notices(body=body)
    assert (item.company_id, item.external_id) == ("310687", "1234")
    assert (item.kind, item.change) == (NoticedKind.ITEM, NoticedChange.CREATED)
    assert item.happened_at == datetime(2026, 11, 20, 19, 59, 7, 34359, tzinfo=UTC)
    assert (other.company_id, other.kind) == ("310688", NoticedKind.OTHER)


@pytest.mark.parametrize(
    ("old", "new", "change", "gone"),
    [
        ("Create", "created", NoticedChange.CREATED, ""),
        ("Update", "update", NoticedChange.UPDATED, ""),
        ("Delete", "deleted", NoticedChange.DELETED, "7"),
        ("Merge", "merged", NoticedChange.MERGED, "8"),
        ("Void", "voided", NoticedChange.OTHER, ""),
    ],
)
def test_both_bodies_say_the_same(old: str, new: str, change: NoticedChange, gone: str) -> None:
    [one] = read_notices(body=old_body("1", entity(7, old, deletedId="8")))
    [other] = read_notices(body=new_body(cloud_event("1", 7, new, data={"deletedId": "8"})))
    for notice in (one, other):
        assert (notice.change, notice.external_id, notice.gone_id) == (change, "7", gone)


def key_of(body: bytes) -> str:
    [notice] = read_notices(body=body)
    assert len(notice.key) == 64
    return notice.key


def test_the_same_event_has_the_same_key_in_whatever_company() -> None:
    assert key_of(old_body("1", entity(7))) == key_of(old_body("1", entity(7)))
    known = {
        key_of(old_body("1", entity(7))),
        key_of(old_body("2", entity(7))),
        key_of(old_body("1", entity(8))),
        key_of(old_body("1", entity(7, "Delete"))),
        key_of(old_body("1", entity(7, lastUpdated="2026-11-20T20:52:32.000Z"))),
        key_of(new_body(cloud_event("1", 7))),
        key_of(new_body(cloud_event("2", 7))),
        key_of(new_body(cloud_event("1", 7, id="another"))),
        key_of(new_body(cloud_event("1", 7, source="another"))),
    }
    assert len(known) == 9


def test_a_key_does_not_depend_on_what_may_be_left_out() -> None:
    event = cloud_event("1", 7)
    bare = {name: value for name, value in event.items() if name != "data"}
    assert key_of(new_body(event)) == key_of(new_body(bare))


WRONG: list[Any] = [
    {},
    {"eventNotifications": None},
    {"eventNotifications": [{"realmId": "1"}]},
    [{"specversion": "1.0"}],
    [cloud_event("1", 7, type="qbo.item.updated")],
    [cloud_event("1", 7, type="other.item.updated.v1")],
    [cloud_event("1", 7, time="yesterday")],
    [cloud_event("1", 7, time="2026-11-20T19:59:07")],
    [cloud_event("1" * 65, 7)],
    [cloud_event("", 7)],
    json.loads(old_body("1", entity(7, lastUpdated=5))),
    "eventNotifications",
    7,
]


@pytest.mark.parametrize("wrong", WRONG, ids=range(len(WRONG)))
def test_what_has_another_form_is_refused(wrong: Any) -> None:
    with pytest.raises(NoticeUnreadable):
        read_notices(body=json.dumps(wrong).encode())


def test_more_than_a_delivery_holds_is_refused() -> None:
    with pytest.raises(NoticeUnreadable):
        read_notices(body=old_body("1", *([entity(7)] * (NOTICE_LIMIT + 1))))
    assert read_notices(body=b"[]") == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(body=st.binary() | JSON.map(lambda each: json.dumps(each).encode()))
def test_anything_at_all_is_read_or_refused(body: bytes) -> None:
    try:
        notices = read_notices(body=body)
    except NoticeUnreadable:
        return
    assert all(isinstance(each, ChangeNotice) for each in notices)
