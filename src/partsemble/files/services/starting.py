"""Products from files: read, looked at, and written all at once (PROD-1).

Problem. Somebody brings a table of ten thousand products. They must see what it would do, row by
row, before anything is done; then exactly that is done, or nothing. Meanwhile others edit products
and syncs change linked ones.

Decision. The file is kept with its import and read by a job, because what a strange file does to a
parser it had better do to a worker. Each row is stored with what it says and with its plan: what
becomes of it against the products as they are now. All plans together have one digest, and who
confirms says which digest they have seen. Applying is one transaction (`applying`): it holds the
products at the revisions that the plans were made against, sees that nothing else speaks against
them, and writes; if something does, or a SKU is taken in that very moment, nothing is written, and
the import says that it is out of date. A worker that dies leaves the import where it was, and the
next one does the same again.

What was left out: quantities. Stock changes by stock transactions, which have a reason and a cost;
a table that was taken along says what was on hand, and is not believed when it comes back.
"""

from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Final
from uuid import UUID

from django.db import transaction

from partsemble.database.clock import DatabaseClock
from partsemble.database.scope import business_scope
from partsemble.files.errors import FileHasFaults, FileImportMoved, FileUnreadable, NothingInFile
from partsemble.files.models import FileImport, FileRow
from partsemble.files.opening import explain_size
from partsemble.files.queries import get_file_import
from partsemble.files.services.moving import APPLY_FILE_JOB, READ_FILE_JOB, ask_for, enter_state
from partsemble.files.types import FILE_BYTES, FILE_NAME_LENGTH, FileState, RowVerdict
from partsemble.kernel.actor import Actor
from partsemble.kernel.ids import BusinessId
from partsemble.kernel.permissions import Permission

KEEP_DAYS: Final = 30


def start_file_import(*, actor: Actor, name: str, content: bytes) -> UUID:
    """This will keep a file and have it read; nothing else is done before somebody confirms.

    Arguments:
        name: what the file is called.
        content: all of it.

    Raises:
        PermissionMissing: without *manage products*.
        FileUnreadable: if it is empty or too large.
    """
    actor.demand(Permission.MANAGE_PRODUCTS)
    if not content:
        raise FileUnreadable(problem="The file is empty.", remedy="Choose another one.")
    if len(content) > FILE_BYTES:
        raise explain_size(size=len(content))
    with business_scope(actor.business_id), transaction.atomic():
        row = FileImport.objects.create(
            business_id=actor.business_id,
            user_id=actor.user_id,
            actor_label=actor.label,
            file_name=(PurePath(name.replace("\0", "")).name or "file")[-FILE_NAME_LENGTH:],
            content=content,
            state=FileState.READING,
        )
        ask_for(job=READ_FILE_JOB, actor=actor, import_id=row.id)
    return UUID(str(row.id))


def check_file_again(*, actor: Actor, import_id: UUID) -> None:
    """This will have a file read and compared anew, because products changed or may have.

    Raises:
        PermissionMissing: without *manage products*.
        FileImportNotFound: if the business has no such import.
        FileImportMoved: if it is under way or over.
    """
    get_file_import(actor=actor, import_id=import_id)
    with business_scope(actor.business_id), transaction.atomic():
        if not enter_state(import_id=import_id, state=FileState.READING, looked_at=0, total=0):
            raise FileImportMoved
        ask_for(job=READ_FILE_JOB, actor=actor, import_id=import_id)


def confirm_file_import(*, actor: Actor, import_id: UUID, digest: str) -> None:
    """This will have a file's rows become products, all of them or none.

    Arguments:
        digest: of the preview that was looked at.

    Raises:
        PermissionMissing: without *manage products*.
        FileImportNotFound: if the business has no such import.
        FileImportMoved: if it is not at that preview any more.
        FileHasFaults: if rows can't be imported.
        NothingInFile: if it would change nothing.
    """
    found = get_file_import(actor=actor, import_id=import_id)
    if found.state is not FileState.CHECKED or found.digest != digest:
        raise FileImportMoved
    if faulty := found.verdicts[RowVerdict.FAULTY]:
        raise FileHasFaults(faulty=faulty)
    if not found.verdicts[RowVerdict.CREATE] + found.verdicts[RowVerdict.CHANGE]:
        raise NothingInFile
    with business_scope(actor.business_id), transaction.atomic():
        if not enter_state(import_id=import_id, state=FileState.APPLYING, digest=digest):
            raise FileImportMoved
        FileImport.objects.filter(id=import_id).update(
            user_id=actor.user_id, actor_label=actor.label
        )
        ask_for(job=APPLY_FILE_JOB, actor=actor, import_id=import_id)


def give_up_file_import(*, business_id: BusinessId, import_id: UUID) -> None:
    """This will mark an import that its last attempt could not finish."""
    with business_scope(business_id), transaction.atomic():
        enter_state(
            import_id=import_id, state=FileState.FAILED, content=None, finished_at=DatabaseClock()
        )


def forget_old_files(*, business_id: BusinessId, now: datetime) -> int:
    """This will delete imports of files that began long ago; their products stay.

    Returns:
        How many it were.
    """
    with business_scope(business_id), transaction.atomic():
        old = FileImport.objects.filter(created_at__lt=now - timedelta(days=KEEP_DAYS))
        ids = list(old.values_list("id", flat=True))
        FileRow.objects.filter(file_import_id__in=ids).delete()
        FileImport.objects.filter(id__in=ids).delete()
    return len(ids)
