"""Where the secret keys come from when the environment names none."""

import os
import secrets
from pathlib import Path

from partsemble.config.environment import PREFIX, BadSetting, Environment

KEY_LENGTH = 32
KEY_FILE = "secret_keys"


def load_secret_keys(*, environment: Environment, directory: Path) -> list[str]:
    """This will give the secret keys, newest first.

    Without any in the environment, one is made and kept in the data directory, readable by its
    owner alone, so that a demo starts without ceremony and still survives a restart.

    Raises:
        BadSetting: if a key is shorter than 32 characters.
    """
    listed = environment.get("SECRET_KEYS")
    if not listed:
        listed = _keep_own_key(directory / KEY_FILE)
    keys = [key.strip() for key in listed.split(",") if key.strip()]
    if any(len(key) < KEY_LENGTH for key in keys):
        raise BadSetting(f"Each key in {PREFIX}SECRET_KEYS needs {KEY_LENGTH} characters or more.")
    return keys


def _keep_own_key(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        if not path.exists():
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(48))
            # A link fails if another process was faster, and then that one's key holds.
            os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink(missing_ok=True)
    return path.read_text().strip()
