"""Rows that stand below each other and carry the names of all above them: accounts and lists."""

from collections.abc import Callable, Mapping

import msgspec

from accounting_emulator.books.names import MAX_LEVELS, below, freed_suffix
from accounting_emulator.books.refusals import Refusal
from accounting_emulator.named import Named


def placed[T: Named](*, row: T, parent_id: int | None, rows: Mapping[int, T], kinds: str) -> T:
    """Put a row below another, or at the top; `kinds` are the words for such rows.

    Raises:
        Refusal: the parent is not there, is the row itself or below it, or lies too deep.
    """
    if parent_id is None:
        return msgspec.structs.replace(row, parent_id=None, level=0, full_name=row.name)
    parent = rows.get(parent_id)
    if parent is None:
        raise Refusal("bad_reference", f"{kinds} element id {parent_id} not found")
    if _is_below(parent, row.id, rows):
        raise Refusal("own_parent", f"{row.name} cannot be its own parent.")
    if parent.level + 2 > MAX_LEVELS:
        raise Refusal("too_deep", f"{kinds} nest up to {MAX_LEVELS} levels.")
    return msgspec.structs.replace(
        row,
        parent_id=parent_id,
        level=parent.level + 1,
        full_name=f"{parent.full_name}:{row.name}",
    )


def _is_below[T: Named](row: T, root: int, rows: Mapping[int, T]) -> bool:
    step: T | None = row
    while step is not None:
        if step.id == root:
            return True
        step = None if step.parent_id is None else rows[step.parent_id]
    return False


def renamed_below[T: Named](*, rows: Mapping[int, T], old_name: str, new: T) -> list[T]:
    """Give the rows below one that was renamed or moved, as they are called now."""
    return [
        msgspec.structs.replace(row, full_name=full_name, level=full_name.count(":"))
        for row in rows.values()
        if row.full_name.startswith(f"{old_name}:")
        and row.id != new.id
        and (full_name := below(full_name=row.full_name, old=old_name, new=new.full_name))
    ]


def has_active_below[T: Named](*, row: T, rows: Mapping[int, T]) -> bool:
    """Say whether something that is in use stands right below a row."""
    return any(other.parent_id == row.id and other.active for other in rows.values())


def switched_off[T: Named](*, row: T, is_taken: Callable[[T], bool]) -> T:
    """Switch a row off under a name that frees its own; `is_taken` says what others are called."""
    suffix = freed_suffix(name=row.name, is_taken=lambda end: is_taken(_renamed(row, end)))
    return msgspec.structs.replace(_renamed(row, suffix), active=False)


def _renamed[T: Named](row: T, suffix: str) -> T:
    return msgspec.structs.replace(row, name=row.name + suffix, full_name=row.full_name + suffix)
