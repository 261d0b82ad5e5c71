"""Base classes of every table that belongs to a business."""

from typing import Any, ClassVar, Final, Self, TypeVar

from django.apps import apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.lookups import Exact, In
from django.db.models.sql.compiler import SQLCompiler

from partsemble.database.scope import Reach, Scope, ScopeMissing, current_scope

ScopedModel = TypeVar("ScopedModel", bound="Scoped", covariant=True)


SHARE_OF_A_FILE: Final = 0.9
"""Of the rows of a table on SQLite, how many belong to the business that is asked for."""
SHARE_OF_A_FEW: Final = 0.0001
"""Of the rows of a table on SQLite, how many are meant by naming some hundreds of them."""


class InScope(Exact):
    """Equality with the scope's business, of which SQLite is told that it narrows little.

    An embedded database serves one business or a few. SQLite takes any equality for selective
    until somebody has it count, so it would look rows up through whatever index begins with the
    business: 100,000 look-ups instead of one pass over the table, or instead of the primary key.
    PostgreSQL counts by itself.

    Source: SQLite documentation, core functions, likelihood().
    """

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[object, ...]]:
        """This will write the condition together with how many rows meet it."""
        sql, params = self.as_sql(compiler, connection)
        return f"likelihood({sql}, {SHARE_OF_A_FILE})", tuple(params)


class Among(In):
    """One of some values that a business has once or few times, as SKUs or numbers of entries.

    What SQLite is told of the business makes it read the whole table rather than look ten values
    up in an index that begins with the business. So it is told of these that they narrow much.
    Primary keys need no such word. PostgreSQL counts by itself.
    """

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[object, ...]]:
        """This will write the condition together with how few rows meet it."""
        sql, params = self.as_sql(compiler, connection)
        return f"likelihood({sql}, {SHARE_OF_A_FEW})", tuple(params)


class ScopedManager(models.Manager[ScopedModel]):
    """A manager that shows only what the entered scope includes, and nothing without one."""

    def get_queryset(self) -> "models.QuerySet[ScopedModel]":
        """This will give the rows that the scope includes.

        Raises:
            ScopeMissing: if no scope is entered, or one that does not include this table.
        """
        return self.model.narrow(super().get_queryset(), current_scope())


class Scoped(models.Model):
    """A table whose rows are visible only inside a scope (see `database.scope`)."""

    BUSINESS_COLUMN: ClassVar[str] = "business_id"
    """The column that says whose row it is."""
    WHOLE_TABLE_REACHES: ClassVar[frozenset[Reach]] = frozenset({Reach.STAFF, Reach.OWNER})
    """Scopes in which every row is visible."""
    USER_LOOKUP: ClassVar[str | None] = None
    """The lookup by which a user's scope finds rows; None keeps it out."""
    USER_POLICY: ClassVar[str | None] = None
    """The same as an SQL condition; `{user}` stands for the user of the scope."""

    BEARER_COLUMN: ClassVar[str | None] = None
    """The column with the hash of the secret that opens a row; None keeps every secret out."""
    COMPANY_COLUMN: ClassVar[str | None] = None
    """The column with the provider's id of a set of books, by which its owner is found."""

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        """Related objects are fetched through the same wall."""

        abstract = True
        base_manager_name = "objects"

    @classmethod
    def narrow(cls, rows: "models.QuerySet[Any]", scope: Scope | None) -> "models.QuerySet[Any]":
        """This will keep the rows that a scope includes.

        Raises:
            ScopeMissing: if the scope is None or does not include this table.
        """
        if scope is not None:
            if scope.reach is Reach.BUSINESS:
                return rows.filter(InScope(models.F(cls.BUSINESS_COLUMN), scope.business_id))
            if scope.reach in cls.WHOLE_TABLE_REACHES:
                return rows
            if scope.reach is Reach.USER and cls.USER_LOOKUP is not None:
                return rows.filter(**{cls.USER_LOOKUP: scope.user_id})
            if scope.reach is Reach.BEARER and cls.BEARER_COLUMN is not None:
                return rows.filter(**{cls.BEARER_COLUMN: scope.secret_hash})
            if scope.reach is Reach.COMPANY and cls.COMPANY_COLUMN is not None:
                return rows.filter(**{cls.COMPANY_COLUMN: scope.company_id})
        raise ScopeMissing(table=cls._meta.db_table, reach=scope.reach if scope else None)


class BusinessOwned(Scoped):
    """A table with a `business` column, filtered and guarded by it.

    The column has no index of its own: what a table is searched by comes after the business in
    an index or constraint of the table, and one more would only slow down every write.
    """

    business = models.ForeignKey(
        "identity.Business",
        on_delete=models.PROTECT,
        editable=False,
        related_name="+",
        db_index=False,
    )

    class Meta(Scoped.Meta):
        """Abstract, like its base."""

        abstract = True


class AppendOnly(BusinessOwned):
    """A table whose rows are posted and stay as they are; triggers refuse anything else.

    The database itself keeps that promise, whoever asks it (see `database.triggers`).
    """

    BELONGS: ClassVar[str] = ""
    """An SQL condition that a new row, `NEW`, has to meet; empty for none."""

    class Meta(BusinessOwned.Meta):
        """Abstract, like its base."""

        abstract = True


def list_scoped_models() -> list[type[Scoped]]:
    """This will list every concrete model that lives behind the wall, in the order of tables."""
    found = [model for model in apps.get_models() if issubclass(model, Scoped)]
    return sorted(found, key=lambda model: model._meta.db_table)
