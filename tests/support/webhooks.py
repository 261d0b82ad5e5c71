"""Notifications as QuickBooks would send them, written by the tests' own hand."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

VERIFIER = "00faeec4-08d0-4996-bb37-698ae19f0149"
CHANGED_AT = datetime.now(UTC) - timedelta(minutes=10)
"""When all of it happened: what is a month old is not heard any more, so no date stays right."""


def sign(body: bytes, verifier: str = VERIFIER) -> str:
    """This will sign a body."""
    return base64.b64encode(hmac.new(verifier.encode(), body, hashlib.sha256).digest()).decode()


def old_body(company: str, *entities: dict[str, Any]) -> bytes:
    """This will write the older body."""
    change = {"entities": list(entities)}
    notification = {"realmId": company, "dataChangeEvent": change}
    return json.dumps({"eventNotifications": [notification]}).encode()


def entity(number: object, operation: str = "Update", **words: Any) -> dict[str, Any]:
    """This will write one entity of the older body; an item unless told otherwise."""
    return {
        "name": "Item",
        "id": str(number),
        "operation": operation,
        "lastUpdated": f"{CHANGED_AT:%Y-%m-%dT%H:%M:%S}.657Z",
        **words,
    }


def cloud_event(company: str, number: object, kind: str = "updated", **words: Any) -> Any:
    """This will write one event of the newer body; an item's unless told otherwise."""
    return {
        "specversion": "1.0",
        "id": f"event-{number}-{kind}",
        "source": "intuit.dsnBgbseACLLRZNxo2dfc4evmEJdxde58xeeYcZliOU=",
        "type": f"qbo.item.{kind}.v1",
        "datacontenttype": "application/json",
        "time": f"{CHANGED_AT:%Y-%m-%dT%H:%M:%S}.034359333Z",
        "intuitentityid": str(number),
        "intuitaccountid": company,
        "data": {},
        **words,
    }


def new_body(*events: Any) -> bytes:
    """This will write the newer body."""
    return json.dumps(list(events)).encode()
