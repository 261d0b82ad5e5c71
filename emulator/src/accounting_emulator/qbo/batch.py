"""Batches: up to thirty writes and queries in one request (QBO API reference, Batch).

A batch is no transaction: each item is carried out or refused by itself, and its answer carries
the bId it came with. Their order is not promised; a switch turns it round.

All answers together hold 1,000 objects at most. What becomes of the rest is not documented: here
a query gets only as many rows as there is room for, or is refused when a switch says so.
"""

from accounting_emulator.books import Refusal
from accounting_emulator.objects.wire import ENCODER
from accounting_emulator.qbo import errors, reading, writing
from accounting_emulator.qbo.bodies import Content, unreadable
from accounting_emulator.qbo.errors import ApiFault
from accounting_emulator.qbo.room import Room
from accounting_emulator.query import QueryInvalid, QueryParseError

MAX_ITEMS = 30
MAX_OBJECTS = 1_000
_WORDS = ("bId", "operation", "optionsData", "Query")


def list_statements(*, content: Content) -> list[str]:
    """List the queries of a batch, as far as it is one."""
    items = content.get("BatchItemRequest")
    items = items[:MAX_ITEMS] if isinstance(items, list) else []
    return [str(item["Query"]) for item in items if isinstance(item, dict) and "Query" in item]


def answer_batch(*, content: Content, room: Room, time: str) -> bytes:
    """Carry out the items of a batch.

    Raises:
        ApiFault: it is no batch (2010, 2020) or has too many items (1040).
    """
    items = content.get("BatchItemRequest")
    if items is None:
        raise errors.missing(element="BatchItemRequest")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise unreadable(words="BatchItemRequest is no list of objects")
    if len(items) > MAX_ITEMS:
        raise ApiFault(
            code="1040",
            message="Batch size exceeds allowed limit",
            detail=f"The batch size limit is {MAX_ITEMS}. Supplied:{len(items)}",
        )
    if room.switches.batch_order == "reversed":
        items = items[::-1]
    answers, left = [], MAX_OBJECTS
    for item in items:
        answer, used = _answer(item, room, left)
        answers.append(answer)
        left -= used
    return b'{"BatchItemResponse":[%s],"time":"%s"}' % (b",".join(answers), time.encode())


def _answer(item: Content, room: Room, left: int) -> tuple[bytes, int]:
    """Give an item's answer and how many objects are in it, of which so many may be `left`."""
    used = 0
    try:
        inner, used = _carry_out(item, room, left)
    except (QueryParseError, QueryInvalid) as error:
        inner = _fault(errors.from_query_error(error=error))
    except Refusal as refusal:
        inner = _fault(errors.from_refusal(refusal=refusal, switches=room.switches))
    except ApiFault as fault:
        inner = _fault(fault)
    if "bId" not in item:
        return b"{%s}" % inner, used
    return b'{%s,"bId":%s}' % (inner, ENCODER.encode(item["bId"])), used


def _carry_out(item: Content, room: Room, left: int) -> tuple[bytes, int]:
    if "Query" in item:
        return _ask(str(item["Query"]), room, left)
    names = [name for name in item if name not in _WORDS]
    if not names:
        raise errors.missing(element="BatchItemRequest.IntuitObject")
    name, content = names[0], item[names[0]]
    if name.lower() not in room.company.tables:
        raise ApiFault(
            code="2000",
            message="Invalid or unsupported object name",
            detail=f"Object Name: {name}",
        )
    return _write(item, name, content, room), 1


def _ask(statement: str, room: Room, left: int) -> tuple[bytes, int]:
    is_refused = room.switches.batch_objects_over == "reject"
    found, count = reading.query_response(
        statement=statement,
        company=room.company,
        switches=room.switches,
        at_most=MAX_OBJECTS if is_refused else max(left, 0),
    )
    if count > left:
        raise ApiFault(
            code="1040",
            message="Batch size exceeds allowed limit",
            detail=f"A batch returns at most {MAX_OBJECTS} objects. "
            f"Left:{max(left, 0)}, found:{count}",
        )
    return b'"QueryResponse":%s' % found, count


def _write(item: Content, name: str, content: object, room: Room) -> bytes:
    operation = str(item.get("operation") or "")
    writing.expect_operation(operation=operation)
    if not isinstance(content, dict):
        raise unreadable(words=f"{name} is no object")
    if operation.lower() == "update" and not content.get("Id"):
        raise errors.missing(element="Id")
    return writing.save_object(entity=name.lower(), content=content, room=room)


def _fault(fault: ApiFault) -> bytes:
    """Show a fault as an item's answer; batches always name an element, if only an empty one."""
    return b'"Fault":%s' % ENCODER.encode(errors.fault_content(fault=fault, element=""))
