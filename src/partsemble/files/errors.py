"""What is refused about files."""

from partsemble.kernel.errors import DomainError, NotFound


class FileUnreadable(DomainError):
    """The file as a whole can't be read as a table of products; facts: `problem`, `remedy`."""

    code = "file_unreadable"


class FileImportNotFound(NotFound):
    """This business has no such import of a file; old ones are tidied away."""

    code = "file_import_not_found"


class FileImportMoved(DomainError):
    """What somebody confirms is not what the import would do now, or it is under way."""

    code = "file_import_moved"


class FileHasFaults(DomainError):
    """Rows of the file can't be imported, so none of them is; facts: `faulty`."""

    code = "file_has_faults"


class NothingInFile(DomainError):
    """Every row of the file says what its product is already."""

    code = "nothing_in_file"
