"""The log of calls to providers."""

from typing import ClassVar

from django.db import models

from partsemble.accounting.types import CallOutcome
from partsemble.database.ids import new_id
from partsemble.database.models import BusinessOwned, ScopedManager

URL_LENGTH = 500
LABEL_LENGTH = 200
TRACE_LENGTH = 100
SEARCH_LENGTH = 300
"""Address, statement, error and caller; an index entry of PostgreSQL holds it in any script."""


class CallRecord(BusinessOwned):
    """One call to a provider and what came of it, with nothing secret or personal (LOG-1).

    Ids begin with the time, so their order is the order of the calls. `run_id` is no foreign
    key: runs live above this app. `lost_before` counts calls of the same process that could not
    be written down since its last one that was. The long texts are the last columns, so that
    lists do not read past them.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    connection = models.ForeignKey(
        "accounting.Connection", on_delete=models.PROTECT, null=True, related_name="+"
    )
    run_id = models.UUIDField(null=True)
    made_at = models.DateTimeField(auto_now_add=True)
    provider = models.CharField(max_length=16)
    entity = models.CharField(max_length=40)
    method = models.CharField(max_length=8)
    outcome = models.CharField(
        max_length=16, choices=[(each.value, each.value) for each in CallOutcome]
    )
    status = models.PositiveSmallIntegerField(null=True)
    error_code = models.CharField(max_length=64, blank=True)
    milliseconds = models.PositiveIntegerField()
    attempt = models.PositiveSmallIntegerField()
    lost_before = models.PositiveIntegerField(default=0)
    request_bytes = models.PositiveIntegerField(default=0)
    reply_bytes = models.PositiveIntegerField(default=0)
    trace_id = models.CharField(max_length=TRACE_LENGTH, blank=True)
    caller = models.CharField(max_length=LABEL_LENGTH)
    url = models.CharField(max_length=URL_LENGTH)
    search_text = models.CharField(max_length=SEARCH_LENGTH)
    error_text = models.TextField(blank=True)
    query = models.JSONField()
    request_body = models.TextField(blank=True)
    reply_body = models.TextField(blank=True)

    objects: ClassVar[ScopedManager["CallRecord"]] = ScopedManager()

    class Meta(BusinessOwned.Meta):
        """Read newest first, by one thing at a time.

        The first index holds all that a combined search looks at. The last three serve people
        who look across businesses, for what is rare; they are not partial, because SQLite can't
        see that a bound value is not empty.
        """

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=[each.value for each in CallOutcome]),
                name="call_outcome_known",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["business", "id", "entity", "outcome", "error_code", "search_text"],
                name="call_newest",
            ),
            models.Index(fields=["business", "outcome", "id"], name="call_by_outcome"),
            models.Index(fields=["business", "entity", "id"], name="call_by_entity"),
            models.Index(
                fields=["run_id", "id"],
                condition=models.Q(run_id__isnull=False),
                name="call_by_run",
            ),
            models.Index(fields=["error_code", "business", "id"], name="call_by_error"),
            models.Index(fields=["trace_id", "business"], name="call_by_trace"),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.url}"
