"""Renews a connection's tokens again and again, and dawdles when the provider has answered.

Whoever kills it then kills a claimant that holds rotated tokens which nobody else has.
"""

import time
from uuid import UUID

from tests.simulation.programs import say

from partsemble.accounting.http import shared_client
from partsemble.accounting.provider import TryLater
from partsemble.accounting.queries.connections import get_credentials
from partsemble.accounting.registry import Authorizer, make_authorizer
from partsemble.accounting.services.tokens import StoredTokens
from partsemble.accounting.types import Credentials, IssuedTokens
from partsemble.kernel.ids import BusinessId
from partsemble.kernel.secret import Secret

CLAIM_SECONDS = 1.0


class Dawdler:
    """An authorizer that takes its time between the provider's answer and giving it away."""

    def __init__(self, real: Authorizer, seconds: float) -> None:
        self._real = real
        self._seconds = seconds
        self.write_consent_url = real.write_consent_url
        self.exchange = real.exchange
        self.revoke = real.revoke

    def refresh(self, *, refresh_token: Secret) -> IssuedTokens:
        issued = self._real.refresh(refresh_token=refresh_token)
        say("answered")
        time.sleep(self._seconds)
        return issued


def main(business: str, dawdle_seconds: str, seconds: str) -> None:
    business_id = BusinessId(UUID(business))
    end = time.monotonic() + float(seconds)
    while time.monotonic() < end:
        credentials = get_credentials(business_id=business_id)
        try:
            _hold_tokens(credentials, float(dawdle_seconds)).renew(
                rejected=credentials.access_token
            )
        except TryLater:
            say("too late")
        else:
            say("renewed")


def _hold_tokens(credentials: Credentials, dawdle_seconds: float) -> StoredTokens:
    real = make_authorizer(
        provider=credentials.books.provider,
        installation=credentials.installation,
        http=shared_client(),
    )
    return StoredTokens(
        credentials=credentials,
        authorizer=Dawdler(real, dawdle_seconds),
        claim_seconds=CLAIM_SECONDS,
    )
