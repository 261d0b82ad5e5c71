"""The query language: text in, a query or a refusal out.

Grammar (QBO API reference, Query operations and syntax; what clients really send):

    query      = "SELECT" selection "FROM" NAME [ "WHERE" condition { "AND" condition } ]
                 [ ( "ORDERBY" | "ORDER" "BY" ) order { "," order } ]
                 { "STARTPOSITION" NUMBER | "MAXRESULTS" NUMBER }
    selection  = "COUNT" "(" "*" ")" | field { "," field }          field = "*" | NAME
    condition  = NAME ( "=" | "<" | ">" | "<=" | ">=" | "LIKE" ) value
               | NAME "IN" "(" value { "," value } ")"
    order      = NAME [ "ASC" | "DESC" ]
    value      = STRING | NUMBER | "TRUE" | "FALSE"

Keywords ignore case; a quote inside a string is written as backslash quote. There is no OR, no
NOT, no grouping: the real parser has none either, and says so with code 4000. Whether a doubled
quote and an OR are really refused is uncertain; a `Leniency` lets either pass.
"""

import re
from dataclasses import dataclass, replace
from typing import NoReturn

DEFAULT_ROWS = 100
MAX_ROWS = 1000
MAX_STATEMENT = 100_000

_PATTERN = r"""\s*(?:
        (?P<string>'(?:\\.|[^'\\])*')
      | (?P<number>-?\d+(?:\.\d+)?)
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)
      | (?P<sign><=|>=|[=<>(),*])
      | (?P<end>\Z)
    )"""
_TOKEN = re.compile(_PATTERN, re.VERBOSE | re.DOTALL)
_LENIENT_TOKEN = re.compile(_PATTERN.replace(r"'(?:", r"'(?:''|", 1), re.VERBOSE | re.DOTALL)
_KEYWORDS = frozenset(
    {
        *("select", "count", "from", "where", "and", "in", "like", "order", "by", "orderby"),
        *("asc", "desc", "startposition", "maxresults"),
    }
)
_COMPARISONS = ("=", "<", ">", "<=", ">=", "like")
_AFTER_FROM = ("<EOF>", "maxresults", "order", "orderby", "startposition", "where")
_AFTER_WHERE = ("<EOF>", "and", "maxresults", "order", "orderby", "startposition")
_AFTER_ORDER = ("<EOF>", ",", "asc", "desc", "maxresults", "startposition")
_AFTER_PAGE = ("<EOF>", "maxresults", "startposition")


class QueryParseError(Exception):
    """The statement does not follow the grammar (code 4000)."""


class QueryInvalid(Exception):
    """The statement is well formed but asks for something impossible (code 4001)."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison; `values` has one member unless the comparison is `in`."""

    field: str
    comparison: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """One sort key."""

    field: str
    is_descending: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed statement; empty `fields` means every field, rows count from 1.

    A row is wanted when it meets all `conditions`, or all of any of the `alternatives`.
    """

    entity: str
    fields: tuple[str, ...] = ()
    is_count: bool = False
    conditions: tuple[Condition, ...] = ()
    orders: tuple[Order, ...] = ()
    start: int | None = None
    limit: int | None = None
    alternatives: tuple[tuple[Condition, ...], ...] = ()

    @property
    def search(self) -> "Query":
        """Give the part that says which rows are wanted in which order, without page and fields."""
        return replace(self, fields=(), is_count=False, start=None, limit=None)


@dataclass(frozen=True, slots=True)
class Leniency:
    """What the parser lets pass beyond its grammar: a doubled quote for one quote, and OR."""

    doubled_quotes: bool = False
    alternatives: bool = False


STRICT = Leniency()


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


def parse_query(*, statement: str, leniency: Leniency = STRICT) -> Query:
    """Read one statement.

    Raises:
        QueryParseError: it does not follow the grammar; the words are the real parser's.
    """
    if len(statement) > MAX_STATEMENT:
        raise QueryParseError("QueryParserError: the statement is too long")
    return _Parser(statement, leniency).query()


class _Parser:
    def __init__(self, statement: str, leniency: Leniency) -> None:
        self._statement = statement
        self._leniency = leniency
        self._tokens = _tokenize(statement, leniency)
        self._next = 0

    def query(self) -> Query:
        self._expect("select")
        fields, is_count = self._selection()
        self._expect("from")
        entity = self._name()
        after: tuple[str, ...] = _AFTER_FROM
        conditions: tuple[Condition, ...] = ()
        others: tuple[tuple[Condition, ...], ...] = ()
        orders: tuple[Order, ...] = ()
        if self._accept("where"):
            conditions, after = self._conditions(), _AFTER_WHERE
            others = self._alternatives()
        if self._accept("orderby") or self._accept_order_by():
            orders, after = self._orders(), _AFTER_ORDER
        start, limit, after = self._page(after)
        if self._peek.kind != "end":
            self._fail(after)
        return Query(entity, fields, is_count, conditions, orders, start, limit, others)

    def _selection(self) -> tuple[tuple[str, ...], bool]:
        if self._accept("count"):
            for sign in ("(", "*", ")"):
                self._expect(sign)
            return (), True
        fields = [self._field()]
        while self._accept(","):
            fields.append(self._field())
        return (() if "*" in fields else tuple(fields)), False

    def _field(self) -> str:
        if self._accept("*"):
            return "*"
        return self._name("*", "count")

    def _conditions(self) -> tuple[Condition, ...]:
        found = [self._condition()]
        while self._accept("and"):
            found.append(self._condition())
        return tuple(found)

    def _alternatives(self) -> tuple[tuple[Condition, ...], ...]:
        found = []
        while self._leniency.alternatives and self._accept("or"):
            found.append(self._conditions())
        return tuple(found)

    def _condition(self) -> Condition:
        field = self._name()
        if self._accept("in"):
            self._expect("(")
            values = [self._value()]
            while self._accept(","):
                values.append(self._value())
            self._expect(")")
            return Condition(field, "in", tuple(values))
        for sign in _COMPARISONS:
            if self._accept(sign):
                return Condition(field, sign, (self._value(),))
        return self._fail((*_COMPARISONS, "in"))

    def _orders(self) -> tuple[Order, ...]:
        found = [self._order()]
        while self._accept(","):
            found.append(self._order())
        return tuple(found)

    def _order(self) -> Order:
        field = self._name()
        if self._accept("desc"):
            return Order(field, is_descending=True)
        self._accept("asc")
        return Order(field)

    def _page(self, after: tuple[str, ...]) -> tuple[int | None, int | None, tuple[str, ...]]:
        start: int | None = None
        limit: int | None = None
        while True:
            if start is None and self._accept("startposition"):
                start, after = self._number(), _AFTER_PAGE
            elif limit is None and self._accept("maxresults"):
                limit, after = self._number(), _AFTER_PAGE
            else:
                return start, limit, after

    def _accept_order_by(self) -> bool:
        if not self._accept("order"):
            return False
        self._expect("by")
        return True

    @property
    def _peek(self) -> _Token:
        return self._tokens[self._next]

    def _accept(self, word: str) -> bool:
        token = self._peek
        if token.kind in ("name", "sign") and token.text.lower() == word:
            self._next += 1
            return True
        return False

    def _expect(self, word: str) -> None:
        if not self._accept(word):
            self._fail((word,))

    def _take(self, kind: str, *expected: str) -> str:
        if self._peek.kind != kind:
            self._fail(expected)
        self._next += 1
        return self._tokens[self._next - 1].text

    def _name(self, *others: str) -> str:
        if self._peek.text.lower() in _KEYWORDS:
            self._fail(("<IDENTIFIER>", *others))
        return self._take("name", "<IDENTIFIER>", *others)

    def _number(self) -> int:
        text = self._take("number", "<NUMBER>")
        if not text.isdecimal() or len(text) > 12:
            self._next -= 1
            self._fail(("<NUMBER>",))
        return int(text)

    def _value(self) -> str:
        token = self._peek
        if token.kind == "string":
            self._next += 1
            escapes = r"\\(.)|(')'" if self._leniency.doubled_quotes else r"\\(.)"
            text = token.text[1:-1]
            return re.sub(escapes, lambda found: found[found.lastindex or 0], text, flags=re.DOTALL)
        if token.kind == "number" or token.text.lower() in ("true", "false"):
            self._next += 1
            return token.text
        return self._fail(("<STRING>", "<NUMBER>", "true", "false"))

    def _fail(self, expected: tuple[str, ...]) -> NoReturn:
        token = self._peek
        raise QueryParseError(_complaint(self._statement, token, expected))


def _tokenize(statement: str, leniency: Leniency) -> list[_Token]:
    pattern = _LENIENT_TOKEN if leniency.doubled_quotes else _TOKEN
    tokens, at = [], 0
    while True:
        match = pattern.match(statement, at)
        if match is None or match.lastgroup is None:
            at += len(statement[at:]) - len(statement[at:].lstrip())
            line, column = _place(statement, at)
            sign = statement[at]
            raise QueryParseError(
                f"QueryParserError: Lexical error at line {line}, column {column}. "
                f'Encountered: "{sign}" ({ord(sign)}), after : ""'
            )
        kind = match.lastgroup
        tokens.append(_Token(kind, match.group(kind), match.start(kind)))
        if kind == "end":
            return tokens
        at = match.end()


def _complaint(statement: str, token: _Token, expected: tuple[str, ...]) -> str:
    line, column = _place(statement, token.at)
    names = {"string": "<STRING>", "number": "<NUMBER>", "name": "<IDENTIFIER>"}
    if token.kind == "end":
        met = '"<EOF>"'
    elif token.kind == "sign" or token.text.lower() in _KEYWORDS:
        met = f'" "{token.text}" "{token.text} ""'
    else:
        met = f'" {names[token.kind]} "{token.text} ""'
    wanted = " ".join(f"{w} ..." if w.startswith("<") else f'"{w}" ...' for w in expected)
    one = "" if len(expected) == 1 else " one of"
    return (
        f"QueryParserError: Encountered {met} at line {line}, column {column}. "
        f"Was expecting{one}: {wanted}"
    )


def _place(statement: str, at: int) -> tuple[int, int]:
    before = statement[:at]
    return before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1
