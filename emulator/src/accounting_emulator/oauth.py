"""The life of an OAuth 2.0 grant: code, access tokens, a rolling refresh token, revocation.

Rules (Intuit OAuth 2.0 documentation and its client libraries): a code works once, for a short
while, with the redirect address it was asked for. The value of a refresh token changes about
every 24 hours; in between, the same value comes back, and after a change the previous value
stays good for about a day. Every refresh extends the idle life; nothing extends the hard one.
Clock and randomness are arguments; what changed is handed to `on_change`, for the journal.
"""

from collections.abc import Callable

import msgspec

from accounting_emulator.switches import Switches

MAX_ACCESS_TOKENS = 50
MAX_WAITING_CODES = 1_000
ACCOUNTING_SCOPE = "com.intuit.quickbooks.accounting"


class OAuthRefusal(Exception):
    """A token request is declined; `error` is the word of RFC 6749."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description


class DatedToken(msgspec.Struct, frozen=True, array_like=True):
    """A token value and the second from which it is no longer accepted."""

    value: str
    until: float


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """One connection between a client and a company; instants in seconds since 1970 UTC."""

    id: str
    client_id: str
    realm_id: str
    scopes: tuple[str, ...]
    opened_at: float
    refresh_token: str
    refresh_issued_at: float
    refresh_until: float
    hard_until: float
    previous: tuple[DatedToken, ...] = ()
    access: tuple[DatedToken, ...] = ()
    is_revoked: bool = False


class Issued(msgspec.Struct, frozen=True, kw_only=True):
    """What one token response tells; lives in seconds."""

    grant: Grant
    access_token: str
    access_seconds: int
    refresh_token: str
    refresh_seconds: int
    hard_seconds: int


class _Code(msgspec.Struct, frozen=True, kw_only=True):
    client_id: str
    realm_id: str
    redirect_uri: str
    scopes: tuple[str, ...]
    until: float


class TokenDesk:
    """Gives out and checks codes and tokens."""

    def __init__(
        self,
        *,
        now: Callable[[], float],
        make_secret: Callable[[], str],
        get_switches: Callable[[], Switches],
        on_change: Callable[[Grant], None],
    ) -> None:
        self._now = now
        self._make_secret = make_secret
        self._get_switches = get_switches
        self._on_change = on_change
        self._codes: dict[str, _Code] = {}
        self._grants: dict[str, Grant] = {}
        self._grant_by_token: dict[str, str] = {}

    @property
    def grants(self) -> tuple[Grant, ...]:
        """List all grants ever given, oldest first."""
        return tuple(self._grants.values())

    def restore(self, *, grant: Grant) -> None:
        """Take a grant over as the journal has it."""
        self._grants[grant.id] = grant
        tokens = (grant.refresh_token, *(token.value for token in grant.previous + grant.access))
        self._grant_by_token |= dict.fromkeys(tokens, grant.id)

    def issue_code(
        self, *, client_id: str, realm_id: str, redirect_uri: str, scopes: tuple[str, ...]
    ) -> str:
        """Make a single-use code for a consent that a person has just given."""
        if len(self._codes) >= MAX_WAITING_CODES:
            self._codes.pop(next(iter(self._codes)))
        code = f"XAB11{self._make_secret()}"
        self._codes[code] = _Code(
            client_id=client_id,
            realm_id=realm_id,
            redirect_uri=redirect_uri,
            scopes=scopes,
            until=self._now() + self._get_switches().code_seconds,
        )
        return code

    def redeem_code(self, *, code: str, client_id: str, redirect_uri: str) -> Issued:
        """Trade a code for tokens.

        Raises:
            OAuthRefusal: the code is unknown, used, too old, or was meant for another.
        """
        known = self._codes.pop(code, None)
        if known is None or known.until <= self._now():
            raise OAuthRefusal("invalid_grant", "Invalid authorization code")
        if known.client_id != client_id or known.redirect_uri != redirect_uri:
            raise OAuthRefusal("invalid_grant", "Invalid authorization code")
        return self.open_grant(client_id=client_id, realm_id=known.realm_id, scopes=known.scopes)

    def open_grant(self, *, client_id: str, realm_id: str, scopes: tuple[str, ...]) -> Issued:
        """Connect a client to a company and issue the first tokens."""
        now, switches = self._now(), self._get_switches()
        grant = Grant(
            id=self._make_secret()[:16],
            client_id=client_id,
            realm_id=realm_id,
            scopes=scopes,
            opened_at=now,
            refresh_token=self._new_refresh_token(now),
            refresh_issued_at=now,
            refresh_until=now + switches.refresh_idle_seconds,
            hard_until=now + switches.refresh_hard_seconds,
        )
        return self._issue(grant, now)

    def refresh(self, *, refresh_token: str, client_id: str) -> Issued:
        """Give a fresh access token, and a new refresh token when the old one is due.

        Raises:
            OAuthRefusal: the token is unknown, replaced too long ago, expired or revoked.
        """
        now, switches = self._now(), self._get_switches()
        grant = self._find(refresh_token)
        if grant is None or grant.is_revoked or grant.client_id != client_id:
            raise OAuthRefusal("invalid_grant", "Token invalid")
        if min(grant.refresh_until, grant.hard_until) <= now:
            raise OAuthRefusal("invalid_grant", "Token expired")
        if refresh_token != grant.refresh_token and not _is_good(
            grant.previous, refresh_token, now
        ):
            raise OAuthRefusal("invalid_grant", "Token invalid")
        is_due = now - grant.refresh_issued_at >= switches.refresh_rotation_seconds
        if is_due and refresh_token == grant.refresh_token:
            replaced = DatedToken(refresh_token, now + switches.refresh_overlap_seconds)
            grant = msgspec.structs.replace(
                grant,
                refresh_token=self._new_refresh_token(now),
                refresh_issued_at=now,
                previous=(*_good(grant.previous, now), replaced),
            )
        until = now + switches.refresh_idle_seconds
        return self._issue(msgspec.structs.replace(grant, refresh_until=until), now)

    def check_access(self, *, access_token: str) -> Grant | None:
        """Give the grant behind an access token that is still good."""
        grant = self._find(access_token)
        if grant is None or grant.is_revoked:
            return None
        return grant if _is_good(grant.access, access_token, self._now()) else None

    def revoke(self, *, token: str, client_id: str) -> bool:
        """End the whole connection that a token, access or refresh, belongs to."""
        grant = self._find(token)
        if grant is None or grant.client_id != client_id:
            return False
        self._save(msgspec.structs.replace(grant, is_revoked=True))
        return True

    def revoke_all(self, *, realm_id: str) -> int:
        """End every connection to a company, as a person can in the company's own settings."""
        living = [grant for grant in self._of(realm_id) if not grant.is_revoked]
        for grant in living:
            self._save(msgspec.structs.replace(grant, is_revoked=True))
        return len(living)

    def expire_access_tokens(self, *, realm_id: str) -> None:
        """Let every access token of a company be too old; refresh tokens stay good."""
        for grant in self._of(realm_id):
            self._save(msgspec.structs.replace(grant, access=()))

    def expire_refresh_tokens(self, *, realm_id: str) -> None:
        """Let every connection to a company reach its hard end now; access tokens stay good."""
        now = self._now()
        for grant in self._of(realm_id):
            self._save(msgspec.structs.replace(grant, hard_until=min(grant.hard_until, now)))

    def _of(self, realm_id: str) -> list[Grant]:
        return [grant for grant in self._grants.values() if grant.realm_id == realm_id]

    def _issue(self, grant: Grant, now: float) -> Issued:
        switches = self._get_switches()
        token = f"eyJlbmMi{self._make_secret()}{self._make_secret()}"
        fresh = DatedToken(token, now + switches.access_token_seconds)
        access = (*_good(grant.access, now), fresh)[-MAX_ACCESS_TOKENS:]
        grant = msgspec.structs.replace(grant, access=access)
        self._save(grant)
        return Issued(
            grant=grant,
            access_token=token,
            access_seconds=switches.access_token_seconds,
            refresh_token=grant.refresh_token,
            refresh_seconds=int(grant.refresh_until - now),
            hard_seconds=int(grant.hard_until - now),
        )

    def _new_refresh_token(self, now: float) -> str:
        until = int(now) + self._get_switches().refresh_idle_seconds
        return f"RT1-39-H0-{until}{self._make_secret()[:20]}"

    def _find(self, token: str) -> Grant | None:
        grant_id = self._grant_by_token.get(token)
        return None if grant_id is None else self._grants[grant_id]

    def _save(self, grant: Grant) -> None:
        old = self._grants.get(grant.id)
        if old is not None:
            for token in old.previous + old.access:
                if token not in grant.previous and token not in grant.access:
                    self._grant_by_token.pop(token.value, None)
        self.restore(grant=grant)
        self._on_change(grant)


def _good(tokens: tuple[DatedToken, ...], now: float) -> tuple[DatedToken, ...]:
    return tuple(token for token in tokens if token.until > now)


def _is_good(tokens: tuple[DatedToken, ...], value: str, now: float) -> bool:
    return any(token.value == value and token.until > now for token in tokens)
