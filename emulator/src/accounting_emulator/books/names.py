"""Names: what they may hold, and how switching an object off frees its name."""

from collections.abc import Callable

from accounting_emulator.books.refusals import Refusal

DELETED = " (deleted)"
MAX_NAME = 100
MAX_LEVELS = 5


def checked_name(*, name: str | None, what: str, longest: int = MAX_NAME) -> str:
    """Give a name back when it can be one; `what` is the object's kind, for the sentence.

    Raises:
        Refusal: it is empty, too long, or holds a sign that separates names.
    """
    if name is None or not name.strip():
        raise Refusal("missing", f"{what} needs a name.", element="Name")
    if any(sign in name for sign in "\t\n\r:"):
        raise Refusal("bad_name", "A name holds no tab, no line break and no colon.")
    if len(name) > longest:
        raise Refusal("too_long", f"Min:0 Max:{longest:,} supported. Supplied length:{len(name):,}")
    return name


def freed_suffix(*, name: str, is_taken: Callable[[str], bool]) -> str:
    """Give what to append to the name of an object that is switched off.

    `is_taken` says whether a suffix would lead to a name that another object has.
    """
    suffix, tries = ("" if name.endswith(DELETED) else DELETED), 0
    while is_taken(suffix):
        tries += 1
        suffix = f"{DELETED[:-1]} {tries})"
    return suffix


def below(*, full_name: str, old: str, new: str) -> str:
    """Rewrite the full name of something below a parent that was renamed."""
    return new + full_name[len(old) :]
