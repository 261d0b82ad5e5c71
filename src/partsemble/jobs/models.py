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


class Worker(models.Model):
    """A process that takes jobs; it belongs to nobody's business."""

    id = models.UUIDField(primary_key=True, editable=False)
    name = models.CharField(max_length=WORKER_LENGTH)
    started_at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.name
