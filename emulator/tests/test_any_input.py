"""Whatever a client sends is answered or refused; nothing breaks the emulator or its books."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounting_emulator.books import Refusal
from accounting_emulator.company import Company, found_company
from accounting_emulator.objects import entities, sheets
from accounting_emulator.profile import Founding, make_main_profile
from accounting_emulator.qbo import batch, reading, writing
from accounting_emulator.qbo.errors import ApiFault
from accounting_emulator.qbo.room import Room
from accounting_emulator.query import QueryInvalid, QueryParseError
from accounting_emulator.switches import Switches
from accounting_emulator.trial import trial_balance

FOUNDING = Founding(company="Anything Ltd", seed=0, items=None)
LENIENT = Switches(item_quantity_update="adjust", quote_doubling="accept", or_in_where="accept")

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**14), 10**14),
    st.decimals(allow_nan=False, allow_infinity=False, places=3),
    st.text(max_size=6),
    st.sampled_from(("1", "0", "true", "2025-01-01", "9999-12-31", "a:b", "Bank", "x" * 600)),
)
refs = st.fixed_dictionaries(
    {"value": st.one_of(scalars, st.sampled_from(("1", "2", "79", "80", "81", "TAX")))}
)
values = st.one_of(
    scalars,
    refs,
    st.dictionaries(st.sampled_from(("Line1", "Id", "Address", "URI", "name", "x")), scalars),
    st.lists(scalars, max_size=2),
)


FITTING: dict[str, st.SearchStrategy[Any]] = {
    "text": st.text("abc :", max_size=5),
    "number": st.decimals(0, 99, places=2),
    "whole": st.integers(0, 31),
    "flag": st.booleans(),
    "day": st.sampled_from(("2025-01-01", "2024-06-30")),
    "ref": refs,
    "phone": st.just({"FreeFormNumber": "555"}),
    "email": st.just({"Address": "a@example.com"}),
    "web": st.just({"URI": "http://example.com"}),
    "address": st.just({"Line1": "3 Harbor Row"}),
    "section": st.dictionaries(st.sampled_from(("BookCloseDate", "ReportBasis", "x")), scalars),
}
USUAL: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "item": {
        "Type": st.sampled_from(("Inventory", "Service", "NonInventory", "Category")),
        "QtyOnHand": st.integers(0, 9),
        "InvStartDate": st.sampled_from(("2025-01-01", "2024-06-30")),
        "IncomeAccountRef": st.just({"value": "79"}),
        "ExpenseAccountRef": st.just({"value": "80"}),
        "AssetAccountRef": st.just({"value": "81"}),
        "TrackQtyOnHand": st.booleans(),
    },
    "account": {"AccountType": st.sampled_from(("Bank", "Expense", "Income"))},
}


def bodies(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """Bodies of which most are nearly right, so that they get far."""
    fields = sheets.BY_NAME[name].fields
    named = {field.name: FITTING.get(field.kind, values) for field in fields.values()}
    known = st.sampled_from(tuple(fields)).flatmap(
        lambda field: st.tuples(st.just(field), st.one_of(*[named[field]] * 5, values))
    )
    usual = dict(USUAL.get(name, {}))
    for own in {"Name", "DisplayName"} & set(fields):
        usual[own] = st.text("abcdefgh", min_size=1, max_size=6)
    update = {"Id": st.integers(1, 70).map(str), "SyncToken": st.sampled_from("0123")}
    return st.builds(
        lambda whole, odd, change: whole | dict(odd) | change,
        st.fixed_dictionaries(usual),
        st.lists(known, max_size=4),
        st.just({}) | st.fixed_dictionaries(update | {"sparse": st.booleans()}),
    )


def make_company() -> Company:
    profile = make_main_profile(founding=FOUNDING)
    return found_company(profile=profile, founding=FOUNDING, get_switches=lambda: LENIENT)


def make_room(company: Company) -> Room:
    return Room(
        company=company,
        switches=LENIENT,
        at=1_790_000_000,
        today="2026-09-21",
        execute=lambda command: company.execute(command=command),
    )


def save(company: Company, entity: str, content: dict[str, Any]) -> bytes:
    try:
        return b"{%s}" % writing.save_object(
            entity=entity, content=content, room=make_room(company)
        )
    except (ApiFault, Refusal) as refused:
        return msgspec.json.encode(str(refused))


@pytest.mark.parametrize("entity", sorted(sheets.BY_NAME))
def test_any_body_is_carried_out_or_refused(entity: str) -> None:
    company = make_company()

    @settings(max_examples=150, deadline=None)
    @given(bodies(entity))
    def send(content: dict[str, Any]) -> None:
        assert msgspec.json.decode(save(company, entity, content))

    send()
    assert trial_balance(books=company.books).is_balanced
    table = company.tables[entity]
    statement = f"select * from {entity} where Active in (true, false) maxresults 1000"
    if entity not in ("companyinfo", "preferences"):
        inner, count = reading.query_response(
            statement=statement, company=company, switches=LENIENT
        )
        found = msgspec.json.decode(inner)
        assert found.get("maxResults", 0) == count
        assert found[table.entity.name]


words = st.one_of(
    st.text(max_size=5),
    st.sampled_from(("1", "true", "%a%", "2026-01-01", "9999-12-31T23:59:59-23:59", "0001-01-01")),
    st.decimals(allow_nan=True, allow_infinity=True).map(str),
)
comparisons = st.sampled_from(("=", "<", ">", "<=", ">=", "like", "in"))


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


@pytest.mark.parametrize("name", [*sorted(entities.BY_NAME), "account"])
def test_any_question_is_answered_or_refused(name: str) -> None:
    company = make_company()
    fields = st.sampled_from((*sheets.BY_NAME[name].fields, "MetaData.CreateTime", "Nothing"))

    @settings(max_examples=150, deadline=None)
    @given(fields, comparisons, words, fields, st.sampled_from(("asc", "desc")))
    def ask(field: str, sign: str, word: str, order: str, way: str) -> None:
        value = f"({quoted(word)})" if sign == "in" else quoted(word)
        statement = f"select * from {name} where {field} {sign} {value} "
        statement += f"orderby {order} {way}"
        try:
            answer, _ = reading.query_response(
                statement=statement, company=company, switches=LENIENT
            )
        except (QueryInvalid, QueryParseError) as refused:
            answer = msgspec.json.encode(str(refused))
        assert answer

    ask()


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(("bId", "operation", "Query", "Vendor", "Item", "optionsData", "X")),
            st.one_of(values, bodies("vendor"), st.sampled_from(("create", "update"))),
        ),
        max_size=4,
    )
)
def test_any_batch_answers_each_item(items: list[dict[str, Any]]) -> None:
    company = make_company()
    answer = batch.answer_batch(
        content={"BatchItemRequest": items}, room=make_room(company), time="now"
    )
    answers = msgspec.json.decode(answer)["BatchItemResponse"]
    assert len(answers) == len(items)
    assert trial_balance(books=company.books).is_balanced
