"""Style sheets, scripts and fonts: where they are, and the name of this edition of them.

Problem. Browsers should keep such files for ever, and still see a new release at once. Django's
answer is to copy them under hashed names and to rewrite the references inside; that needs a
step at installation, a folder to write to, and does not follow imports between ES modules.

Decision. One prefix for all: `/static/<edition>/`, where the edition is a digest of the files
themselves. References among them are relative and stay as they are, nothing is copied,
`partsemble serve` starts from a fresh checkout, and whatever lies under an edition may be kept
for ever. Hashing the few hundred kilobytes takes milliseconds, once per start.

Left out: serving former editions. A page that was open during an upgrade has its files already.
"""

import hashlib
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Final

EDITION_PATTERN: Final = r"^/static/[0-9a-f]{12}/"
_EDITION_LENGTH: Final = 12

type StaticDirectory = Path | tuple[str, Path]


def list_static_directories(web: Path) -> list[StaticDirectory]:
    """This will list the folders whose files browsers may fetch.

    Arguments:
        web: the folder of the screens; each area may bring its own `static` folder.
    """
    return [
        ("inter", _find_package("unfold") / "static/unfold/fonts/inter"),
        *sorted(path for path in web.glob("*/static") if path.is_dir()),
    ]


def compute_edition(directories: Sequence[StaticDirectory]) -> str:
    """This will name this edition of the files: 12 hexadecimal digits of a digest of them all."""
    own = [each[1] if isinstance(each, tuple) else each for each in directories]
    digest = hashlib.sha256()
    for directory in [
        *own,
        _find_package("partsemble.web") / "static",
        _find_package("django_htmx") / "static",
    ]:
        for path in sorted(each for each in directory.rglob("*") if each.is_file()):
            digest.update(str(path.relative_to(directory)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:_EDITION_LENGTH]


def _find_package(name: str) -> Path:
    return Path(str(files(name)))
