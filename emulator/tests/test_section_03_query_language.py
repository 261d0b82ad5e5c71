"""Fact sheet section 3: the query language, parsed and searched."""

from datetime import UTC
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounting_emulator.objects.entities import ITEM
from accounting_emulator.query import (
    Condition,
    Leniency,
    Order,
    Query,
    QueryInvalid,
    QueryParseError,
    parse_query,
)
from accounting_emulator.search import Reading, Sieve, select_ids
from accounting_emulator.slices import finish

fields = st.sampled_from(("Id", "Name", "MetaData.LastUpdatedTime", "Sku", "Active"))
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
conditions = st.one_of(
    st.builds(
        Condition,
        fields,
        st.sampled_from(("=", "<", ">", "<=", ">=", "like")),
        st.tuples(texts),
    ),
    st.builds(Condition, fields, st.just("in"), st.lists(texts, min_size=1).map(tuple)),
)
queries = st.builds(
    Query,
    st.sampled_from(("Item", "Account")),
    st.lists(fields, max_size=3).map(tuple),
    st.just(False),  # noqa: FBT003
    st.lists(conditions, max_size=3).map(tuple),
    st.lists(st.builds(Order, fields, st.booleans()), max_size=2).map(tuple),
    st.none() | st.integers(0, 9999),
    st.none() | st.integers(0, 9999),
)


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def written(query: Query) -> str:
    words = ["select", ", ".join(query.fields) or "*", "from", query.entity]
    for number, condition in enumerate(query.conditions):
        values = ",".join(quoted(value) for value in condition.values)
        value = f"({values})" if condition.comparison == "in" else values
        words += ["And" if number else "WHERE", condition.field, condition.comparison, value]
    for number, order in enumerate(query.orders):
        words += ["," if number else "Order By", order.field, "desc" * order.is_descending]
    if query.limit is not None:
        words += ["maxresults", str(query.limit)]
    if query.start is not None:
        words += ["STARTPOSITION", str(query.start)]
    return " ".join(words)


@given(queries)
def test_what_is_written_is_what_is_read(query: Query) -> None:
    assert parse_query(statement=written(query)) == query


@given(st.text(st.sampled_from("select *fromItewhrNa='\\(),<>0123456789 \n%"), max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    words = ""
    try:
        assert parse_query(statement=text).entity
    except QueryParseError as refused:
        words = str(refused)
    assert words == "" or words.startswith("QueryParserError: ")


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT *, Sku FROM Item ORDER BY Id STARTPOSITION 1 MAXRESULTS 100",
        "SELECT * FROM Item  ORDERBY Id STARTPOSITION 1 MAXRESULTS 1000",
        "select * from item maxresults 1000 startposition 1",
        "SELECT COUNT(*) FROM Item ",
        "select count(*) from Account",
        "select Id, Name, Sku from Item where Active IN (true, false)",
        "SELECT * FROM Item WHERE Active = true AND Metadata.CreateTime > '2026-01-01T00:00:00Z'",
        "SELECT * FROM Item ORDER BY Metadata.LastUpdatedTime ASC, Id DESC",
        r"select * from Item where Name = 'O\'Hara'",
        "select * from Item where Id = 5",
    ],
)
def test_statements_that_clients_send_are_understood(statement: str) -> None:
    assert parse_query(statement=statement).entity.lower() in ("item", "account")


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (
            "select * from Item s",
            'Encountered " <IDENTIFIER> "s "" at line 1, column 20. Was expecting one of: <EOF>',
        ),
        ("select * from Item where Name = 'a' or Name = 'b'", 'Encountered " <IDENTIFIER> "or '),
        ("select * from Item where Name = 'O''Hara'", "Encountered"),
        ("select from Item", "Encountered"),
        ("select * from Item where", 'Encountered "<EOF>" at line 1, column 25'),
        ("select * from Item maxresults 1.5", "Encountered"),
        ('select * from Item where Name = "a"', "Lexical error at line 1, column 33"),
        ("select *\nfrom Item group by Name", "at line 2, column 11"),
        ("", "Encountered"),
    ],
)
def test_what_the_grammar_lacks_is_refused_with_its_place(statement: str, words: str) -> None:
    with pytest.raises(QueryParseError) as refused:
        parse_query(statement=statement)
    assert words in str(refused.value)


ROWS = [
    SimpleNamespace(
        id=number,
        name=name,
        full_name=name,
        sku=sku,
        type="Service",
        active=active,
        unit_price=None,
        created_at=1_700_000_000 + number,
        updated_at=1_700_000_000 + number * 60,
    )
    for number, (name, sku, active) in enumerate(
        [
            ("beta", "B-1", True),
            ("Alpha", None, True),
            ("50% off", "A_1", True),
            ("c", "B-1", False),
        ],
        1,
    )
]


def select(query: Query, reading: Reading) -> list[int]:
    sieve = Sieve(entity=ITEM, query=query, reading=reading)
    return list(finish(select_ids(sieve=sieve, rows=ROWS)))


def found(clauses: str, *, is_case_sensitive: bool = False) -> list[int]:
    query = parse_query(statement="select * from Item " + clauses)
    reading = Reading(zone=UTC, is_case_sensitive=is_case_sensitive)
    return select(query, reading)


def test_inactive_rows_hide_unless_asked_for_and_names_order_the_rest() -> None:
    assert found("") == [3, 2, 1]
    assert found("where Id = '4'") == []
    assert found("where Id = '4' and Active in (true, false)") == [4]
    assert found("where Active = false") == [4]
    assert found("where Active in ('true','false') orderby Id desc") == [4, 3, 2, 1]


def test_comparisons() -> None:
    assert found("where Name = 'ALPHA'") == [2]
    assert found("where Name = 'ALPHA'", is_case_sensitive=True) == []
    assert found("where Name like '%PH%'") == [2]
    assert found("where Sku like 'A_1'") == [3]
    assert found("where Sku like 'A%'") == [3]
    assert found("where Sku = ''") == [2]
    assert found("where Sku = ' '") == [2]
    assert found("where Id > 1 and Id <= '3' orderby Id") == [2, 3]
    assert found("where Id in ('1','3','77') orderby Id") == [1, 3]
    assert found("where Metadata.LastUpdatedTime >= '2023-11-14T22:15:20Z' orderby Id") == [2, 3]
    assert found("where MetaData.CreateTime < '2023-11-15'") == [3, 2, 1]


@pytest.mark.parametrize(
    ("clauses", "words"),
    [
        ("where QtyOnHand > 1", "property 'QtyOnHand' is not queryable"),
        ("where Foo = 'x'", "Property Foo not found for Entity Item"),
        ("orderby Sku", "property 'Sku' is not sortable"),
        ("where Id = 'five'", "value five is not a number"),
        ("where Active = 'maybe'", "value maybe is not a boolean"),
        ("where MetaData.CreateTime > 'soon'", "value soon is not a date and time"),
    ],
)
def test_what_cannot_be_asked_is_refused(clauses: str, words: str) -> None:
    with pytest.raises(QueryInvalid) as refused:
        found(clauses)
    assert words in str(refused.value)


def test_20_6_a_doubled_quote_and_or_can_be_let_pass() -> None:
    lenient = Leniency(doubled_quotes=True, alternatives=True)
    doubled = parse_query(statement="select * from Item where Name = 'O''Hara'", leniency=lenient)
    assert doubled.conditions[0].values == ("O'Hara",)
    empty = parse_query(statement="select * from Item where Name = ''", leniency=lenient)
    assert empty.conditions[0].values == ("",)
    query = parse_query(
        statement="select * from Item where Id = '1' and Active = true OR Name = 'c' orderby Id",
        leniency=lenient,
    )
    assert [len(group) for group in (query.conditions, *query.alternatives)] == [2, 1]
    assert select(query, Reading(zone=UTC)) == [1, 4]


def test_3_a_condition_on_nothing() -> None:
    strict = Reading(zone=UTC, empty_is_missing=False)
    query = parse_query(statement="select * from Item where Sku = ''")
    assert select(query, strict) == []
    assert found("where Sku = '' and Name = 'alpha'") == [2]
    assert found("where Sku = '' and Name = 'beta'") == []
