"""The second wall on SQLite: no statement touches a business's table outside a scope.

SQLite has no row-level security. This guard sits on the connection, under the ORM, so that raw
SQL and a manager that somebody forgot to scope are stopped as well. It can't narrow rows as the
policies of PostgreSQL do; what it promises is that a forgotten scope fails, and loudly.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from partsemble.database.models import Scoped, list_scoped_models
from partsemble.database.scope import Reach, ScopeMissing, current_scope

_DATA_STATEMENT = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|REPLACE|WITH)\b", re.IGNORECASE)


def watch_connection(*, connection: BaseDatabaseWrapper, **_: object) -> None:
    """This will put the guard on a fresh SQLite connection; Django calls it for each."""
    if connection.vendor == "sqlite" and refuse_outside_scope not in connection.execute_wrappers:
        connection.execute_wrappers.append(refuse_outside_scope)


def refuse_outside_scope(
    execute: Callable[..., object],
    sql: str,
    params: object,
    many: bool,  # noqa: FBT001 Django's signature
    context: dict[str, Any],
) -> object:
    """This will run a statement unless it names a table that the scope does not include.

    Raises:
        ScopeMissing: naming the table.
    """
    scope = current_scope()
    reach = scope.reach if scope else Reach.NOTHING
    if reach not in (Reach.BUSINESS, Reach.STAFF, Reach.OWNER) and _DATA_STATEMENT.match(sql):
        for name in _table_names().findall(sql):
            if not _includes(_tables()[name], reach):
                raise ScopeMissing(table=name, reach=reach or None)
    return execute(sql, params, many, context)


def _includes(model: type[Scoped], reach: Reach) -> bool:
    if reach is Reach.USER:
        return model.USER_LOOKUP is not None
    if reach is Reach.BEARER:
        return model.BEARER_COLUMN is not None
    if reach is Reach.COMPANY:
        return model.COMPANY_COLUMN is not None
    return reach in model.WHOLE_TABLE_REACHES


@cache
def _tables() -> dict[str, type[Scoped]]:
    return {model._meta.db_table: model for model in list_scoped_models()}


@cache
def _table_names() -> re.Pattern[str]:
    names = "|".join(map(re.escape, _tables())) or "(?!)"
    return re.compile(rf"\b({names})\b")
