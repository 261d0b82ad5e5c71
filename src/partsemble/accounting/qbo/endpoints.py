"""Where QuickBooks is: production, the sandbox, or any server that imitates it. Pure.

Source: Intuit's OAuth 2.0 documentation (discovery documents) and its client libraries.
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

import msgspec

from partsemble.accounting.errors import EnvironmentUnknown
from partsemble.accounting.provider import Unexpected

SCOPE: Final = "com.intuit.quickbooks.accounting"
"""There is no smaller one that reads items."""
AUTHORIZE_ORIGIN: Final = "https://appcenter.intuit.com"


@dataclass(frozen=True, slots=True)
class Environment:
    """One of QuickBooks' worlds; a token of one is worth nothing in another."""

    name: str
    discovery_url: str
    api_base: str
    authorize_origin: str
    """Where consent is given; browsers are told that our forms may lead there."""


_INTUIT: Final = MappingProxyType(
    {
        each.name: each
        for each in (
            Environment(
                name="production",
                discovery_url="https://developer.intuit.com/.well-known/openid_configuration/",
                api_base="https://quickbooks.api.intuit.com",
                authorize_origin=AUTHORIZE_ORIGIN,
            ),
            Environment(
                name="sandbox",
                discovery_url=(
                    "https://developer.intuit.com/.well-known/openid_sandbox_configuration/"
                ),
                api_base="https://sandbox-quickbooks.api.intuit.com",
                authorize_origin=AUTHORIZE_ORIGIN,
            ),
        )
    }
)


class Endpoints(msgspec.Struct, frozen=True):
    """What a discovery document says."""

    authorize: str = msgspec.field(name="authorization_endpoint")
    token: str = msgspec.field(name="token_endpoint")
    revoke: str = msgspec.field(name="revocation_endpoint")


def find_environment(name: str) -> Environment:
    """This will find an environment by what `PARTSEMBLE_QBO_ENVIRONMENT` says.

    Arguments:
        name: `production`, `sandbox`, or the URL of a discovery document, whose origin is then
            the base of the API too.

    Raises:
        EnvironmentUnknown: if it is neither.
    """
    if name in _INTUIT:
        return _INTUIT[name]
    parts = urlsplit(name)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise EnvironmentUnknown(environment=name)
    origin = f"{parts.scheme}://{parts.netloc}"
    return Environment(name=name, discovery_url=name, api_base=origin, authorize_origin=origin)


def read_discovery(body: bytes) -> Endpoints:
    """This will read a discovery document.

    Raises:
        Unexpected: if it does not name the endpoints.
    """
    try:
        return msgspec.json.decode(body, type=Endpoints)
    except msgspec.DecodeError as error:
        raise Unexpected(reason="discovery document", problem=str(error)) from None
