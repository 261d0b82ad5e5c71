"""The objects of one company as tables: to search, to look one up, to show."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from datetime import tzinfo
from typing import Any, Protocol

import msgspec

from accounting_emulator.books import Books, Event, ListName
from accounting_emulator.objects import company_wire, entities, list_wire, wire
from accounting_emulator.profile import CompanyProfile
from accounting_emulator.query import Query
from accounting_emulator.search import Entity, Reading, Sieve, select_ids
from accounting_emulator.slices import Work
from accounting_emulator.workshop import FOUNDED


class Row(Protocol):
    """What all rows have."""

    @property
    def id(self) -> int:
        """Give its id."""

    @property
    def sync_token(self) -> int:
        """Give how often it was changed."""

    @property
    def active(self) -> bool:
        """Say whether it is in use."""


class Table(Protocol):
    """One kind of object."""

    entity: Entity

    def select(self, *, query: Query, reading: Reading) -> Work[Sequence[int]]:
        """List the ids of the rows a query wants, in its order.

        Raises:
            QueryInvalid: the query names a property that cannot be used so.
        """

    def find(self, *, number: int) -> Row | None:
        """Give the row with this id, or None."""

    def render(self, *, ids: Iterable[int]) -> list[bytes]:
        """Give rows as they go over the wire, in JSON."""

    def forget(self, *, events: tuple[Event, ...]) -> None:
        """Drop what events have made stale."""


class Single(msgspec.Struct, frozen=True):
    """CompanyInfo and Preferences are tables with one row."""

    sync_token: int
    created_at: int
    updated_at: int
    id: int = 1
    active: bool = True


class _Stored(ABC):
    """A table whose rows are all at hand, and which keeps nothing rendered."""

    entity: Entity

    @abstractmethod
    def rows(self) -> Iterable[Any]:
        """Walk the rows in the order of their ids."""

    def select(self, *, query: Query, reading: Reading) -> Work[Sequence[int]]:
        """Search all rows in the order of their ids."""
        sieve = Sieve(entity=self.entity, query=query, reading=reading)
        return (yield from select_ids(sieve=sieve, rows=self.rows()))

    def forget(self, *, events: tuple[Event, ...]) -> None:
        """Nothing is kept."""
        del events


class AccountTable(_Stored):
    """The chart of accounts."""

    def __init__(self, *, books: Books, profile: CompanyProfile, zone: tzinfo) -> None:
        self._books = books
        self._profile = profile
        self._zone = zone
        self.entity = entities.make_account_entity(
            read_balance=lambda row: wire.balance_of(account=row, books=books)
        )

    def rows(self) -> Iterable[Any]:
        """Walk the accounts in the order of their ids."""
        return (self._books.accounts[number] for number in sorted(self._books.accounts))

    def find(self, *, number: int) -> Row | None:
        """Give one account, or None."""
        return self._books.accounts.get(number)

    def render(self, *, ids: Iterable[int]) -> list[bytes]:
        """Give accounts as JSON."""
        return [
            wire.render_account(
                account=self._books.accounts[number],
                books=self._books,
                profile=self._profile,
                zone=self._zone,
            )
            for number in ids
        ]


class ListTable(_Stored):
    """One name list."""

    def __init__(
        self, *, name: ListName, books: Books, profile: CompanyProfile, zone: tzinfo
    ) -> None:
        self.entity = entities.BY_NAME[name.lower()]
        self._list = books.lists[name]
        self._wire = list_wire.ListWire(books=books, profile=profile, zone=zone)

    def rows(self) -> Iterable[Any]:
        """Walk the entries in the order of their ids."""
        return (self._list.rows[number] for number in sorted(self._list.rows))

    def find(self, *, number: int) -> Row | None:
        """Give one entry, or None."""
        return self._list.rows.get(number)

    def render(self, *, ids: Iterable[int]) -> list[bytes]:
        """Give entries as JSON."""
        name, rows = self._list.name, self._list.rows
        return [self._wire.render(name=name, entry=rows[number]) for number in ids]


class SingleTable(_Stored):
    """CompanyInfo or Preferences."""

    def __init__(
        self, *, entity: Entity, books: Books, profile: CompanyProfile, zone: tzinfo
    ) -> None:
        self.entity = entity
        self._books = books
        self._profile = profile
        self._zone = zone

    def rows(self) -> Iterable[Any]:
        """Give the only row."""
        return (self._row(),)

    def find(self, *, number: int) -> Row | None:
        """Give the row when it is asked for by its id, which is 1."""
        return self._row() if number == 1 else None

    def _row(self) -> Single:
        settings, founded = self._books.settings[self.entity.name], int(FOUNDED.timestamp())
        token = settings.sync_token + company_wire.FIRST_TOKENS[self.entity.name]
        return Single(token, founded, settings.updated_at or founded)

    def render(self, *, ids: Iterable[int]) -> list[bytes]:
        """Give the row as JSON, as often as it is named."""
        row = self._row()
        moments = (row.created_at, row.updated_at)
        times = [wire.local_time(seconds=at, zone=self._zone) for at in moments]
        body = company_wire.render_single(
            name=self.entity.name,
            books=self._books,
            profile=self._profile,
            meta=wire.WireMeta(*times),
        )
        return [body for _ in ids]
