"""The table of work, and the workers' signs of life."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from partsemble.database.models import Scoped, ScopedManager
from partsemble.database.scope import Reach
from partsemble.jobs.rules import list_open_states
from partsemble.jobs.types import JobState

NAME_LENGTH = 64
LABEL_LENGTH = 200
DEDUPE_LENGTH = 200
WORKER_LENGTH = 200
ERROR_LENGTH = 200
ZONE_LENGTH = 64

_IS_OPEN = models.Q(finished_at__isnull=True)
_IS_RUNNING = models.Q(state=JobState.RUNNING.value)
_IS_DEDUPED = _IS_OPEN & ~models.Q(dedupe_key="")


class Job(Scoped):
    """One piece of work: who asked for what, and how far it is.

    It stands below identity and refers to businesses and users by their ids alone. Work without
    a business is the system's own and visible to workers only.
    """

    WHOLE_TABLE_REACHES = Scoped.WHOLE_TABLE_REACHES | {Reach.WORKER}

    id = models.UUIDField(primary_key=True, editable=False)
    name = models.CharField(max_length=NAME_LENGTH)
    business_id = models.UUIDField(null=True, editable=False)
    user_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=LABEL_LENGTH)
    payload = models.JSONField(default=dict)
    dedupe_key = models.CharField(max_length=DEDUPE_LENGTH, blank=True)
    state = models.CharField(
        max_length=16,
        default=JobState.QUEUED.value,
        choices=[(state.value, state.title()) for state in JobState],
    )
    run_at = models.DateTimeField(db_default=Now())
    attempts = models.PositiveIntegerField(default=0)
    max_attempts = models.PositiveIntegerField()
    lease_seconds = models.PositiveIntegerField()
    lease_until = models.DateTimeField(null=True)
    fence = models.PositiveBigIntegerField(default=0)
    worker = models.CharField(max_length=WORKER_LENGTH, blank=True)
    progress = models.JSONField(default=dict)
    cancel_requested = models.BooleanField(default=False)
    again_requested = models.BooleanField(default=False, db_default=False)
    last_error = models.CharField(max_length=ERROR_LENGTH, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects: ClassVar[ScopedManager["Job"]] = ScopedManager()

    class Meta(Scoped.Meta):
        """Indexes hold what is open only, so that claiming does not slow down with history."""

        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["run_at", "id"], condition=_IS_OPEN, name="job_open_by_run_at"),
            models.Index(fields=["lease_until"], condition=_IS_RUNNING, name="job_running"),
            models.Index(fields=["finished_at"], condition=~_IS_OPEN, name="job_finished"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["business_id", "dedupe_key"],
                condition=_IS_DEDUPED,
                name="job_open_once",
            ),
            models.UniqueConstraint(
                fields=["dedupe_key"],
                condition=_IS_DEDUPED & models.Q(business_id__isnull=True),
                name="job_open_once_for_system",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in JobState]),
                name="job_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    _IS_OPEN, state__in=sorted(state.value for state in list_open_states())
                )
                | models.Q(
                    ~_IS_OPEN,
                    state__in=sorted({each.value for each in JobState} - list_open_states()),
                ),
                name="job_finished_when_settled",
            ),
            models.CheckConstraint(
                condition=models.Q(_IS_RUNNING, lease_until__isnull=False)
                | models.Q(~_IS_RUNNING, lease_until__isnull=True),
                name="job_leased_while_running",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.state})"


class Schedule(Scoped):
    """Work that recurs: what, for whom, how, and when next.

    Like a job it refers to its business by the id alone, and is the system's own without one.
    `next_at` is moved by whoever enqueues the job for it, in one transaction with the job.
    """

    WHOLE_TABLE_REACHES = Scoped.WHOLE_TABLE_REACHES | {Reach.WORKER}

    id = models.UUIDField(primary_key=True, editable=False)
    name = models.CharField(max_length=NAME_LENGTH)
    business_id = models.UUIDField(null=True, editable=False)
    every_seconds = models.PositiveIntegerField(null=True)
    daily_hour = models.PositiveSmallIntegerField(null=True)
    zone = models.CharField(max_length=ZONE_LENGTH, blank=True)
    next_at = models.DateTimeField()
    last_at = models.DateTimeField(null=True)

    objects: ClassVar[ScopedManager["Schedule"]] = ScopedManager()

    class Meta(Scoped.Meta):
        """A business has one schedule for a kind of work, and so has the system."""

        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["next_at"], name="schedule_by_next_at"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["business_id", "name"], name="schedule_once"),
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(business_id__isnull=True),
                name="schedule_once_for_system",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    every_seconds__isnull=False,
                    every_seconds__gte=1,
                    daily_hour__isnull=True,
                    zone="",
                )
                | models.Q(every_seconds__isnull=True, daily_hour__isnull=False, daily_hour__lte=23)
                & ~models.Q(zone=""),
                name="schedule_recurs_in_one_way",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} at {self.next_at:%Y-%m-%d %H:%M:%S}"


class Worker(models.Model):
    """A process that takes jobs; it belongs to nobody's business."""

    id = models.UUIDField(primary_key=True, editable=False)
    name = models.CharField(max_length=WORKER_LENGTH)
    started_at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.name
