"""Change notifications of QuickBooks: who signed them, and what they say. Pure.

There are two bodies. The older one lists entities by company under `eventNotifications`; the newer
one, which replaces it since 2026, is a bare array of CloudEvents, of several companies perhaps.
Either is signed with HMAC-SHA256 under the app's verifier token over the raw bytes, in the header
`intuit-signature`, as base64. Nothing in them says when they were sent, and a failed delivery is
repeated every six hours without end, so age alone proves nothing; what was heard before is
recognised by its key. A notification says that something changed and never what: read it.

Sources: QBO webhooks documentation; Intuit's .NET SDK (its tests' signature is ours, too); blog of
Intuit developers of November 2025 for CloudEvents, whose types other than `created` are inferred,
so that both `updated` and `update` are understood.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Annotated, Final

import msgspec

from partsemble.accounting.errors import NoticeUnreadable
from partsemble.accounting.types import ChangeNotice, NoticedChange, NoticedKind
from partsemble.kernel.secret import Secret

SIGNATURE_HEADER: Final = "intuit-signature"
NOTICE_LIMIT: Final = 5_000
"""Changes in one delivery; a body of `BODY_LIMIT` bytes holds no more of them."""
BODY_LIMIT: Final = 1_000_000
"""Bytes; deliveries gather some changes, never a catalog."""

_KINDS: Final = MappingProxyType({"item": NoticedKind.ITEM})
_CHANGES: Final = MappingProxyType(
    {
        **dict.fromkeys(("create", "created"), NoticedChange.CREATED),
        **dict.fromkeys(("update", "updated"), NoticedChange.UPDATED),
        **dict.fromkeys(("delete", "deleted"), NoticedChange.DELETED),
        **dict.fromkeys(("merge", "merged"), NoticedChange.MERGED),
    }
)
_TYPE_PARTS: Final = 4
"""`qbo.item.updated.v1`."""

_Id = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
_Word = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class _Entity(msgspec.Struct):
    name: _Name
    id: _Id
    operation: _Name
    lastUpdated: _Name  # noqa: N815 theirs
    deletedId: _Id | None = None  # noqa: N815 theirs


class _DataChange(msgspec.Struct):
    entities: list[_Entity]


class _Notification(msgspec.Struct):
    realmId: _Id  # noqa: N815 theirs
    dataChangeEvent: _DataChange  # noqa: N815 theirs


class _Envelope(msgspec.Struct):
    eventNotifications: list[_Notification]  # noqa: N815 theirs


class _Details(msgspec.Struct):
    deletedId: _Id | None = None  # noqa: N815 theirs


class _CloudEvent(msgspec.Struct):
    specversion: _Name
    id: _Word
    source: _Word
    type: _Name
    time: _Name
    intuitentityid: _Id
    intuitaccountid: _Id
    data: _Details | None = None


_decode: Final = msgspec.json.Decoder(_Envelope | list[_CloudEvent]).decode


def is_signed(*, body: bytes, signature: str, verifiers: Sequence[Secret]) -> bool:
    """This will tell whether one of the verifier tokens signed these bytes.

    It takes the same time for every wrong signature and looks at every token, so that the time
    tells nobody how close a forgery came, or which token is the old one.
    """
    shown = signature.encode(errors="replace")
    matches = [
        hmac.compare_digest(
            base64.b64encode(hmac.digest(each.reveal().encode(), body, hashlib.sha256)), shown
        )
        for each in verifiers
    ]
    return any(matches)


def read_notices(*, body: bytes) -> tuple[ChangeNotice, ...]:
    """This will read what either body says, in its order.

    Raises:
        NoticeUnreadable: if it is neither body, or says more than `NOTICE_LIMIT` things.
    """
    try:
        decoded = _decode(body)
        found = _read_old(decoded) if isinstance(decoded, _Envelope) else _read_new(decoded)
        notices = tuple(found)
    except (msgspec.MsgspecError, UnicodeDecodeError, ValueError) as error:
        raise NoticeUnreadable(type(error).__name__) from None
    if len(notices) > NOTICE_LIMIT:
        raise NoticeUnreadable("too many")
    return notices


def _read_old(envelope: _Envelope) -> Iterator[ChangeNotice]:
    for notification in envelope.eventNotifications:
        for each in notification.dataChangeEvent.entities:
            words = (each.name, each.id, each.operation, each.lastUpdated, each.deletedId or "")
            yield _notice(
                key=_hash("notification", notification.realmId, *words),
                company_id=notification.realmId,
                words=(each.name, each.operation),
                ids=(each.id, each.deletedId),
                time=each.lastUpdated,
            )


def _read_new(events: list[_CloudEvent]) -> Iterator[ChangeNotice]:
    for event in events:
        parts = event.type.split(".")
        if len(parts) != _TYPE_PARTS or parts[0] != "qbo":
            raise NoticeUnreadable("unknown type")
        yield _notice(
            # Source and id together name an event (CloudEvents 1.0, section 3.1.1).
            key=_hash("cloud event", event.intuitaccountid, event.source, event.id),
            company_id=event.intuitaccountid,
            words=(parts[1], parts[2]),
            ids=(event.intuitentityid, event.data.deletedId if event.data else None),
            time=event.time,
        )


def _notice(
    *,
    key: str,
    company_id: str,
    words: tuple[str, str],
    ids: tuple[str, str | None],
    time: str,
) -> ChangeNotice:
    entity, operation = words
    external_id, deleted_id = ids
    change = _CHANGES.get(operation.lower(), NoticedChange.OTHER)
    gone = external_id if change is NoticedChange.DELETED else ""
    if change is NoticedChange.MERGED:
        gone = deleted_id or ""
    return ChangeNotice(
        key=key,
        company_id=company_id,
        kind=_KINDS.get(entity.lower(), NoticedKind.OTHER),
        change=change,
        external_id=external_id,
        gone_id=gone,
        happened_at=_read_time(time),
    )


def _read_time(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise NoticeUnreadable("time without a zone")
    return instant.astimezone(UTC)


def _hash(*words: str) -> str:
    return hashlib.sha256("\n".join(words).encode()).hexdigest()
