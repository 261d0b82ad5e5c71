"""Asking a person for consent, and recognising the answer (CONN-1).

The `state` that travels through the browser is random, kept as a hash, good for ten minutes and
for one use, and bound to the person and to the session that asked. An answer that was begun in
another browser, or by somebody who wants their own company connected to a stranger's business,
finds nothing.
"""

import secrets
from datetime import timedelta
from hashlib import sha256
from typing import Final

from partsemble.accounting.errors import AuthorizationUnknown
from partsemble.accounting.models.connections import AuthorizationRequest
from partsemble.accounting.queries.connections import get_authorizing_installation
from partsemble.accounting.registry import make_authorizer, write_redirect_uri
from partsemble.accounting.services.client import client_for
from partsemble.accounting.types import Caller, ProviderKey
from partsemble.database.clock import read_database_clock
from partsemble.database.scope import business_scope, user_scope
from partsemble.identity.queries import get_actor_by_id
from partsemble.kernel.actor import Actor
from partsemble.kernel.ids import BusinessId, UserId
from partsemble.kernel.permissions import Permission

CONSENT_SECONDS: Final = 600
"""How long a person may take on the provider's page; long enough to find a password."""
STATE_BYTES: Final = 32


def begin_connection(
    *, actor: Actor, session_key: str, provider: ProviderKey = ProviderKey.QBO
) -> str:
    """This will give the address at which a person consents to the connection (CONN-1).

    Arguments:
        actor: has to be a person.
        session_key: of the browser's session; the answer counts in no other.
        provider: whose books to connect.

    Raises:
        PermissionMissing: without *manage connection*.
        ProviderNotConfigured: if the installation has no client id and secret.
        TryLater: if the provider can't be reached.
    """
    actor.demand(Permission.MANAGE_CONNECTION)
    if actor.user_id is None:
        raise AssertionError("Consent is asked of a person.")
    state = secrets.token_urlsafe(STATE_BYTES)
    installation = get_authorizing_installation(business_id=actor.business_id, provider=provider)
    caller = Caller(
        business_id=actor.business_id,
        label=actor.label,
        provider=provider,
        client_id=installation.app.client_id,
    )
    authorizer = make_authorizer(
        provider=provider, installation=installation, http=client_for(caller=caller)
    )
    url = authorizer.write_consent_url(state=state, redirect_uri=write_redirect_uri(provider))
    with business_scope(actor.business_id):
        now = read_database_clock()
        AuthorizationRequest.objects.filter(expires_at__lte=now).delete()
        AuthorizationRequest.objects.create(
            business_id=actor.business_id,
            user_id=actor.user_id,
            provider=provider.value,
            state_hash=_hash(state),
            session_hash=_hash(session_key),
            expires_at=now + timedelta(seconds=CONSENT_SECONDS),
        )
    return url


def redeem_state(*, user_id: UserId, session_key: str, state: str) -> Actor:
    """This will use up a consent that was asked for, and say for whom.

    Arguments:
        user_id: whoever is signed in now.
        session_key: of the browser's session now.
        state: as it came back.

    Raises:
        AuthorizationUnknown: if it was used already, is too old, or belongs to another person
            or session.
        BusinessNotFound: if the person has left the business meanwhile.
    """
    with user_scope(user_id):
        rows = AuthorizationRequest.objects.filter(
            state_hash=_hash(state),
            session_hash=_hash(session_key),
            expires_at__gt=read_database_clock(),
        )
        business_id = rows.values_list("business_id", flat=True).first()
        # Two answers may come at once; only one of them deletes the row.
        if business_id is None or not rows.delete()[0]:
            raise AuthorizationUnknown
    return get_actor_by_id(user_id=user_id, business_id=BusinessId(business_id))


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()
