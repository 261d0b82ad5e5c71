"""`partsemble doctor` before and after the first `partsemble migrate`."""

import os
import subprocess
import sys
from pathlib import Path

from partsemble.config.environment import PREFIX


def run(folder: Path, command: str) -> tuple[int, str]:
    """On an embedded database of its own, as on a machine that was just set up."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(PREFIX)}
    settings = {
        f"{PREFIX}DATA_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "partsemble.config.settings",
    }
    done = subprocess.run(
        [str(Path(sys.executable).with_name("partsemble")), command],
        env={**inherited, **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_doctor_says_what_to_do_where_there_are_no_tables_yet(tmp_path: Path) -> None:
    status, said = run(tmp_path, "doctor")
    assert status == 1
    assert "! Tables: " in said
    assert said.endswith("→ Run: partsemble migrate\n")
    assert run(tmp_path, "migrate")[0] == 0
    status, said = run(tmp_path, "doctor")
    assert status == 1
    assert "✓ Tables: up to date" in said
    assert "✓ Clock: " in said
    assert said.endswith("! Workers: 0 alive, 0 jobs due\n  → Start one: partsemble worker\n")
