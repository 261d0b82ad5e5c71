"""Name lists: customers, vendors, employees, and the small lists that documents refer to.

The books know an entry by its name, its place in a tree and whether it is in use; all else is
kept as details. Customers, vendors and employees share one row of ids and one set of names, as
they do in the real service: no two of them may be called the same.
"""

import msgspec
from msgspec import UNSET

from accounting_emulator.books.commands import Details, Event, ListName, SaveEntry
from accounting_emulator.books.item_rules import merged
from accounting_emulator.books.names import MAX_LEVELS, below, checked_name, freed_suffix
from accounting_emulator.books.refusals import Refusal

PEOPLE: tuple[ListName, ...] = ("Customer", "Vendor", "Employee")
SINGLES: tuple[ListName, ...] = ("Term", "PaymentMethod", "TaxCode", "TaxRate")
MAX_PERSON_NAME = 500


class ListEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry; times in seconds since 1970 UTC."""

    id: int
    name: str
    full_name: str
    parent_id: int | None = None
    level: int = 0
    active: bool = True
    created_at: int
    updated_at: int
    sync_token: int = 0
    details: Details = {}


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
        return self._placed(draft, parent_id)

    def _checked(self, name: str) -> str:
        longest = MAX_PERSON_NAME if self._is_person else 100
        return checked_name(name=name, what=f"A {self.name.lower()}", longest=longest)

    def _placed(self, entry: ListEntry, parent_id: int | None) -> ListEntry:
        if parent_id is None:
            return msgspec.structs.replace(entry, parent_id=None, level=0, full_name=entry.name)
        parent = self.rows.get(parent_id)
        if parent is None:
            raise Refusal("bad_reference", f"{self.name} element id {parent_id} not found")
        if self._is_below(parent, entry.id):
            raise Refusal("own_parent", f"{entry.name} cannot be its own parent.")
        if parent.level + 2 > MAX_LEVELS:
            raise Refusal("too_deep", f"{self.name}s nest up to {MAX_LEVELS} levels.")
        full_name = f"{parent.full_name}:{entry.name}"
        return msgspec.structs.replace(
            entry, parent_id=parent_id, level=parent.level + 1, full_name=full_name
        )

    def _is_below(self, entry: ListEntry, root: int) -> bool:
        step: ListEntry | None = entry
        while step is not None:
            if step.id == root:
                return True
            step = None if step.parent_id is None else self.rows[step.parent_id]
        return False

    def _switched(self, entry: ListEntry, command: SaveEntry) -> ListEntry:
        if command.active is UNSET or command.active == entry.active:
            return entry
        if command.active:
            return msgspec.structs.replace(entry, active=True)
        if any(row.parent_id == entry.id and row.active for row in self.rows.values()):
            raise Refusal("rule", f"Something below {entry.name} is active.")
        suffix = freed_suffix(
            name=entry.name, is_taken=lambda end: self._is_taken(self._renamed(entry, end))
        )
        return msgspec.structs.replace(self._renamed(entry, suffix), active=False)

    def _renamed(self, entry: ListEntry, suffix: str) -> ListEntry:
        return msgspec.structs.replace(
            entry, name=entry.name + suffix, full_name=entry.full_name + suffix
        )

    def _rename_below(self, old: ListEntry, new: ListEntry) -> None:
        if new.full_name == old.full_name:
            return
        for row in list(self.rows.values()):
            if row.full_name.startswith(f"{old.full_name}:") and row.id != new.id:
                full_name = below(full_name=row.full_name, old=old.full_name, new=new.full_name)
                level = full_name.count(":")
                self.take(entry=msgspec.structs.replace(row, full_name=full_name, level=level))

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
