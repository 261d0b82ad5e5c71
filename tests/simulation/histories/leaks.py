"""Looking for what must be nowhere: tokens, keys, and what is known of people (I12)."""

import logging
import re
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Final
from zipfile import ZipFile

from django.db import connection
from django.http.response import HttpResponseBase
from tests.simulation.histories.stage import House, Stage, Violation

from partsemble.web.downloads import WORKBOOK_TYPE

_NEEDLES: Final = (
    "eyJlbmMi",  # begins the emulator's access tokens
    "RT1-39-H0-",  # its refresh tokens; four signs of it are in sealed text now and then
    "lantedgiven",
    "lantedfamily",
    "lantednote",
    "@private.example",
    "Hidden Lane",
    "+1 555 0",
    "Planted customers",  # names of vendors are read, names of customers by nobody
    "Tannery Lane",  # the companies' own address
    "(360) 555-0142",
    "Bearer ey",
)
_CODE: Final = re.compile(r"XAB11[0-9a-f]{24}")
"""Of a consent; sealed text has the first five signs by chance, and soon another one."""
_MOST_PAGES: Final = 40
_LINK: Final = re.compile(r'href="(/b/[^"#]*)"')
_NO_PAGES: Final = ("logout", "/connect/")


class _Lines(logging.Handler):
    def __init__(self, formatter: logging.Formatter) -> None:
        super().__init__()
        self.setFormatter(formatter)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@contextmanager
def captured_logs() -> Iterator[list[str]]:
    """This will give every line that is logged meanwhile, as it would be written."""
    root = logging.getLogger()
    own = next(each for each in root.handlers if type(each) is logging.StreamHandler)
    assert own.formatter is not None
    handler = _Lines(own.formatter)
    root.addHandler(handler)
    root.removeHandler(own)
    try:
        yield handler.lines
    finally:
        root.addHandler(own)
        root.removeHandler(handler)


def check_leaks(*, stage: Stage, logs: Iterable[str]) -> None:
    """This will demand that no secret is in any table or log line."""
    needles = _list_needles(stage)
    for line in logs:
        _demand_none(needles, line, "a log line")
    for table, row in stage.database.dump():
        _demand_none(needles, "\n".join(map(_decode, row)), f"table {table}")


def check_pages(*, stage: Stage, house: House) -> int:
    """This will read every page that the owner can reach, and count them."""
    needles, client = _list_needles(stage), house.person.sign_in()
    stranger = stage.other(house).person
    home = f"/b/{house.person.business.slug}/"
    seen, waiting = {home}, [home]
    while waiting and len(seen) <= _MOST_PAGES:
        address = waiting.pop(0)
        answer = client.get(address)
        if answer.status_code >= 500:
            raise Violation(f"{address} answers {answer.status_code}")
        text = _read_answer(answer)
        _demand_none(needles, text, address)
        if stranger.business.name in text or stranger.user.email in text:
            raise Violation(f"{address} shows the business next door (I8)")
        for link in _LINK.findall(text):
            if link not in seen and not any(part in link for part in _NO_PAGES):
                seen.add(link)
                waiting.append(link)
    return len(seen)


def _list_needles(stage: Stage) -> tuple[str, ...]:
    ready = stage.emulator.ready
    return (*_NEEDLES, ready["client_secret"], ready["webhook_verifier"])


def _demand_none(needles: tuple[str, ...], text: str, place: str) -> None:
    code = _CODE.search(text)
    for needle in (*needles, code[0]) if code else needles:
        if needle in text:
            where = text.index(needle)
            raise Violation(f"{place} holds “{text[max(0, where - 40) : where + 40]}” (I12)")


def _read_answer(answer: HttpResponseBase) -> str:
    """All that it says; of a download, to its end, which is also what closes the file behind it."""
    content = answer.getvalue()
    if answer["Content-Type"] != WORKBOOK_TYPE:
        return unescape(content.decode())
    with ZipFile(BytesIO(content)) as packed:
        return unescape("".join(packed.read(name).decode() for name in packed.namelist()))


def _decode(value: object) -> str:
    if isinstance(value, memoryview):
        value = bytes(value)
    if not isinstance(value, bytes):
        return str(value)
    with suppress(zlib.error):
        value = zlib.decompress(value, wbits=47)
    return value.decode("latin-1")


def check_files(*, stage: Stage) -> None:
    """This will look through the bytes of the database's own files, deleted rows included."""
    if connection.vendor != "sqlite":
        return
    path = str(connection.settings_dict["NAME"])
    with sqlite3.connect(path) as own:
        own.execute("PRAGMA wal_checkpoint(PASSIVE)")
    own.close()
    for file in (Path(path), Path(f"{path}-wal")):
        if file.exists():
            _demand_none(_list_needles(stage), file.read_bytes().decode("latin-1"), file.name)
