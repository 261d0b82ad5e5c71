"""Writes that a client may repeat when it does not know whether they arrived (API-1).

Problem. A client sends a write, and the answer gets lost. It repeats the request under the same
Idempotency-Key, and must not get a second run, build or receipt.

Decision. The key is stored before the first attempt, together with a fresh id; the service then
creates its record under that id, or finds it there. Whatever breaks in between, the next attempt
with the key names the same record, so there is no answer to store, nothing that is "under way",
and no transaction that spans more than the service's own. Refusals are not remembered: a repeated
request is tried again and may succeed.
"""

from datetime import timedelta
from hashlib import sha256
from typing import Annotated, Final
from uuid import UUID

import msgspec
from django.db import transaction
from ninja import Header

from partsemble.api.errors import IdempotencyKeyReused
from partsemble.api.models import KEY_LENGTH, RepeatableWrite
from partsemble.database.clock import read_database_clock
from partsemble.database.scope import business_scope
from partsemble.kernel.ids import BusinessId

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=rf"^[\x21-\x7e]{{1,{KEY_LENGTH}}}$",
        description="Yours, for this request; repeated with it, the request is done once.",
    ),
]

REMEMBERED: Final = timedelta(days=30)
"""How long a key stands for its request; nobody repeats a request a month later."""


def name_record(*, business_id: BusinessId, key: str, operation: str, body: object) -> UUID:
    """This will give the id of the record that a write makes, the same for the same key.

    Arguments:
        key: what the client sent as its Idempotency-Key, 1 to 200 characters.
        operation: method and path of the request.
        body: what was sent, as parsed; the order of its names does not count.

    Raises:
        IdempotencyKeyReused: if the key stands for another request.
    """
    content = msgspec.json.encode([operation, body], order="sorted")
    fingerprint = sha256(content).hexdigest()
    with business_scope(business_id), transaction.atomic():
        forgotten = read_database_clock() - REMEMBERED
        RepeatableWrite.objects.filter(created_at__lt=forgotten).delete()
        row, _ = RepeatableWrite.objects.get_or_create(
            business_id=business_id, key=key, defaults={"fingerprint": fingerprint}
        )
    if row.fingerprint != fingerprint:
        raise IdempotencyKeyReused(key=key)
    return row.record_id
