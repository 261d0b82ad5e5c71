"""Tables of files that people bring: an import, and its rows."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from partsemble.database.ids import new_id
from partsemble.database.models import BusinessOwned, ScopedManager
from partsemble.files.types import FILE_NAME_LENGTH, FileState, RowVerdict

DIGEST_LENGTH = 64


class FileImport(BusinessOwned):
    """One file: what it is called, how it was read, what would come of it, what did (PROD-1).

    `content` is kept until it has been read, so that another worker can begin again. `digest` is
    that of every row's plan: who confirms says which one they have seen.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=200)
    file_name = models.CharField(max_length=FILE_NAME_LENGTH)
    content = models.BinaryField(null=True)
    state = models.CharField(
        max_length=16, choices=[(each.value, each.value) for each in FileState]
    )
    match = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    total = models.PositiveIntegerField(default=0)
    looked_at = models.PositiveIntegerField(default=0)
    creates = models.PositiveIntegerField(default=0)
    changes = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    faulty = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=1000, blank=True)
    remedy = models.CharField(max_length=1000, blank=True)
    digest = models.CharField(max_length=DIGEST_LENGTH, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    objects: ClassVar[ScopedManager["FileImport"]] = ScopedManager()

    class Meta(BusinessOwned.Meta):
        """Read newest first."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state__in=[each.value for each in FileState]),
                name="file_import_state_known",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["business", "-created_at"], name="file_import_newest"),
        ]

    def __str__(self) -> str:
        return self.file_name


class FileRow(BusinessOwned):
    """One row of a file: what it says, and what would become of it.

    `said` and `plan` are JSON, written and compared as text: a row is read whole or not at all.
    """

    id = models.BigAutoField(primary_key=True)
    file_import = models.ForeignKey(
        FileImport, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    number = models.PositiveIntegerField()
    verdict = models.CharField(
        max_length=8, choices=[(each.value, each.value) for each in RowVerdict]
    )
    said = models.TextField()
    plan = models.TextField()

    objects: ClassVar[ScopedManager["FileRow"]] = ScopedManager()

    class Meta(BusinessOwned.Meta):
        """Read by verdict, in the order of the file."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["file_import", "number"], name="file_row_once_per_number"
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=[each.value for each in RowVerdict]),
                name="file_row_verdict_known",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["business", "file_import", "verdict", "number"],
                name="file_row_by_verdict",
            ),
        ]

    def __str__(self) -> str:
        return f"row {self.number}"
