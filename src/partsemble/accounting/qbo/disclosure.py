"""Which of QuickBooks' fields may be written down, record by record. Pure.

Items, accounts and preferences are the business's own figures. Of vendors and customers nothing
gets through by which one could tell who they are: their names may be those of people. Of the
company its name and country do. What the token endpoints say and are told is known by the names
of its fields alone.

A statement is our own, but what it compares with may be somebody's name, so its literals stay
for the first kind of records only.

Source: QBO accounting API reference: Item, Account, Vendor, Customer, CompanyInfo, Preferences,
query operations, error handling; RFC 6749, sections 4.1.3 to 5.2.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from partsemble.accounting.qbo.errors import may_hold_fault, read_fault
from partsemble.accounting.redaction import (
    MARK,
    Disclosure,
    Exchange,
    Leaf,
    Shape,
    keep_code,
    redact_body,
    redact_form,
    scrub_name,
    scrub_sentence,
)

DISCOVERY: Final = "Discovery"
TOKEN: Final = "Token"  # noqa: S105 a kind of call
REVOCATION: Final = "Revocation"
OTHER: Final = "Other"

_REF: Final[Shape] = {"value": Leaf.CODE, "name": Leaf.NAME}
_PERSON_REF: Final[Shape] = {"value": Leaf.CODE}
_RECORD: Final[Shape] = {
    "Id": Leaf.CODE,
    "SyncToken": Leaf.CODE,
    "Active": Leaf.CODE,
    "domain": Leaf.CODE,
    "sparse": Leaf.CODE,
    "status": Leaf.CODE,
    "MetaData": {"CreateTime": Leaf.CODE, "LastUpdatedTime": Leaf.CODE},
}
_ITEM: Final[Shape] = {
    **_RECORD,
    "Name": Leaf.NAME,
    "FullyQualifiedName": Leaf.NAME,
    "Sku": Leaf.NAME,
    "Type": Leaf.CODE,
    "SubItem": Leaf.CODE,
    "Level": Leaf.CODE,
    "ParentRef": _REF,
    "Taxable": Leaf.CODE,
    "UnitPrice": Leaf.CODE,
    "PurchaseCost": Leaf.CODE,
    "TrackQtyOnHand": Leaf.CODE,
    "QtyOnHand": Leaf.CODE,
    "ReorderPoint": Leaf.CODE,
    "InvStartDate": Leaf.CODE,
    "IncomeAccountRef": _REF,
    "ExpenseAccountRef": _REF,
    "AssetAccountRef": _REF,
    "PrefVendorRef": _PERSON_REF,
}
_ACCOUNT: Final[Shape] = {
    **_RECORD,
    "Name": Leaf.NAME,
    "FullyQualifiedName": Leaf.NAME,
    "SubAccount": Leaf.CODE,
    "ParentRef": _REF,
    "Classification": Leaf.NAME,
    "AccountType": Leaf.NAME,
    "AccountSubType": Leaf.NAME,
    "CurrentBalance": Leaf.CODE,
    "CurrentBalanceWithSubAccounts": Leaf.CODE,
    "CurrencyRef": _REF,
}
_PERSON: Final[Shape] = {**_RECORD, "CurrencyRef": _REF}
_COMPANY: Final[Shape] = {
    **_RECORD,
    "CompanyName": Leaf.NAME,
    "Country": Leaf.CODE,
}
_PREFERENCES: Final[Shape] = {
    **_RECORD,
    "AccountingInfoPrefs": {"BookCloseDate": Leaf.CODE, "UseAccountNumbers": Leaf.CODE},
    "ProductAndServicesPrefs": {
        "ForSales": Leaf.CODE,
        "ForPurchase": Leaf.CODE,
        "QuantityWithPriceAndRate": Leaf.CODE,
        "QuantityOnHand": Leaf.CODE,
    },
    "CurrencyPrefs": {"MultiCurrencyEnabled": Leaf.CODE, "HomeCurrency": {"value": Leaf.CODE}},
}
RECORDS: Final[Mapping[str, Shape]] = MappingProxyType(
    {
        "Item": _ITEM,
        "Account": _ACCOUNT,
        "Vendor": _PERSON,
        "Customer": _PERSON,
        "CompanyInfo": _COMPANY,
        "Preferences": _PREFERENCES,
    }
)
"""What may be written down of each kind of record."""

IMPERSONAL: Final = frozenset({"Item", "Account", "CompanyInfo", "Preferences"})
"""Records that are no people, so that a statement about them may be read as it is."""

ENTITIES: Final = (*RECORDS, TOKEN, REVOCATION, DISCOVERY, OTHER)
"""What a call can be about."""

_FAULT: Final[Shape] = {
    "Message": Leaf.SENTENCE,
    "Detail": Leaf.SENTENCE,
    "code": Leaf.CODE,
    "element": Leaf.CODE,
}
_GATEWAY_FAULT: Final[Shape] = {
    "message": Leaf.SENTENCE,
    "detail": Leaf.SENTENCE,
    "code": Leaf.CODE,
    "element": Leaf.CODE,
}
_REPLY: Final[Shape] = {
    **RECORDS,
    "QueryResponse": {
        **RECORDS,
        "startPosition": Leaf.CODE,
        "maxResults": Leaf.CODE,
        "totalCount": Leaf.CODE,
    },
    "time": Leaf.CODE,
    "Fault": {"type": Leaf.CODE, "Error": _FAULT},
    "fault": {"type": Leaf.CODE, "error": _GATEWAY_FAULT},
}
_FORM: Final[Shape] = {"grant_type": Leaf.CODE}
_TOKEN_REPLY: Final[Shape] = {"error": Leaf.CODE}
_DISCOVERY_REPLY: Final[Shape] = dict.fromkeys(
    ("authorization_endpoint", "token_endpoint", "revocation_endpoint"), Leaf.NAME
)
_REPLIES: Final[Mapping[str, Shape]] = {
    TOKEN: _TOKEN_REPLY,
    REVOCATION: _TOKEN_REPLY,
    DISCOVERY: _DISCOVERY_REPLY,
}


class _OAuthError(msgspec.Struct, frozen=True):
    error: str = ""


_decode_oauth_error = msgspec.json.Decoder(_OAuthError).decode

_FROM: Final = re.compile(r"\bfrom\s+([A-Za-z]{1,40})", re.IGNORECASE)
_LITERAL: Final = re.compile(r"'(?:[^'\\]|\\.)*'?", re.DOTALL)
_GRANT: Final = "grant_type"
_CODES: Final = frozenset({"minorversion", "operation", "include", "requestid", "entities"})
_NAMES: Final = {name.lower(): name for name in RECORDS}


def disclose(exchange: Exchange) -> Disclosure:
    """This will say what may be written down of a call to QuickBooks (LOG-1)."""
    entity = name_entity(exchange)
    code, text = _read_error(entity, exchange)
    return Disclosure(
        entity=entity,
        url=exchange.url,
        query={name: _disclose_query(name, text, entity) for name, text in exchange.query.items()},
        request="" if exchange.form is None else redact_form(fields=exchange.form, shape=_FORM),
        reply=redact_body(
            body=exchange.reply,
            content_type=exchange.content_type,
            shape=_REPLIES.get(entity, _REPLY),
        ),
        error_code=code,
        error_text=text,
    )


def name_entity(exchange: Exchange) -> str:
    """This will say what a call is about: a kind of record, or what else there is to ask for."""
    if exchange.form is not None:
        return TOKEN if _GRANT in exchange.form else REVOCATION
    if "/.well-known/" in exchange.url:
        return DISCOVERY
    found = _FROM.search(exchange.query.get("query", ""))
    parts = exchange.url.rstrip("/").split("/")
    candidates = [found[1]] if found else parts[-2:]
    return next((_NAMES[each.lower()] for each in candidates if each.lower() in _NAMES), OTHER)


def _disclose_query(name: str, text: str, entity: str) -> str:
    if name == "query":
        readable = text if entity in IMPERSONAL else _LITERAL.sub(f"'{MARK}'", text)
        return scrub_name(readable)
    return keep_code(text) if name in _CODES else MARK


def _read_error(entity: str, exchange: Exchange) -> tuple[str, str]:
    if entity in _REPLIES:
        return _read_oauth_error(exchange.reply), ""
    fault = read_fault(exchange.reply) if may_hold_fault(exchange.reply) else None
    if fault is None:
        return "", ""
    return keep_code(fault.code), scrub_sentence(f"{fault.message} {fault.detail}".strip())


def _read_oauth_error(reply: bytes) -> str:
    try:
        return keep_code(_decode_oauth_error(reply).error)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return ""
