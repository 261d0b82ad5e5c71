"""What providers tell us: checked, kept, answered within three seconds (SYNC-1).

The signature is checked before anything else is believed, and before any limit: several senders
may come from one address, a proxy's for example, and a forger must not be able to shut out the
provider. What is signed is always answered with 200, whether we can read it or not, whether
we know the company or not: a provider repeats what is not, and holds back what comes after.
"""

from typing import Final

import structlog
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from partsemble.accounting.errors import NoticeUnreadable
from partsemble.accounting.services.webhooks import (
    get_body_limit,
    get_signature_header,
    is_from_provider,
    read_notices,
)
from partsemble.accounting.types import ProviderKey
from partsemble.sync.services.notices import take_in_notices
from partsemble.web.access import public_screen
from partsemble.web.webhooks.rates import RateLimit

HEARD: Final = RateLimit(calls=3_000)
"""Fifty a second from one address: more than any number of bookkeepers can cause."""
FORGED: Final = RateLimit(calls=60)
"""A wrong signature is a mistake in the settings or a forger; either is said once a second."""

_log = structlog.get_logger("partsemble.webhooks")


@csrf_exempt
@public_screen(methods=("POST",))
def hear_qbo(request: HttpRequest) -> HttpResponse:
    """This will take in what QuickBooks says."""
    return _hear(request, ProviderKey.QBO)


def _hear(request: HttpRequest, provider: ProviderKey) -> HttpResponse:
    address = request.META.get("REMOTE_ADDR", "")
    limit = get_body_limit(provider=provider)
    body = request.read(limit + 1)
    if len(body) > limit:
        return _answer(413)
    signature = request.headers.get(get_signature_header(provider=provider), "")
    if not is_from_provider(provider=provider, body=body, signature=signature):
        if not FORGED.admit(address):
            return _answer(429)
        _log.warning("webhook_not_signed", provider=provider.value)
        return _answer(401)
    if not HEARD.admit(address):
        return _answer(429)
    return _take_in(provider, body)


def _take_in(provider: ProviderKey, body: bytes) -> HttpResponse:
    try:
        heard = take_in_notices(
            provider=provider, notices=read_notices(provider=provider, body=body)
        )
    except NoticeUnreadable as error:
        _log.error("webhook_unreadable", provider=provider.value, reason=str(error))
        return _answer(200)
    except OperationalError:
        # The database is busy or away; the provider comes again.
        return _answer(503)
    _log.info(
        "webhook_heard",
        provider=provider.value,
        fresh=heard.fresh,
        known=heard.known,
        ignored=heard.ignored,
    )
    return _answer(200)


def _answer(status: int) -> HttpResponse:
    return HttpResponse(status=status, content_type="text/plain")
