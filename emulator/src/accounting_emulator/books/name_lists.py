"""Name lists: customers, vendors, employees, and the small lists that documents refer to.

The books know an entry by its name, its place in a tree and whether it is in use; all else is
kept as details. Customers, vendors and employees share one row of ids and one set of names, as
they do in the real service: no two of them may be called the same.
"""

import msgspec
from msgspec import UNSET

from accounting_emulator.books.commands import Event, ListName, SaveEntry
from accounting_emulator.books.item_rules import merged
from accounting_emulator.books.names import checked_name
from accounting_emulator.books.refusals import Refusal
from accounting_emulator.books.trees import has_active_below, placed, renamed_below, switched_off
from accounting_emulator.named import Named

PEOPLE: tuple[ListName, ...] = ("Customer", "Vendor", "Employee")
SINGLES: tuple[ListName, ...] = ("Term", "PaymentMethod", "TaxCode", "TaxRate")
MAX_PERSON_NAME = 500


class ListEntry(Named, frozen=True, kw_only=True):
    """One entry of a list."""


class Registry:
    """The ids and names that one list, or several lists together, give out only once."""

    def __init__(self) -> None:
        self.last_id = 0
        self.names: dict[str, int] = {}


class NameList:
    """The entries of one list by id."""

    def __init__(self, *, name: ListName, registry: Registry, is_person: bool) -> None:
        self.name = name
        self.rows: dict[int, ListEntry] = {}
        self._registry = registry
        self._is_person = is_person

    def take(self, *, entry: ListEntry) -> None:
        """Take an entry over as it stands, under its own id."""
        old = self.rows.get(entry.id)
        names = self._registry.names
        if old is not None:
            names.pop(self._key(old), None)
        self.rows[entry.id] = entry
        names[self._key(entry)] = entry.id
        self._registry.last_id = max(self._registry.last_id, entry.id)

    def save(self, *, command: SaveEntry) -> tuple[Event, ...]:
        """Add an entry or change one; nothing happens when nothing would change.

        Raises:
            Refusal: there is no such entry, or what it would become is not allowed.
        """
        if command.entry_id is None:
            return self._create(command)
        old = self.rows.get(command.entry_id)
        if old is None:
            raise Refusal("not_found", f"There is no {self.name} with id {command.entry_id}.")
        new = self._switched(self._drafted(old, command), command)
        if new == old:
            return ()
        self._refuse_taken(new)
        new = msgspec.structs.replace(new, sync_token=old.sync_token + 1, updated_at=command.at)
        self.take(entry=new)
        self._rename_below(old, new)
        return (Event(self.name, new.id, "Update"),)

    def _create(self, command: SaveEntry) -> tuple[Event, ...]:
        blank = ListEntry(
            id=self._registry.last_id + 1,
            name="",
            full_name="",
            created_at=command.at,
            updated_at=command.at,
        )
        entry = self._drafted(blank, command)
        self._checked(entry.name)
        self._refuse_taken(entry)
        self.take(entry=entry)
        return (Event(self.name, entry.id, "Create"),)

    def _drafted(self, old: ListEntry, command: SaveEntry) -> ListEntry:
        draft = old
        if command.name is not UNSET and command.name != old.name:
            draft = msgspec.structs.replace(draft, name=self._checked(command.name))
        if command.details:
            details = merged(old=old.details, new=command.details)
            draft = msgspec.structs.replace(draft, details=details)
        parent_id = old.parent_id if command.parent_id is UNSET else command.parent_id
        return placed(row=draft, parent_id=parent_id, rows=self.rows, kinds=f"{self.name}s")

    def _checked(self, name: str) -> str:
        longest = MAX_PERSON_NAME if self._is_person else 100
        return checked_name(name=name, what=f"A {self.name.lower()}", longest=longest)

    def _switched(self, entry: ListEntry, command: SaveEntry) -> ListEntry:
        if command.active is UNSET or command.active == entry.active:
            return entry
        if command.active:
            return msgspec.structs.replace(entry, active=True)
        if has_active_below(row=entry, rows=self.rows):
            raise Refusal("rule", f"Something below {entry.name} is active.")
        return switched_off(row=entry, is_taken=self._is_taken)

    def _rename_below(self, old: ListEntry, new: ListEntry) -> None:
        if new.full_name == old.full_name:
            return
        for row in renamed_below(rows=self.rows, old_name=old.full_name, new=new):
            self.take(entry=row)

    def _key(self, entry: ListEntry) -> str:
        return (entry.name if self._is_person else entry.full_name).casefold()

    def _is_taken(self, entry: ListEntry) -> bool:
        return self._registry.names.get(self._key(entry), entry.id) != entry.id

    def _refuse_taken(self, entry: ListEntry) -> None:
        if self._is_taken(entry):
            taken = self._registry.names[self._key(entry)]
            raise Refusal("duplicate_name", f"The name supplied already exists. : Id={taken}")


def make_name_lists() -> dict[ListName, NameList]:
    """Make all lists of a company, empty."""
    people = Registry()
    lists = {name: NameList(name=name, registry=people, is_person=True) for name in PEOPLE}
    for name in ("Class", "Department", *SINGLES):
        lists[name] = NameList(name=name, registry=Registry(), is_person=False)
    return lists
