"""What accounting refuses; how a call to a provider fails is in `provider`."""

from partsemble.kernel.errors import DomainError


class NotConnected(DomainError):
    """The business has no connection to any books."""

    code = "not_connected"


class ConnectionReplaced(DomainError):
    """The business is connected, but no longer by the connection that was asked for."""

    code = "connection_replaced"


class ProviderNotConfigured(DomainError):
    """The installation has no client id and secret for that provider; facts: `provider`."""

    code = "provider_not_configured"


class EnvironmentUnknown(DomainError):
    """The configured environment of a provider is none that it has; facts: `environment`."""

    code = "environment_unknown"


class AuthorizationUnknown(DomainError):
    """The answer belongs to no consent that this session asked for.

    It was used already, is older than ten minutes, or was begun in another browser.
    """

    code = "authorization_unknown"


class ConsentDeclined(DomainError):
    """The person said no on the provider's page, or it did so for them; facts: `reason`."""

    code = "consent_declined"


class CallbackIncomplete(DomainError):
    """The provider sent the person back without what it always sends; facts: `missing`."""

    code = "callback_incomplete"


class QuantitiesNotTaken(DomainError):
    """The books take no adjustments of quantities; facts: `company`, `offering`, `country`."""

    code = "quantities_not_taken"


class DifferentCompany(DomainError):
    """The business is connected to another company (CONN-7); facts: `connected`, `offered`."""

    code = "different_company"


class CompanyTaken(DomainError):
    """The company is connected to another business (CONN-7); facts: `offered`.

    Which business that is stays behind the wall.
    """

    code = "company_taken"


class CurrencyDiffers(DomainError):
    """The books' home currency is not the business's (CONN-10); facts: `business`, `books`."""

    code = "currency_differs"


class ReadsSpent(DomainError):
    """This month's reads are used up but for a reserve (CONN-9).

    Facts: `limit`, `used`, `resets_on`.
    """

    code = "reads_spent"


class NoticeUnreadable(Exception):
    """A provider's word of a change has a form that we don't know; nobody is shown it."""
