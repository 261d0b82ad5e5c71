"""What may still be read this month (CONN-9)."""

from partsemble.accounting.budget import (
    ReadUse,
    find_month,
    find_next_month,
    forecast_reads,
    judge_stage,
)
from partsemble.accounting.errors import ReadsSpent
from partsemble.accounting.models.connections import Connection
from partsemble.accounting.models.tallies import AppTally, ConnectionTally
from partsemble.accounting.queries.connections import find_live_row
from partsemble.accounting.registry import find_monthly_reads
from partsemble.accounting.types import ProviderKey, ReadBudget, ReadStage
from partsemble.database.clock import read_database_clock
from partsemble.database.scope import business_scope
from partsemble.kernel.ids import BusinessId


def find_read_budget(*, business_id: BusinessId) -> ReadBudget | None:
    """This will say how the business's connection stands in its month, or None.

    None without a connection, and where the provider does not meter.

    What other businesses have used is in one sum, of which none can be told apart.
    """
    with business_scope(business_id):
        row = find_live_row()
        return None if row is None else _read_budget(row)


def demand_reads(*, business_id: BusinessId, is_person: bool) -> None:
    """This will let pass what may still be read this month.

    Arguments:
        business_id: who wants to read.
        is_person: whether somebody asks for it now, rather than a schedule or the provider.

    Raises:
        ReadsSpent: if too few reads are left for that.
    """
    budget = find_read_budget(business_id=business_id)
    if budget is None or budget.stage.may_read_on_schedule:
        return
    if budget.stage is ReadStage.PEOPLE and is_person:
        return
    raise ReadsSpent(
        limit=f"{budget.limit:,}", used=f"{budget.used:,}", resets_on=f"{budget.resets_on:%-d %B}"
    )


def _read_budget(row: Connection) -> ReadBudget | None:
    provider = ProviderKey(row.provider)
    limit = find_monthly_reads(provider=provider, environment=row.environment)
    if limit is None:
        return None
    now = read_database_clock()
    month = find_month(now)
    key = {"client_id": row.client_id, "month": month}
    app = AppTally.objects.filter(provider=row.provider, **key).first()
    own = ConnectionTally.objects.filter(connection_id=row.id, **key).first()
    use = ReadUse(
        limit=limit,
        used=app.reads if app else 0,
        own=own.reads if own else 0,
        connections=app.connections if app else 0,
    )
    return ReadBudget(
        month=month,
        resets_on=find_next_month(month),
        limit=use.limit,
        used=use.used,
        own=use.own,
        own_writes=own.writes if own else 0,
        forecast=forecast_reads(used=use.used, now=now),
        stage=judge_stage(use=use, now=now),
    )
