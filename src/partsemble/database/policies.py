"""The second wall on PostgreSQL: row-level security, made anew after every migration.

Every scoped model gets one policy, derived from its class, so that a new table can't be
forgotten. The application connects as a role that owns nothing and therefore obeys; migrations
run as the owner. Settings are read in sub-selects so that PostgreSQL reads them once per
statement and not once per row.

Source: PostgreSQL documentation, chapter 5.9, Row Security Policies.
"""

from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from partsemble.database.models import Scoped, list_scoped_models
from partsemble.database.scope import (
    BEARER_SETTING,
    BUSINESS_SETTING,
    COMPANY_SETTING,
    REACH_SETTING,
    USER_SETTING,
    Reach,
)

POLICY = "partsemble_scope"


def install_after_migrate(*, sender: object, using: str, **_: object) -> None:
    """This will renew policies and grants once all apps are migrated; Django calls it per app."""
    connection = connections[using]
    if getattr(sender, "label", "") == "database" and connection.vendor == "postgresql":
        install(connection=connection, app_role=settings.DATABASES["default"]["USER"])


def install(*, connection: BaseDatabaseWrapper, app_role: str) -> None:
    """This will give every scoped table its policy and the app role its rights.

    Arguments:
        connection: as the role that owns the tables.
        app_role: the role that the application connects as.
    """
    quote = connection.ops.quote_name
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for model in list_scoped_models():
            if model._meta.db_table not in existing:
                continue
            table = quote(model._meta.db_table)
            condition = write_condition(model)
            cursor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            cursor.execute(f"DROP POLICY IF EXISTS {POLICY} ON {table}")
            cursor.execute(f"CREATE POLICY {POLICY} ON {table} USING ({condition})")
        role = quote(app_role)
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
        cursor.execute(
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"
        )
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")


def write_condition(model: type[Scoped]) -> str:
    """This will write the SQL condition under which a row of the model is visible."""
    reach = f"(SELECT current_setting('{REACH_SETTING}', true))"
    business = f"(SELECT NULLIF(current_setting('{BUSINESS_SETTING}', true), '')::uuid)"
    user = f"(SELECT NULLIF(current_setting('{USER_SETTING}', true), '')::uuid)"
    whole = ", ".join(f"'{each}'" for each in sorted(model.WHOLE_TABLE_REACHES - {Reach.OWNER}))
    conditions = [f'"{model.BUSINESS_COLUMN}" = {business}', f"{reach} IN ({whole})"]
    if model.USER_POLICY is not None:
        conditions.append(f"{reach} = '{Reach.USER}' AND ({model.USER_POLICY.format(user=user)})")
    if model.BEARER_COLUMN is not None:
        bearer = f"(SELECT NULLIF(current_setting('{BEARER_SETTING}', true), ''))"
        conditions.append(f"{reach} = '{Reach.BEARER}' AND \"{model.BEARER_COLUMN}\" = {bearer}")
    if model.COMPANY_COLUMN is not None:
        company = f"(SELECT NULLIF(current_setting('{COMPANY_SETTING}', true), ''))"
        conditions.append(f"{reach} = '{Reach.COMPANY}' AND \"{model.COMPANY_COLUMN}\" = {company}")
    return " OR ".join(f"({condition})" for condition in conditions)
