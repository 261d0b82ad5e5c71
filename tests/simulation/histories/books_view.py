"""The emulator's levers, and the books as its control API tells them."""

import json
import re
import time
from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import httpx2
from tests.simulation.histories.database_view import FIGURES, Row

MILLIONTH = Decimal("0.000001")
_PATIENCE_SECONDS = 60.0
_TYPES = {
    "Inventory": "inventory",
    "NonInventory": "non_inventory",
    "Service": "service",
    "Group": "group",
}
_MARK = re.compile(r" \(deleted(?: \d+)?\)\Z", re.IGNORECASE)
"""What the books put behind a name when its item is switched off (SYNC-6)."""

Known = dict[str, Any]


class Levers:
    """The control API over one kept-alive connection; it waits out refused ones."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._client = httpx2.Client(timeout=_PATIENCE_SECONDS)

    def close(self) -> None:
        self._client.close()

    def pull(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:
        """Move a lever, or read one; what the books refuse comes back as None."""
        answer = self._send(method, path, body)
        if answer.status_code in (400, 404, 409):
            return None
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return json.loads(answer.content, parse_float=Decimal)

    def _send(self, method: str, path: str, body: object) -> httpx2.Response:
        give_up_at = time.monotonic() + _PATIENCE_SECONDS
        content = None if body is None else json.dumps(body, default=float)
        while True:
            try:
                return self._client.request(
                    method,
                    f"{self._address}/{path}",
                    content=content,
                    headers={"Content-Type": "application/json"},
                )
            except httpx2.TransportError:
                assert time.monotonic() < give_up_at, f"{method} {path}: the emulator is gone"
                time.sleep(0.01)


class BooksView:
    """One company's books."""

    def __init__(self, *, levers: Levers, realm_id: str) -> None:
        self.levers = levers
        self.realm_id = realm_id
        self.root = f"companies/{realm_id}"

    def pull(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:
        return self.levers.pull(method, f"{self.root}/{path}", body)

    def list_items(self) -> list[Known]:
        """List every record of the list of items, by id; categories too."""
        found: list[Known] = []
        while True:
            page = self.pull("GET", f"items?limit=1000&after={len(found)}")
            found += page["items"]
            if len(found) >= page["count"] or not page["items"]:
                return sorted(found, key=lambda item: int(item["id"]))

    def read(self) -> dict[str, Row]:
        """Give what the mirror of each item has to be; categories are none."""
        listed = self.pull("GET", "accounts?limit=1000")["accounts"]
        accounts = {each["full_name"]: each["id"] for each in listed}
        return {
            item["id"]: _mirror(item, accounts)
            for item in self.list_items()
            if item["type"] in _TYPES
        }

    def read_list(self, kind: str) -> dict[str, Row]:
        """Give what the mirror of accounts or vendors has to be."""
        return {
            each["id"]: {
                "name": _without_mark(each["name"], each["active"]),
                "is_active": each["active"],
                "revision": each["sync_token"],
            }
            for each in self.pull("GET", f"{kind}?limit=1000")[kind]
        }


def _mirror(item: Known, accounts: Mapping[str, str]) -> Row:
    row = {
        "name": _without_mark(item["name"], item["active"]),
        "full_name": _without_mark(item["full_name"], item["active"]),
        "sku": item["sku"] or "",
        "type": _TYPES[item["type"]],
        "description": item["description"] or "",
        "inventory_start_date": item["started_on"],
        "is_active": item["active"],
        "revision": item["sync_token"],
        "updated_at": float(item["updated_at"]),
    }
    for use in ("income", "expense", "asset"):
        name = item["accounts"].get(use)
        row[f"{use}_account_id"] = accounts[name] if name else ""
    is_bundle = item["type"] == "Group"  # which QuickBooks says costs nothing by itself
    for figure in FIGURES:
        known = item[figure]
        if is_bundle and figure != "quantity_on_hand":
            known = 0
        row[figure] = None if known is None else _exact(known)
    return row


def _without_mark(name: str, is_active: bool) -> str:  # noqa: FBT001
    return name if is_active else _MARK.sub("", name)


def _exact(number: Decimal | int) -> Decimal:
    return Decimal(number).quantize(MILLIONTH, rounding=ROUND_HALF_EVEN)
