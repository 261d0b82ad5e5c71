"""Change notifications: what they say, in which order they go, and when they are tried again.

Rules (QBO webhooks documentation): a listener answers 200 within three seconds, or the same
notification comes again after 10, 20 and 30 seconds, 5 and 20 minutes, 2, 4 and 6 hours, and
then every six hours; what happened later waits until the earlier is acknowledged. Notifications
may be doubled, out of order, or gather several changes, of several companies too. The body is one
of two: the older `eventNotifications`, or a bare array of CloudEvents.

This module is pure: time is an argument, and `delivery.py` does the sending.
"""

import base64
import hashlib
import hmac
from collections import deque
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

from accounting_emulator.switches import Switches

LADDER = (10, 20, 30, 300, 1_200, 7_200, 14_400, 21_600)
"""Seconds to the next try after each failure; the last one repeats."""
MAX_WAITING = 10_000
MAX_LOGGED = 1_000
Operation = Literal["Create", "Update", "Delete", "Merge", "Void", "Emailed"]
_PAST: dict[Operation, str] = {
    "Create": "created",
    "Update": "updated",
    "Delete": "deleted",
    "Merge": "merged",
    "Void": "voided",
    "Emailed": "emailed",
}
_SOURCE = "intuit.dsnBgbseACLLRZNxo2dfc4evmEJdxde58xeeYcZliOU="
ANNOUNCED = frozenset(
    {
        *("Account", "Bill", "BillPayment", "Budget", "Class", "CreditMemo", "Currency"),
        *("Customer", "Department", "Deposit", "Employee", "Estimate", "Invoice", "Item"),
        *("JournalCode", "JournalEntry", "Payment", "PaymentMethod", "Preferences", "Purchase"),
        *("PurchaseOrder", "RefundReceipt", "SalesReceipt", "TaxAgency", "Term", "TimeActivity"),
        *("Transfer", "Vendor", "VendorCredit"),
    }
)
"""The entities whose changes are announced; InventoryAdjustment is not one of them."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One change to one object; `at` in seconds since 1970 UTC."""

    realm_id: str
    entity: str
    id: str
    operation: Operation
    at: float
    deleted_id: str | None = None


class Notification(msgspec.Struct, kw_only=True):
    """One body on its way, its tries, and when the next is due (seconds since 1970 UTC)."""

    number: int
    body: bytes
    changes: int
    due_at: float
    tries: int = 0


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One try: the status that was answered, or why there was none (`error`)."""

    number: int
    notification: int
    attempt: int
    at: float
    ms: float
    status: int | None
    error: str
    is_duplicate: bool
    is_acknowledged: bool
    signature: str
    body: str


def sign(*, body: bytes, verifier: str) -> str:
    """Give the value of the header intuit-signature: base64 of HMAC-SHA256 over the raw body."""
    digest = hmac.new(verifier.encode(), body, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def compose(*, changes: list[Change], number: int, switches: Switches) -> bytes:
    """Give the body that announces changes, in the format the switches want."""
    if switches.webhook_format == "event_notifications":
        return msgspec.json.encode(_event_notifications(changes))
    return msgspec.json.encode(
        [_cloud_event(change, f"{number}/{n}", switches) for n, change in enumerate(changes)]
    )


def _event_notifications(changes: list[Change]) -> dict[str, Any]:
    by_realm: dict[str, list[dict[str, str]]] = {}
    for change in changes:
        entity = {"name": change.entity, "id": change.id, "operation": str(change.operation)}
        if change.deleted_id is not None:
            entity["deletedId"] = change.deleted_id
        entity["lastUpdated"] = _utc(change.at, 3)
        by_realm.setdefault(change.realm_id, []).append(entity)
    return {
        "eventNotifications": [
            {"realmId": realm_id, "dataChangeEvent": {"entities": entities}}
            for realm_id, entities in by_realm.items()
        ]
    }


def _cloud_event(change: Change, label: str, switches: Switches) -> dict[str, Any]:
    plain = switches.cloud_event_verbs == "plain"
    verb = change.operation.lower() if plain else _PAST[change.operation]
    words = f"{change.realm_id} {change.entity} {change.id} {change.at} {label}"
    digest = hashlib.sha256(words.encode()).hexdigest()
    marks = (digest[:8], digest[8:12], f"4{digest[13:16]}", f"a{digest[17:20]}", digest[20:32])
    data: dict[str, Any] = {}
    if change.deleted_id is not None:
        data = {"deletedId": change.deleted_id}
    return {
        "specversion": "1.0",
        "id": "-".join(marks),
        "source": _SOURCE,
        "type": f"qbo.{change.entity.lower()}.{verb}.v1",
        "datacontenttype": "application/json",
        "time": _utc(change.at, 9),
        "intuitentityid": change.id,
        "intuitaccountid": change.realm_id,
        "data": data,
    }


def _utc(at: float, digits: int) -> str:
    whole = datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{whole}.{f'{at % 1:.9f}'[2 : 2 + digits]}Z"


class Outbox:
    """Changes that gather, and notifications that wait for their turn."""

    def __init__(self) -> None:
        self._gathering: list[Change] = []
        self._waiting: deque[Notification] = deque()
        self._current: Notification | None = None
        self._count = 0
        self._tries = 0
        self.log: deque[Delivery] = deque(maxlen=MAX_LOGGED)

    @property
    def waiting(self) -> int:
        """Give how many notifications are not acknowledged yet."""
        return len(self._waiting) + (self._current is not None)

    @property
    def gathering(self) -> int:
        """Give how many changes wait to be gathered into a notification."""
        return len(self._gathering)

    @property
    def next_due(self) -> float | None:
        """Give when the notification that is being tried is due again, if one is."""
        return None if self._current is None else self._current.due_at

    def add(self, *, change: Change) -> None:
        """Take one more change in; beyond a limit the oldest are forgotten."""
        self._gathering.append(change)
        del self._gathering[:-MAX_WAITING]

    def take_due(self, *, now: float, switches: Switches) -> Notification | None:
        """Give the notification to send now; it stays the only one until it is acknowledged."""
        if switches.webhook_paused:
            return None
        self._gather(now, switches)
        if self._current is None and self._waiting:
            is_reversed = switches.webhook_order == "reversed"
            self._current = self._waiting.pop() if is_reversed else self._waiting.popleft()
        if self._current is None or self._current.due_at > now:
            return None
        return self._current

    def wait_seconds(self, *, now: float, switches: Switches) -> float | None:
        """Give how long nothing is due; None when only a change or a lever can tell."""
        if switches.webhook_paused:
            return None
        if self._current is not None:
            return max(0.0, self._current.due_at - now)
        if self._waiting:
            return 0.0
        if self._gathering:
            return max(0.0, self._gathering[0].at + switches.webhook_gather_seconds - now)
        return None

    def settle(self, *, notification: Notification, now: float, is_acknowledged: bool) -> None:
        """Note how a try ended: done, or due again on the next step of the ladder."""
        notification.tries += 1
        if is_acknowledged:
            self._current = None
            return
        step = LADDER[min(notification.tries, len(LADDER)) - 1]
        notification.due_at = now + step

    def note(
        self,
        *,
        notification: Notification,
        at: float,
        ms: float,
        outcome: tuple[int | None, str],
        signature: str,
        is_duplicate: bool = False,
    ) -> None:
        """Keep one try in the log; `outcome` is the status, or None and the reason."""
        self._tries += 1
        status, error = outcome
        self.log.append(
            Delivery(
                number=self._tries,
                notification=notification.number,
                attempt=notification.tries + (not is_duplicate),
                at=at,
                ms=ms,
                status=status,
                error=error,
                is_duplicate=is_duplicate,
                is_acknowledged=status == 200,
                signature=signature,
                body=notification.body.decode(),
            )
        )

    def clear(self) -> None:
        """Forget what waits and what was tried."""
        self._gathering.clear()
        self._waiting.clear()
        self._current = None
        self.log.clear()

    def _gather(self, now: float, switches: Switches) -> None:
        """Make notifications of the changes whose time to gather is over."""
        if not self._gathering:
            return
        if self._gathering[0].at + switches.webhook_gather_seconds > now:
            return
        size = max(1, switches.webhook_gather_at_most)
        while self._gathering:
            changes, self._gathering = self._gathering[:size], self._gathering[size:]
            self._count += 1
            body = compose(changes=changes, number=self._count, switches=switches)
            self._waiting.append(
                Notification(number=self._count, body=body, changes=len(changes), due_at=now)
            )
        while len(self._waiting) > MAX_WAITING:
            self._waiting.popleft()
