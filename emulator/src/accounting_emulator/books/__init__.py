"""The books of one company: a pure state machine.

Commands go in, events come out, and the state changes in between; there is no clock, no
randomness and no input or output here. Every movement of money is an entry whose lines sum to
zero, which is why the trial balance cannot help but balance.

Each kind of object has a desk: `item_desk`, `account_desk`, `name_lists`; all of them write into
one `ledger`. A desk decides first and writes last, so that a refused command leaves no trace.
"""

from accounting_emulator.books.commands import (
    AccountFields,
    Command,
    CreateItem,
    Details,
    EditItem,
    Event,
    ItemFields,
    ListName,
    MergeItems,
    RemoveItem,
    SaveAccount,
    SaveEntry,
    SaveSettings,
    SetQuantity,
)
from accounting_emulator.books.ledger import Entry, Line
from accounting_emulator.books.machine import Books, Settings
from accounting_emulator.books.name_lists import PEOPLE, ListEntry
from accounting_emulator.books.names import DELETED, MAX_NAME
from accounting_emulator.books.refusals import Obstacle, Refusal

__all__ = [
    "DELETED",
    "MAX_NAME",
    "PEOPLE",
    "AccountFields",
    "Books",
    "Command",
    "CreateItem",
    "Details",
    "EditItem",
    "Entry",
    "Event",
    "ItemFields",
    "Line",
    "ListEntry",
    "ListName",
    "MergeItems",
    "Obstacle",
    "Refusal",
    "RemoveItem",
    "SaveAccount",
    "SaveEntry",
    "SaveSettings",
    "SetQuantity",
    "Settings",
]
