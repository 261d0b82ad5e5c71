"""Text that no spreadsheet runs, and the way back; pure.

A cell that begins like a formula is run by spreadsheets, whoever wrote it: a SKU from the books
may be `=HYPERLINK(…)`. In CSV such text gets an apostrophe in front. So does text that looks as if
it had got one already, which makes the way back exact: what goes out comes in unchanged.

Source: OWASP, CSV Injection.
"""

import re
from typing import Final

_ACTIVE: Final = re.compile(r"'* *[=+\-@\t\r\n]")


def neutralise(*, text: str) -> str:
    """This will make text that no spreadsheet takes for a formula."""
    return f"'{text}" if _ACTIVE.match(text) else text


def revive(*, text: str) -> str:
    """This will give the text that was made harmless."""
    is_ours = text.startswith("'") and _ACTIVE.match(text[1:])
    return text[1:] if is_ours else text
