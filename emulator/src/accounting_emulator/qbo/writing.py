"""Creating and updating objects over the accounting API (QBO API reference, create and update).

An update carries the SyncToken it was read with. A sparse one changes what it names; a full one
also empties every writable property it leaves out, except those an object cannot be without.
"""

from collections.abc import Callable, Mapping

import msgspec

from accounting_emulator.books import Command
from accounting_emulator.objects import sheets
from accounting_emulator.objects.tables import Table
from accounting_emulator.qbo import errors
from accounting_emulator.qbo.account_writes import account_command
from accounting_emulator.qbo.bodies import Body, Content, read_body
from accounting_emulator.qbo.item_writes import item_command
from accounting_emulator.qbo.list_writes import list_command
from accounting_emulator.qbo.references import expect_references
from accounting_emulator.qbo.room import Room
from accounting_emulator.qbo.settings_writes import settings_command

Compose = Callable[[Body, Room], Command]
SOMEBODY = "root"
_COMPOSERS: Mapping[str, Compose] = {
    "item": item_command,
    "account": account_command,
    "companyinfo": settings_command("CompanyInfo"),
    "preferences": settings_command("Preferences"),
    "customer": list_command("Customer"),
    "vendor": list_command("Vendor"),
    "employee": list_command("Employee"),
    "term": list_command("Term"),
    "paymentmethod": list_command("PaymentMethod"),
    "class": list_command("Class"),
    "department": list_command("Department"),
}
_SINGLES = ("companyinfo", "preferences")


def save_object(*, entity: str, content: Content, room: Room) -> bytes:
    """Create the object a body describes, or update the one it names; `entity` in lower case.

    Gives `"Entity":{…}`, the inner part of an answer.

    Raises:
        ApiFault: the body or the object cannot be so.
        Refusal: the books do not allow it.
    """
    compose = _COMPOSERS.get(entity)
    if compose is None:
        raise errors.unsupported(operation=entity)
    sheet, table = sheets.BY_NAME[entity], room.company.tables[entity]
    body = read_body(content=content, sheet=sheet)
    if body.id is None and entity in _SINGLES:
        raise errors.missing(element="Id")
    if body.id is not None:
        _expect_fresh(table, body)
    expect_references(body=body, sheet=sheet, company=room.company, switches=room.switches)
    events = room.execute(compose(body, room))
    number = events[0].id if body.id is None else body.id
    (row,) = table.render(ids=(number,))
    if body.id is None and entity == "account":
        row = _without_update(row)
    return b'"%s":%s' % (sheet.name.encode(), row)


def _without_update(row: bytes) -> bytes:
    """Show a fresh account as it was recorded: it was created, and not yet updated."""
    shown = msgspec.json.decode(row, type=dict[str, msgspec.Raw])
    times = msgspec.json.decode(shown["MetaData"], type=dict[str, str])
    meta = msgspec.json.encode({"CreateTime": times["CreateTime"]})
    return msgspec.json.encode(shown | {"MetaData": msgspec.Raw(meta)})


def expect_operation(*, operation: str) -> None:
    """Let create and update pass: name lists know no other operation.

    Raises:
        ApiFault: it is another one (500).
    """
    if operation.lower() not in ("", "create", "update"):
        raise errors.unsupported(operation=operation)


def _expect_fresh(table: Table, body: Body) -> None:
    row = table.find(number=body.id or 0)
    if row is None:
        raise errors.object_not_found()
    if body.sync_token is None:
        raise errors.missing(element="SyncToken")
    if body.sync_token != str(row.sync_token):
        raise errors.stale(who=SOMEBODY)
