"""Which accounting providers there are: the only module that knows them by name."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Protocol

from django.conf import settings

from partsemble.accounting.errors import ProviderNotConfigured
from partsemble.accounting.http import HttpClient, Patience
from partsemble.accounting.provider import AccessTokens, AccountingProvider
from partsemble.accounting.qbo import disclosure, metering
from partsemble.accounting.qbo import webhooks as qbo_webhooks
from partsemble.accounting.qbo.adapter import CAPABILITIES, LIMITS, QboProvider
from partsemble.accounting.qbo.endpoints import find_environment
from partsemble.accounting.qbo.oauth import QboAuthorizer
from partsemble.accounting.redaction import Disclosure, Exchange
from partsemble.accounting.throttle import Throttle
from partsemble.accounting.types import (
    AppCredentials,
    Books,
    CallKind,
    ChangeNotice,
    Installation,
    IssuedTokens,
    ProviderKey,
)
from partsemble.kernel.secret import Secret

LABELS: Final = MappingProxyType({ProviderKey.QBO: CAPABILITIES.name})
"""What people call each provider."""

CALL_ENTITIES: Final = MappingProxyType({ProviderKey.QBO: disclosure.ENTITIES})
"""What calls to each provider can be about."""

_throttles: dict[Books, Throttle] = {}


class SignatureCheck(Protocol):
    """Tells whether somebody who knows one of the tokens signed a body."""

    def __call__(self, *, body: bytes, signature: str, verifiers: Sequence[Secret]) -> bool:
        """This will tell it, in the same time for every wrong signature."""
        ...


class NoticeReader(Protocol):
    """Reads what a body says."""

    def __call__(self, *, body: bytes) -> tuple[ChangeNotice, ...]:
        """This will read it, or raise `NoticeUnreadable`."""
        ...


@dataclass(frozen=True, slots=True)
class WebhookForm:
    """How a provider sends word of changes."""

    signature_header: str
    body_limit: int
    """Bytes."""
    is_signed: SignatureCheck
    read_notices: NoticeReader


class Authorizer(Protocol):
    """Asks people for consent, and a provider for tokens."""

    def write_consent_url(self, *, state: str, redirect_uri: str) -> str:
        """This will write the address at which a person is asked for consent."""
        ...

    def exchange(self, *, code: Secret, redirect_uri: str) -> IssuedTokens:
        """This will turn the code of a consent into tokens; it works once."""
        ...

    def refresh(self, *, refresh_token: Secret) -> IssuedTokens:
        """This will get a new access token."""
        ...

    def revoke(self, *, token: Secret) -> None:
        """This will end our permission at the provider."""
        ...


def get_installation(provider: ProviderKey) -> Installation:
    """This will say how the settings of this installation meet a provider.

    Raises:
        ProviderNotConfigured: if they name no client id or secret for it.
    """
    match provider:
        case ProviderKey.QBO:
            configured = settings.PARTSEMBLE_QBO
    if not configured["client_id"] or not configured["client_secret"]:
        raise ProviderNotConfigured(provider=LABELS[provider])
    return Installation(
        environment=configured["environment"],
        app=AppCredentials(
            client_id=configured["client_id"], client_secret=Secret(configured["client_secret"])
        ),
    )


def find_installation(provider: ProviderKey) -> Installation | None:
    """This will do as `get_installation`, or give None."""
    try:
        return get_installation(provider)
    except ProviderNotConfigured:
        return None


def disclose_call(*, provider: ProviderKey, exchange: Exchange) -> Disclosure:
    """This will say what may be written down of a call to a provider (LOG-1)."""
    match provider:
        case ProviderKey.QBO:
            return disclosure.disclose(exchange)


def get_environment(provider: ProviderKey) -> str:
    """This will say in which environment this installation meets a provider."""
    match provider:
        case ProviderKey.QBO:
            environment: str = settings.PARTSEMBLE_QBO["environment"]
            return environment


def list_webhook_verifiers(provider: ProviderKey) -> tuple[Secret, ...]:
    """This will list the tokens with which a provider may sign; several while one replaces another.

    Without any nothing that is sent to us unasked can be believed.
    """
    match provider:
        case ProviderKey.QBO:
            tokens = settings.PARTSEMBLE_QBO["webhook_verifier"].split(",")
    return tuple(Secret(token.strip()) for token in tokens if token.strip())


def get_webhook_form(provider: ProviderKey) -> WebhookForm:
    """This will say how a provider sends word of changes."""
    match provider:
        case ProviderKey.QBO:
            return WebhookForm(
                signature_header=qbo_webhooks.SIGNATURE_HEADER,
                body_limit=qbo_webhooks.BODY_LIMIT,
                is_signed=qbo_webhooks.is_signed,
                read_notices=qbo_webhooks.read_notices,
            )


def list_authorize_origins(*, qbo_environment: str) -> list[str]:
    """This will list where consent is asked for; browsers are told that forms may lead there.

    Raises:
        EnvironmentUnknown: if a provider has no such environment.
    """
    return [find_environment(qbo_environment).authorize_origin]


def write_redirect_uri(provider: ProviderKey) -> str:
    """This will write the address to which a provider sends people back."""
    return f"{settings.BASE_URL}/connect/{provider.value}/callback"


def find_call_kind(*, provider: ProviderKey, method: str, path: str) -> CallKind | None:
    """This will say whether a provider meters a call, or gives None for one that counts nowhere."""
    match provider:
        case ProviderKey.QBO:
            return metering.find_call_kind(method=method, path=path)


def find_monthly_reads(*, provider: ProviderKey, environment: str) -> int | None:
    """This will say how many reads a month this installation has at a provider (CONN-9).

    None where reads are not metered.
    """
    match provider:
        case ProviderKey.QBO:
            reads: int = settings.PARTSEMBLE_QBO_MONTHLY_READS
            return reads if metering.is_metered(environment) else None


def make_authorizer(
    *, provider: ProviderKey, installation: Installation, http: HttpClient
) -> Authorizer:
    """This will give the authorizer of a provider.

    Raises:
        EnvironmentUnknown: if the provider has no such environment.
    """
    match provider:
        case ProviderKey.QBO:
            return QboAuthorizer(
                http=http,
                environment=find_environment(installation.environment),
                app=installation.app,
            )


def open_books(
    *, books: Books, tokens: AccessTokens, http: HttpClient, patience: Patience
) -> AccountingProvider:
    """This will give one company's books, without calling the provider yet.

    All callers of a company in this process share one throttle.

    Raises:
        EnvironmentUnknown: if the provider has no such environment.
    """
    match books.provider:
        case ProviderKey.QBO:
            return QboProvider(
                http=http,
                environment=find_environment(books.environment),
                company_id=books.company_id,
                tokens=tokens,
                patience=patience,
                throttle=_throttles.setdefault(
                    books, Throttle(limits=LIMITS, monotonic=time.monotonic, sleep=time.sleep)
                ),
            )
