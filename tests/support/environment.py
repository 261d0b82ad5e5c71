"""The environment of a test run, set before the application's settings read it.

Every pytest process (each xdist worker is one) has a folder and a database of its own, so that
nothing of a developer's installation is read or touched. Programs that a test starts inherit the
variables and thereby work on the same database.
"""

import atexit
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from partsemble.config.environment import PREFIX

SERVER_VARIABLE = f"{PREFIX}TEST_DATABASE_URL"
OWNER_ROLE = "partsemble_test_owner"
APP_ROLE = "partsemble_test_app"
ROLE_PASSWORD = "only-in-tests"


@dataclass(frozen=True, slots=True)
class PostgresDatabase:
    """A database on the PostgreSQL server of this run, as the three roles that tests need."""

    name: str
    server_url: str
    """As superuser, in the server's maintenance database."""

    @property
    def admin_url(self) -> str:
        """This will be the URL as superuser: makes the database, empties it between tests."""
        return urlsplit(self.server_url)._replace(path=f"/{self.name}").geturl()

    @property
    def owner_url(self) -> str:
        """This will be the URL as the role that owns the tables: migrates."""
        return self._url(OWNER_ROLE)

    @property
    def app_url(self) -> str:
        """This will be the URL as the role that row-level security holds back: runs the tests."""
        return self._url(APP_ROLE)

    def _url(self, role: str) -> str:
        host = urlsplit(self.server_url).netloc.rpartition("@")[2]
        return f"postgresql://{role}:{quote(ROLE_PASSWORD)}@{host}/{self.name}"


def _set_environment() -> tuple[Path, PostgresDatabase | None]:
    server_url = os.environ.get(SERVER_VARIABLE, "")
    for name in [each for each in os.environ if each.startswith(PREFIX)]:
        if name != SERVER_VARIABLE:
            del os.environ[name]
    folder = Path(tempfile.mkdtemp(prefix="partsemble-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    values = {"DATA_DIR": str(folder), "SECRET_KEYS": "a-key-for-tests-of-32-characters"}
    postgres = None
    if server_url:
        name = f"partsemble_test_{os.getpid()}_{worker}"
        postgres = PostgresDatabase(name=name, server_url=server_url)
        values["DATABASE_URL"] = postgres.app_url
        values["MIGRATION_DATABASE_URL"] = postgres.owner_url
    os.environ.update({PREFIX + name: value for name, value in values.items()})
    return folder, postgres


DATA_DIR, POSTGRES = _set_environment()
