"""Numbers that are too large to be true; facts: `number` and `limit`."""

from partsemble.kernel.errors import DomainError


class QuantityTooLarge(DomainError):
    """A quantity reaches a thousand million units."""

    code = "quantity_too_large"


class UnitCostTooLarge(DomainError):
    """One unit would cost a thousand million or more."""

    code = "unit_cost_too_large"


class ValueTooLarge(DomainError):
    """A value reaches a million million."""

    code = "value_too_large"
