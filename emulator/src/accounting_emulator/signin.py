"""Signing in over HTTP: discovery, consent, tokens, revocation, user information."""

import base64
import binascii
import hmac
from collections import OrderedDict
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from accounting_emulator.console import pages
from accounting_emulator.emulator import Emulator, make_secret
from accounting_emulator.oauth import ACCOUNTING_SCOPE, Issued, OAuthRefusal
from accounting_emulator.traffic import Sort

COOKIE = "emulator_session"
MAX_WAITING = 1_000
MAX_BODY = 20_000
ID_TOKEN_SECONDS = 3_600
KNOWN_SCOPES = (
    ACCOUNTING_SCOPE, "com.intuit.quickbooks.payment",
    "openid", "profile", "email", "phone", "address",
)  # fmt: skip
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_USER: dict[str, Any] = {
    "sub": "5f3c1d52-7b0e-4a43-9a6c-0c6e3e1b7a10",
    "email": "maeve@example.com",
    "emailVerified": True,
    "givenName": "Maeve",
    "familyName": "Lindqvist",
    "phoneNumber": "+1 360 555 0142",
    "phoneNumberVerified": False,
    "address": {
        "streetAddress": "14 Tannery Lane",
        "locality": "Port Townsend",
        "region": "WA",
        "postalCode": "98368",
        "country": "US",
    },
}


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a client asks a person to allow."""

    redirect_uri: str
    state: str | None
    scopes: tuple[str, ...]


class SignIn:
    """The addresses of the OAuth 2.0 server."""

    def __init__(self, *, emulator: Emulator) -> None:
        self._emulator = emulator
        self._waiting: OrderedDict[str, tuple[Asked, str]] = OrderedDict()

    def routes(self) -> list[Route]:
        """List the addresses this part answers; paths as in the real discovery document."""
        found = [
            Route(f"/.well-known/{name}{slash}", self._discovery)
            for name in ("openid_configuration", "openid_sandbox_configuration")
            for slash in ("", "/")
        ]
        return [
            *found,
            Route("/connect/oauth2", self._authorize),
            Route("/connect/oauth2/decision", self._decide, methods=["POST"]),
            Route("/oauth2/v1/tokens/bearer", self._token, methods=["POST"]),
            Route("/v2/oauth2/tokens/revoke", self._revoke, methods=["POST"]),
            Route("/v1/openid_connect/userinfo", self._userinfo),
            Route("/op/v1/jwks", self._jwks),
        ]

    async def _discovery(self, request: Request) -> Response:
        del request
        base = self._emulator.base_url
        return JSONResponse(
            {
                "issuer": f"{base}/op/v1",
                "authorization_endpoint": f"{base}/connect/oauth2",
                "token_endpoint": f"{base}/oauth2/v1/tokens/bearer",
                "userinfo_endpoint": f"{base}/v1/openid_connect/userinfo",
                "revocation_endpoint": f"{base}/v2/oauth2/tokens/revoke",
                "jwks_uri": f"{base}/op/v1/jwks",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "scopes_supported": ["openid", "email", "profile", "address", "phone"],
                "token_endpoint_auth_methods_supported": [
                    "client_secret_post",
                    "client_secret_basic",
                ],
                "claims_supported": [
                    "aud", "exp", "iat", "iss", "realmid", "sub",
                ],
            }
        )  # fmt: skip

    async def _authorize(self, request: Request) -> Response:
        query = request.query_params
        redirect_uri = query.get("redirect_uri", "")
        problem = self._find_problem(query.get("client_id", ""), redirect_uri)
        if problem is not None:
            return pages.problem_page(sentence=problem)
        state = query.get("state")
        scopes = tuple(query.get("scope", "").split())
        if query.get("response_type") != "code":
            return _back(redirect_uri, {"error": "unsupported_response_type", "state": state})
        if not scopes or any(scope not in KNOWN_SCOPES for scope in scopes):
            return _back(redirect_uri, {"error": "invalid_scope", "state": state})
        asked = Asked(redirect_uri=redirect_uri, state=state, scopes=scopes)
        if self._emulator.wishes.auto_consent:
            return self._connect(asked, self._emulator.switches.auto_consent_realm)
        return self._ask(asked)

    def _find_problem(self, client_id: str, redirect_uri: str) -> str | None:
        """Say what is wrong with a request that must not be sent back to where it came from."""
        if client_id != self._emulator.keys.client_id:
            return "No app with this client id is registered here."
        parts = urlsplit(redirect_uri)
        is_local = parts.scheme == "http" and parts.hostname in _LOOPBACK
        if not parts.netloc or not (parts.scheme == "https" or is_local) or parts.fragment:
            return (
                "The redirect address must be https, or http on localhost while developing, "
                "without a fragment."
            )
        return None

    def _ask(self, asked: Asked) -> Response:
        ticket, session = make_secret(), make_secret()
        if len(self._waiting) >= MAX_WAITING:
            self._waiting.popitem(last=False)
        self._waiting[ticket] = (asked, session)
        parts = urlsplit(asked.redirect_uri)
        response = pages.consent_page(
            companies=[company.profile for company in self._emulator.companies],
            app_host=parts.netloc,
            scopes=asked.scopes,
            ticket=ticket,
            form_targets=f"{parts.scheme}://{parts.netloc}",
        )
        response.set_cookie(COOKIE, session, max_age=900, httponly=True, samesite="lax", path="/")
        return response

    async def _decide(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body())[:MAX_BODY].decode(errors="replace")))
        asked, session = self._waiting.get(form.get("ticket", ""), (None, ""))
        if asked is None or not hmac.compare_digest(session, request.cookies.get(COOKIE, "")):
            return pages.problem_page(
                sentence="This question has already been answered, or is from another browser. "
                "Go back to the app and start again."
            )
        del self._waiting[form["ticket"]]
        if form.get("decision") != "connect":
            return _back(asked.redirect_uri, {"error": "access_denied", "state": asked.state})
        return self._connect(asked, form.get("realm", ""))

    def _connect(self, asked: Asked, realm_id: str) -> Response:
        """Send the person back with a code for a company; for the main one when none is named."""
        company = self._emulator.companies.find(realm_id=realm_id) or self._emulator.company
        realm_id = company.profile.realm_id
        code = self._emulator.desk.issue_code(
            client_id=self._emulator.keys.client_id,
            realm_id=realm_id,
            redirect_uri=asked.redirect_uri,
            scopes=asked.scopes,
        )
        return _back(asked.redirect_uri, {"code": code, "state": asked.state, "realmId": realm_id})

    async def _token(self, request: Request) -> Response:
        try:
            form = dict(parse_qsl((await request.body())[:MAX_BODY].decode(errors="replace")))
            self._check_client(request, form)
            issued = self._exchange(form)
        except OAuthRefusal as refusal:
            return self._refused(refusal)
        has_hard = request.headers.get("x-include-refresh-token-hard-expires-in", "") == "true"
        return self._json(self._token_body(issued, has_hard))

    def _exchange(self, form: dict[str, str]) -> Issued:
        desk, client_id = self._emulator.desk, self._emulator.keys.client_id
        match form.get("grant_type"):
            case "authorization_code":
                return desk.redeem_code(
                    code=form.get("code", ""),
                    client_id=client_id,
                    redirect_uri=form.get("redirect_uri", ""),
                )
            case "refresh_token":
                if not form.get("refresh_token"):
                    raise OAuthRefusal("invalid_request", "The refresh token is missing")
                return desk.refresh(refresh_token=form["refresh_token"], client_id=client_id)
            case None:
                raise OAuthRefusal("invalid_request", "The grant type is missing")
            case other:
                raise OAuthRefusal("unsupported_grant_type", f"Unsupported grant type {other}")

    def _token_body(self, issued: Issued, has_hard: bool) -> dict[str, Any]:  # noqa: FBT001
        body: dict[str, Any] = {
            "token_type": "bearer",
            "access_token": issued.access_token,
            "expires_in": issued.access_seconds,
            "refresh_token": issued.refresh_token,
            "x_refresh_token_expires_in": issued.refresh_seconds,
        }
        if has_hard:
            body["x_refresh_token_hard_expires_in"] = issued.hard_seconds
        if "openid" in issued.grant.scopes:
            now = int(self._emulator.clock.now())
            body["id_token"] = self._emulator.signer.sign(
                claims={
                    "sub": _USER["sub"],
                    "aud": [issued.grant.client_id],
                    "realmid": issued.grant.realm_id,
                    "auth_time": int(issued.grant.opened_at),
                    "iss": f"{self._emulator.base_url}/op/v1",
                    "exp": now + ID_TOKEN_SECONDS,
                    "iat": now,
                }
            )
        return body

    async def _revoke(self, request: Request) -> Response:
        raw = (await request.body())[:MAX_BODY]
        try:
            form = _read_token_form(raw, request.headers.get("content-type", ""))
            self._check_client(request, form)
            self._end_connection(form.get("token", ""))
        except OAuthRefusal as refusal:
            return self._refused(refusal)
        return Response(status_code=200, headers={"intuit_tid": make_secret()})

    def _end_connection(self, token: str) -> None:
        client_id = self._emulator.keys.client_id
        if not self._emulator.desk.revoke(token=token, client_id=client_id):
            raise OAuthRefusal("invalid_request", "Token invalid")

    async def _userinfo(self, request: Request) -> Response:
        token = request.headers.get("authorization", "").partition(" ")[2]
        grant = self._emulator.desk.check_access(access_token=token)
        if grant is None or "openid" not in grant.scopes:
            return Response(status_code=401, headers={"intuit_tid": make_secret()})
        emulator = self._emulator
        is_in = emulator.throttle.admit(
            realm_id=grant.realm_id, sort=Sort.OTHER, switches=emulator.switches
        )
        return self._json(_USER) if is_in else Response(status_code=429)

    async def _jwks(self, request: Request) -> Response:
        del request
        return JSONResponse(self._emulator.signer.key_set())

    def _check_client(self, request: Request, form: dict[str, str]) -> None:
        """Accept the app's keys in a Basic header or in the body, as the real server does."""
        given = (form.get("client_id", ""), form.get("client_secret", ""))
        scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic":
            given = _read_basic(encoded)
        keys = self._emulator.keys
        is_right = hmac.compare_digest(given[0].encode(), keys.client_id.encode())
        is_right &= hmac.compare_digest(given[1].encode(), keys.client_secret.encode())
        if not is_right:
            raise OAuthRefusal("invalid_client", "Client authentication failed")

    def _refused(self, refusal: OAuthRefusal) -> Response:
        body = {"error": refusal.error, "error_description": refusal.description}
        return self._json(body, 401 if refusal.error == "invalid_client" else 400)

    def _json(self, body: dict[str, Any], status: int = 200) -> Response:
        headers = {"intuit_tid": make_secret(), "Cache-Control": "no-store", "Pragma": "no-cache"}
        return JSONResponse(body, status_code=status, headers=headers)


def _back(redirect_uri: str, answers: dict[str, str | None]) -> Response:
    given = urlencode({name: value for name, value in answers.items() if value is not None})
    glue = "&" if urlsplit(redirect_uri).query else "?"
    return RedirectResponse(
        f"{redirect_uri}{glue}{given}", status_code=302, headers={"Cache-Control": "no-store"}
    )


def _read_basic(encoded: str) -> tuple[str, str]:
    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return name, secret


def _read_token_form(raw: bytes, media: str) -> dict[str, str]:
    if "json" not in media:
        return dict(parse_qsl(raw.decode(errors="replace")))
    try:
        return msgspec.json.decode(raw, type=dict[str, str])
    except msgspec.DecodeError as error:
        raise OAuthRefusal("invalid_request", "The body is not JSON") from error
