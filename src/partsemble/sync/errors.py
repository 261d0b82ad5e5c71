"""What a sync refuses."""

from partsemble.kernel.errors import DomainError


class RunNotFound(DomainError):
    """The business has no such run."""

    code = "run_not_found"


class NoTypesChosen(DomainError):
    """A sync of no item types would read nothing."""

    code = "no_types_chosen"
