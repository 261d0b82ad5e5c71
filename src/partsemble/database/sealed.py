"""Columns of secrets, and how all of them move on to a newer key (CONN-2).

A key is exchanged while everything runs: the new one is listed first, so that it seals whatever
is stored from then on, and the old one behind it, so that it still opens what is there. What is
left is to seal the old values anew, here.

Every value is replaced by an update that names the old ciphertext. A worker that stored newer
tokens in between has sealed them with the newest key already; the update then finds nothing, and
that is right. Values go in small transactions, so that nobody waits, and whoever is stopped in
the middle goes on where it was: what is old is seen by the key id that every value begins with.

Columns are found by their class, so that a new one can't be forgotten. What a library keeps in a
document of its own is named here (`DOCUMENTS`).
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.db import models, transaction
from django.db.models import Count
from django.db.models.functions import Left

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


def count_by_key() -> Counter[str]:
    """This will count the stored secrets by the id of the key that opens them."""
    found: Counter[str] = Counter()
    with staff_scope():
        for model, column in _list_columns():
            rows = _list_filled(model, column).annotate(key=Left(column, KEY_ID_LENGTH))
            for key_id, count in rows.order_by().values_list("key").annotate(Count("pk")):
                found[key_id] += count
        found.update(text[:KEY_ID_LENGTH] for text in _list_document_texts())
    return found


def reseal_values() -> Resealing:
    """This will seal with the newest key whatever is sealed with another; safe beside anything."""
    resealed = 0
    unreadable: set[tuple[str, object]] = set()
    for _ in range(PASSES):
        unreadable.clear()
        for model, column in _list_columns():
            for batch in _iterate_old(model, column):
                resealed += _reseal(model, column, batch, unreadable)
        resealed += _reseal_documents(unreadable)
        if _count_old() == len(unreadable):
            break
    return Resealing(
        resealed=resealed, unreadable=len(unreadable), left=_count_old() - len(unreadable)
    )


def _reseal(
    model: type[models.Model],
    column: str,
    batch: list[tuple[object, str]],
    unreadable: set[tuple[str, object]],
) -> int:
    fresh: list[tuple[object, str, str]] = []
    for key, sealed in batch:
        try:
            fresh.append((key, sealed, seal(unseal(sealed))))
        except SecretUnreadable:
            unreadable.add((f"{model._meta.label}.{column}", key))
    with staff_scope(), transaction.atomic():
        return sum(
            model._default_manager.filter(pk=key, **{column: before}).update(**{column: after})
            for key, before, after in fresh
        )


def _iterate_old(model: type[models.Model], column: str) -> Iterator[list[tuple[object, str]]]:
    last: object = None
    while True:
        with staff_scope():
            rows = _list_old(model, column).order_by("pk")
            if last is not None:
                rows = rows.filter(pk__gt=last)
            batch = list(rows.values_list("pk", column)[:BATCH])
        if not batch:
            return
        yield batch
        last = batch[-1][0]


def _reseal_documents(unreadable: set[tuple[str, object]]) -> int:
    resealed = 0
    for label, column, names in DOCUMENTS:
        documents = apps.get_model(label)._default_manager
        for key, before in list(documents.values_list("pk", column)):
            fresh: dict[str, str] = {}
            for name in names:
                try:
                    if _is_old(before.get(name, "")):
                        fresh[name] = seal(unseal(before[name]))
                except SecretUnreadable:
                    unreadable.add((f"{label}.{column}.{name}", key))
            if fresh:
                unchanged = documents.filter(pk=key, **{column: before})
                resealed += unchanged.update(**{column: before | fresh}) * len(fresh)
    return resealed


def _list_document_texts() -> list[str]:
    return [
        document[name]
        for label, column, names in DOCUMENTS
        for document in apps.get_model(label)._default_manager.values_list(column, flat=True)
        for name in names
        if document.get(name)
    ]


def _is_old(text: str) -> bool:
    return bool(text) and not text.startswith(newest_key_id())


def _count_old() -> int:
    with staff_scope():
        in_columns = sum(_list_old(model, column).count() for model, column in _list_columns())
    return in_columns + sum(map(_is_old, _list_document_texts()))


def _list_columns() -> list[tuple[type[models.Model], str]]:
    return [
        (model, field.attname)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, SealedField)
    ]


def _list_filled(model: type[models.Model], column: str) -> "models.QuerySet[Any]":
    return model._default_manager.exclude(**{column: ""})


def _list_old(model: type[models.Model], column: str) -> "models.QuerySet[Any]":
    return _list_filled(model, column).exclude(**{f"{column}__startswith": newest_key_id()})
