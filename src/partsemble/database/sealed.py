"""Columns of secrets, and how all of them move on to a newer key (CONN-2).

A key is exchanged while everything runs: the new one is listed first, so that it seals whatever
is stored from then on, and the old one behind it, so that it still opens what is there. What is
left is to seal the old values anew, here.

Every value is replaced by an update that names the old ciphertext. A worker that stored newer
tokens in between has sealed them with the newest key already; the update then finds nothing, and
that is right. Values go in small transactions, so that nobody waits, and whoever is stopped in
the middle goes on where it was: what is old is seen by the key id that every value begins with.

Columns are found by their class, so that a new one can't be forgotten. What a library keeps in a
document of its own is named here (`DOCUMENTS`). Either is a place of sealed texts, and whoever
counts or seals anew goes from place to place.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.db import models, transaction
from django.db.models import Count, F, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce, Left

from partsemble.database.encryption import (
    KEY_ID_LENGTH,
    SecretUnreadable,
    newest_key_id,
    seal,
    unseal,
)
from partsemble.database.scope import staff_scope

DOCUMENTS: Final = (("mfa.Authenticator", "data", ("secret", "seed")),)
"""Models of libraries, their column of JSON, and the sealed texts in it."""
BATCH: Final = 50
"""Values in one transaction: some milliseconds."""
PASSES: Final = 3
"""A value that was sealed with an old key meanwhile, by a process that has not heard of the new
one, is met by the next pass; if they keep coming, some process was not started anew."""


class SealedField(models.TextField):  # type: ignore[type-arg]  # generic for the type checker only
    """A text that `encryption.seal` made, or none; to the database a plain text."""

    def deconstruct(self) -> Any:  # noqa: ANN401 what Django's own gives
        """This will describe the column as what it is to migrations."""
        name, _, arguments, options = super().deconstruct()
        return name, "django.db.models.TextField", arguments, options


@dataclass(frozen=True, slots=True)
class Resealing:
    """What sealing anew came to."""

    resealed: int
    unreadable: int
    """Values whose key is not listed, or that were damaged."""
    left: int
    """Values that still need an older key."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where sealed texts stand: a column, or one name in a column of documents."""

    model: type[models.Model]
    column: str
    name: str = ""

    def list_filled(self) -> "models.QuerySet[Any]":
        """This will give the rows that have a text there, as `sealed`."""
        text = KT(f"{self.column}__{self.name}") if self.name else F(self.column)
        filled = Coalesce(text, Value(""), output_field=models.TextField())
        return self.model._default_manager.annotate(sealed=filled).exclude(sealed="")

    def list_old(self) -> "models.QuerySet[Any]":
        """This will give those whose text another key than the newest opens."""
        return self.list_filled().exclude(sealed__startswith=newest_key_id())

    def reseal(self, kept: Any) -> Any:  # noqa: ANN401 a text or a document
        """This will give what a column holds with its text sealed anew.

        Raises:
            SecretUnreadable: if its key is gone, or it was damaged.
        """
        if self.name:
            return kept | {self.name: seal(unseal(kept[self.name]))}
        return seal(unseal(kept))


def count_by_key() -> Counter[str]:
    """This will count the stored secrets by the id of the key that opens them."""
    found: Counter[str] = Counter()
    with staff_scope():
        for place in _list_places():
            rows = place.list_filled().order_by().annotate(key=Left("sealed", KEY_ID_LENGTH))
            found.update(dict(rows.values_list("key").annotate(Count("pk"))))
    return found


def reseal_values() -> Resealing:
    """This will seal with the newest key whatever is sealed with another; safe beside anything."""
    resealed = 0
    unreadable: set[tuple[_Place, object]] = set()
    for _ in range(PASSES):
        unreadable.clear()
        for place in _list_places():
            for batch in _iterate_old(place):
                resealed += _reseal(place, batch, unreadable)
        if _count_old() == len(unreadable):
            break
    return Resealing(
        resealed=resealed, unreadable=len(unreadable), left=_count_old() - len(unreadable)
    )


def _reseal(
    place: _Place, batch: list[tuple[object, Any]], unreadable: set[tuple[_Place, object]]
) -> int:
    fresh: list[tuple[object, object, object]] = []
    for key, kept in batch:
        try:
            fresh.append((key, kept, place.reseal(kept)))
        except SecretUnreadable:
            unreadable.add((place, key))
    with staff_scope(), transaction.atomic():
        rows = place.model._default_manager
        return sum(
            rows.filter(pk=key, **{place.column: before}).update(**{place.column: after})
            for key, before, after in fresh
        )


def _iterate_old(place: _Place) -> Iterator[list[tuple[object, Any]]]:
    last: object = None
    while True:
        with staff_scope():
            rows = place.list_old().order_by("pk")
            if last is not None:
                rows = rows.filter(pk__gt=last)
            batch = list(rows.values_list("pk", place.column)[:BATCH])
        if not batch:
            return
        yield batch
        last = batch[-1][0]


def _count_old() -> int:
    with staff_scope():
        return sum(place.list_old().count() for place in _list_places())


def _list_places() -> list[_Place]:
    return [
        _Place(model, field.attname)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, SealedField)
    ] + [
        _Place(apps.get_model(label), column, name)
        for label, column, names in DOCUMENTS
        for name in names
    ]
