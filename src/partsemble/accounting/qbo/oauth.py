"""Consent and tokens: OAuth 2.0's authorization code grant as Intuit speaks it.

Three form posts and one redirect: a library for them would bring a client of its own and take
the throttling, logging and redaction of ours out of the way. Intuit documents no PKCE.

Refreshing is safe to repeat with the same token: its value changes about once a day, and the
previous one stays good for about a day. Exchanging a code is not: it works once.

Source: Intuit's OAuth 2.0 documentation; RFC 6749, sections 4.1 and 6; RFC 7009.
"""

import time
from base64 import b64encode
from collections.abc import Callable
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

import msgspec

from partsemble.accounting.http import BLIP_SECONDS, HttpClient, Reply, Request
from partsemble.accounting.provider import Reconnect, Refused, TryLater, Unexpected
from partsemble.accounting.qbo.endpoints import SCOPE, Endpoints, Environment, read_discovery
from partsemble.accounting.types import AppCredentials, IssuedTokens
from partsemble.kernel.secret import Secret

TRACE_HEADER: Final = "intuit_tid"
TOKEN_SECONDS: Final = 20.0
"""A refresh has to end well within its claim of 30 seconds (CONN-3)."""
DISCOVERY_SECONDS: Final = 86_400.0
_JSON: Final = {"Accept": "application/json"}


class _TokenReply(msgspec.Struct, frozen=True):
    access_token: str
    refresh_token: str
    expires_in: int
    refresh_seconds: int | None = msgspec.field(default=None, name="x_refresh_token_expires_in")


class _ErrorReply(msgspec.Struct, frozen=True):
    error: str = ""
    error_description: str = ""


_known_endpoints: dict[str, tuple[float, Endpoints]] = {}


class QboAuthorizer:
    """Asks people for consent, and Intuit for tokens."""

    def __init__(
        self,
        *,
        http: HttpClient,
        environment: Environment,
        app: AppCredentials,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._http = http
        self._environment = environment
        self._app = app
        self._monotonic = monotonic

    def write_consent_url(self, *, state: str, redirect_uri: str) -> str:
        """This will write the address at which a person is asked for consent (CONN-1).

        Arguments:
            state: comes back with the answer.
            redirect_uri: where the person is sent afterwards, exactly as registered.
        """
        query = {
            "client_id": self._app.client_id,
            "response_type": "code",
            "scope": SCOPE,
            "redirect_uri": redirect_uri,
            "state": state,
        }
        return f"{self._find_endpoints().authorize}?{urlencode(query)}"

    def exchange(self, *, code: Secret, redirect_uri: str) -> IssuedTokens:
        """This will turn the code of a consent into tokens; it works once.

        Raises:
            Refused: if the code is used, too old, or was given for another address; or if
                Intuit does not know our client id and secret.
            TryLater: if no answer came; the person has to consent again.
        """
        return self._ask_for_tokens(
            {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        )

    def refresh(self, *, refresh_token: Secret) -> IssuedTokens:
        """This will get a new access token, and whichever refresh token comes with it.

        Raises:
            Reconnect: if the refresh token is dead (`invalid_grant`, CONN-4).
            Refused: if Intuit does not know our client id and secret.
            TryLater: if no answer came; the same token may be used again.
        """
        try:
            return self._ask_for_tokens(
                {"grant_type": "refresh_token", "refresh_token": refresh_token}
            )
        except Refused as refusal:
            if refusal.facts["provider_code"] == "invalid_grant":
                raise Reconnect(provider_code="invalid_grant") from None
            raise

    def revoke(self, *, token: Secret) -> None:
        """This will end our permission at Intuit, for all tokens of it.

        Raises:
            Refused: if it has ended already, or Intuit does not know us.
            TryLater: if no answer came.
        """
        self._post(self._find_endpoints().revoke, {"token": token})

    def _ask_for_tokens(self, form: dict[str, str | Secret]) -> IssuedTokens:
        reply = self._post(self._find_endpoints().token, form)
        try:
            tokens = msgspec.json.decode(reply.body, type=_TokenReply)
        except msgspec.DecodeError as error:
            raise Unexpected(reason="token answer", problem=str(error)) from None
        return IssuedTokens(
            access_token=Secret(tokens.access_token),
            access_seconds=tokens.expires_in,
            refresh_token=Secret(tokens.refresh_token),
            refresh_seconds=tokens.refresh_seconds,
        )

    def _post(self, url: str, form: dict[str, str | Secret]) -> Reply:
        pair = f"{self._app.client_id}:{self._app.client_secret.reveal()}".encode()
        reply = self._http.send(
            Request(
                method="POST",
                url=url,
                headers=_JSON,
                form=form,
                authorization=Secret(f"Basic {b64encode(pair).decode()}"),
                trace_header=TRACE_HEADER,
                read_seconds=TOKEN_SECONDS,
            )
        )
        _demand_success(reply)
        return reply

    def _find_endpoints(self) -> Endpoints:
        url, now = self._environment.discovery_url, self._monotonic()
        stale_from, endpoints = _known_endpoints.get(url, (now, None))
        if endpoints is None or stale_from <= now:
            reply = self._http.send(
                Request(method="GET", url=url, headers=_JSON, read_seconds=TOKEN_SECONDS)
            )
            _demand_success(reply)
            endpoints = read_discovery(reply.body)
            _known_endpoints[url] = (now + DISCOVERY_SECONDS, endpoints)
        return endpoints


def _demand_success(reply: Reply) -> None:
    if reply.status == HTTPStatus.OK:
        return
    if (
        reply.status == HTTPStatus.TOO_MANY_REQUESTS
        or reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    ):
        raise TryLater(wait_seconds=BLIP_SECONDS, reason=f"status {reply.status}")
    try:
        refusal = msgspec.json.decode(reply.body, type=_ErrorReply)
    except msgspec.DecodeError:
        raise Unexpected(reason="authorization server", status=reply.status) from None
    raise Refused(
        provider_code=refusal.error or f"status {reply.status}",
        provider_message=refusal.error_description,
        provider_detail="",
    )
