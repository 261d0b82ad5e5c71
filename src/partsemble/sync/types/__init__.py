"""Public values of sync."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from partsemble.accounting.documents import ItemType
from partsemble.kernel.ids import ProductId, RunId, UserId

DEFAULT_TYPES: Final = frozenset({ItemType.INVENTORY, ItemType.SERVICE, ItemType.BUNDLE})
"""What is read until the business chooses otherwise (SYNC-2)."""

CHOOSABLE_TYPES: Final = (
    ItemType.INVENTORY,
    ItemType.NON_INVENTORY,
    ItemType.SERVICE,
    ItemType.GROUP,
    ItemType.BUNDLE,
)

FOLLOWED_FIELDS: Final = frozenset({"name", "sku", "unit_cost", "selling_price"})
"""What of a linked product may follow its item (ITEM-6)."""


class RunState(StrEnum):
    """Where a run is; the value is stable and stored."""

    QUEUED = "queued"
    READING = "reading"
    APPLYING = "applying"
    FINISHED = "finished"
    FAILED = "failed"


OPEN_STATES = frozenset({RunState.QUEUED, RunState.READING, RunState.APPLYING})


class ImportState(StrEnum):
    """Where an import of items is; the value is stable and stored."""

    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"


class Trigger(StrEnum):
    """What started a run (SYNC-1)."""

    PERSON = "person"
    COMMAND = "command"
    API = "api"
    SCHEDULE = "schedule"
    WEBHOOK = "webhook"


class Door(StrEnum):
    """Through which a sync was asked for that could not start at once; stable and stored."""

    PERSON = "person"
    """*Run when free* (LOCK-5), by whatever interface."""
    CHANGES = "changes"
    """The provider said that something changed."""
    SCHEDULE = "schedule"


class StartMode(StrEnum):
    """What whoever starts a run asks for (SYNC-10)."""

    AUTOMATIC = "automatic"
    """As little as will do: what changed, unless something speaks for reading everything."""
    FULL = "full"


class ReadMode(StrEnum):
    """How much of the books a run reads (SYNC-10); the value is stable and stored."""

    FULL = "full"
    INCREMENTAL = "incremental"


class FullReason(StrEnum):
    """Why a run reads everything; the value is stable and stored."""

    NONE = ""
    FIRST = "first"
    """No full run of this connection has finished yet."""
    ASKED = "asked"
    FILTER_CHANGED = "filter_changed"
    """Types are chosen that the last full run left out, or the other way round."""
    WEEKLY = "weekly"
    """The last full run is a week old; only a full one sees what vanished without a trace."""
    LAYOUT_CHANGED = "layout_changed"
    """Partsemble mirrors other fields than it did then."""
    UNFINISHED = "unfinished"
    """The last full run broke off, or the books lost rows under its hands."""
    NO_CLOCK = "no_clock"
    """The provider did not say when it answered, so nobody knows since when to ask."""
    MUCH_OPEN = "much_open"
    """So many items are held back or troubled that reading all is cheaper than each of them."""
    FOLDERS_CHANGED = "folders_changed"
    """A category or an item with items below it was renamed, which changes the paths of those
    without a trace."""
    MUCH_CHANGED = "much_changed"
    """So much changed that the provider no longer says what was deleted."""
    ROWS_VANISHED = "rows_vanished"
    """The books have fewer rows than they had, and only a full run can tell which."""


class StepKind(StrEnum):
    """What one step of a plan does to the mirror (SYNC-4)."""

    CREATE = "create"
    UPDATE = "update"
    DEACTIVATE = "deactivate"
    REACTIVATE = "reactivate"


COUNTED_AS: Final = MappingProxyType(
    {
        StepKind.CREATE: "created",
        StepKind.UPDATE: "updated",
        StepKind.DEACTIVATE: "deactivated",
        StepKind.REACTIVATE: "reactivated",
    }
)
"""Under which name steps of a kind are counted, in the summary and wherever it is stored."""


class StepReason(StrEnum):
    """What is to be said about a step beyond its kind; the value is stable and stored."""

    NONE = ""
    ABSENT = "absent"
    """No longer in the books: deleted, or merged into another item."""


class CorrectionState(StrEnum):
    """What became of a product whose item said something else than expected; stored."""

    APPLIED = "applied"
    HELD = "held"
    """Too much would change at once; it waits for a person's word (SYNC-6)."""
    REPORTED = "reported"
    """Partsemble is the master of quantities: the difference is said and nothing else (SYNC-8)."""
    REFUSED = "refused"
    """The ledger can't keep a number so large."""


class HoldReason(StrEnum):
    """Why a correction waits for a person's word (SYNC-6); the value is stable and stored."""

    VALUE = "value_changes_too_much"
    """It changes the value of stock, of which too much would change at once."""
    EMPTIED = "too_many_emptied"
    """It leaves nothing of a product, as it would of too many."""


class SkipReason(StrEnum):
    """Why an item that was read needs no step."""

    UNCHANGED = "unchanged"
    TYPE = "type"


@dataclass(frozen=True, slots=True)
class Counts:
    """The summary of a run (SYNC-5)."""

    created: int = 0
    updated: int = 0
    deactivated: int = 0
    reactivated: int = 0
    skipped_unchanged: int = 0
    skipped_type: int = 0
    held_back: int = 0
    problems: int = 0

    @property
    def total(self) -> int:
        """Every item that the run read or knew about."""
        return (
            self.created
            + self.updated
            + self.deactivated
            + self.reactivated
            + self.skipped_unchanged
            + self.skipped_type
            + self.held_back
            + self.problems
        )


@dataclass(frozen=True, slots=True)
class CorrectionCounts:
    """What a run made of quantities and costs; products, not items (SYNC-7, SYNC-8).

    A preview's say what a sync would make of them.
    """

    applied: int = 0
    held_back: int = 0
    refused: int = 0
    differing: int = 0
    """Left alone, because Partsemble is the master of quantities."""

    @property
    def total(self) -> int:
        """Every product that is in the report."""
        return self.applied + self.held_back + self.refused + self.differing


@dataclass(frozen=True, slots=True)
class CorrectionView:
    """One product whose item said something else than expected."""

    product_id: ProductId
    sku: str
    name: str
    unit: str
    state: CorrectionState
    code: str
    """Why it is not possible, or waits (`HoldReason`); empty otherwise."""
    quantity: Decimal
    """Of the books, less what was expected there."""
    remote: Decimal
    expected: Decimal
    on_hand_before: Decimal
    on_hand_after: Decimal
    shortage_after: Decimal
    value_before: Decimal
    value_after: Decimal
    entry_number: int | None
    cost_entry_number: int | None


@dataclass(frozen=True, slots=True)
class Problem:
    """One item that could not be mirrored, and why."""

    external_id: str
    name: str
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class RunView:
    """One attempt to bring the mirror in step, live or as a report."""

    id: RunId
    state: RunState
    trigger: Trigger
    actor_label: str
    queued_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    types: frozenset[str]
    total_rows: int | None
    read_rows: int
    planned_steps: int
    applied_steps: int
    counts: Counts
    followed: int = 0
    """Linked products that took over what their items say (ITEM-6)."""
    corrections: CorrectionCounts = CorrectionCounts()
    skipped_by_type: Mapping[str, int] = field(default_factory=dict)
    failure_code: str = ""
    failure_facts: Mapping[str, object] = field(default_factory=dict)
    mode: ReadMode = ReadMode.FULL
    full_reason: FullReason = FullReason.NONE
    since: datetime | None = None
    """From which moment of the provider's clock on an incremental run asks for changes."""
    is_preview: bool = False
    """Whether it only plans (SYNC-4)."""
    applied_preview: RunId | None = None
    """The preview that a person looked at before they started this run."""
    confirmed_run: RunId | None = None
    """The run whose held-back steps a person let through with this one (SYNC-6)."""
    is_plan_kept: bool = True
    """Whether its steps can still be listed; those of old runs are tidied away."""

    @property
    def is_open(self) -> bool:
        """Whether it is still under way or waiting to be."""
        return self.state in OPEN_STATES


@dataclass(frozen=True, slots=True)
class StepView:
    """One change of a run's plan, with the fields that changed."""

    sequence: int
    """From 1 within the run."""
    kind: StepKind
    external_id: str
    name: str
    sku: str
    changes: Mapping[str, tuple[object, object]]
    is_applied: bool
    reason: StepReason = StepReason.NONE
    is_held: bool = False
    """Whether it waits for a person's word, because too much would change at once (SYNC-6)."""


class RefreshSubject(StrEnum):
    """What a run refreshes beside the items (SYNC-1); the value is stable and stored."""

    PREFERENCES = "preferences"
    ACCOUNTS = "accounts"
    VENDORS = "vendors"


@dataclass(frozen=True, slots=True)
class RefreshView:
    """What refreshing one subject came to."""

    subject: RefreshSubject
    created: int
    changed: int
    absent: int
    fields: tuple[str, ...]
    """Which preferences changed."""
    failure_code: str


class Rhythm(StrEnum):
    """How often syncs start by themselves (SYNC-1)."""

    OFF = "off"
    HOURLY = "hourly"
    DAILY = "daily"


@dataclass(frozen=True, slots=True)
class AutomaticSyncView:
    """When a business's items are synced without anybody asking."""

    rhythm: Rhythm
    hour: int
    """Of a daily sync, by the clock of the business; the usual one while there is none."""
    next_at: datetime | None
    """When the schedule comes next; also while it is paused."""
    is_paused: bool
    """Whether there are no books to read until somebody connects them again (CONN-4)."""
    follows_changes: bool
    """Whether a change in the books starts a sync."""


@dataclass(frozen=True, slots=True)
class WaitingSyncView:
    """A sync that was asked for and has not started yet (LOCK-5)."""

    run_id: RunId
    """The run that it will be."""
    door: Door
    trigger: Trigger
    actor_label: str
    user_id: UserId | None
    is_full: bool
    asked_at: datetime
    ready_at: datetime
    """Not before; changes gather for a while."""
