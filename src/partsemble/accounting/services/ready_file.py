"""Connecting with what an emulator wrote into its ready file, without a browser."""

import msgspec

from partsemble.accounting.services.connections import connect_with_tokens
from partsemble.accounting.types import (
    AppCredentials,
    Books,
    ConnectionView,
    GivenTokens,
    IssuedTokens,
    ProviderKey,
)
from partsemble.kernel.actor import Actor
from partsemble.kernel.errors import InvalidInput
from partsemble.kernel.secret import Secret

ASSUMED_SECONDS = 3_600
"""A ready file does not say how old its access token is; one that ended is renewed when the
provider rejects it."""


class _ReadyFile(msgspec.Struct, frozen=True):
    discovery_url: str
    client_id: str
    client_secret: str
    realm_id: str
    access_token: str
    refresh_token: str


def connect_with_ready_file(*, actor: Actor, content: bytes) -> ConnectionView:
    """This will connect the business with the addresses, keys and tokens of a ready file.

    Arguments:
        actor: for whose business.
        content: JSON with discovery_url, client_id, client_secret, realm_id, access_token and
            refresh_token; the API is at the origin of the discovery document.

    Raises:
        PermissionMissing: without *manage connection*.
        InvalidInput: if the file is none.
        DifferentCompany, CompanyTaken, CurrencyDiffers, ProviderError: as for
            `connect_with_tokens`.
    """
    try:
        ready = msgspec.json.decode(content, type=_ReadyFile)
    except msgspec.DecodeError as error:
        raise InvalidInput(
            field="ready-file",
            problem=f"That is no ready file: {error}.",
            remedy="Give the file that the emulator wrote when it was ready.",
        ) from None
    return connect_with_tokens(
        actor=actor,
        given=GivenTokens(
            books=Books(
                provider=ProviderKey.QBO,
                environment=ready.discovery_url,
                company_id=ready.realm_id,
            ),
            app=AppCredentials(
                client_id=ready.client_id, client_secret=Secret(ready.client_secret)
            ),
            tokens=IssuedTokens(
                access_token=Secret(ready.access_token),
                access_seconds=ASSUMED_SECONDS,
                refresh_token=Secret(ready.refresh_token),
                refresh_seconds=None,
            ),
        ),
    )
