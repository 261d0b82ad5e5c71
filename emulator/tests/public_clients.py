"""Public clients, unmodified, pointed at an emulator by their own settings."""

from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from intuitlib.client import AuthClient
from intuitlib.enums import Scopes
from quickbooks import QuickBooks

from conftest import Running

CALLBACK = "http://localhost:8000/callback"


def sign_in(server: Running) -> AuthClient:
    """Connect as an app does: over the consent page and its callback."""
    ready = server.ready
    client = AuthClient(
        ready["client_id"], ready["client_secret"], CALLBACK, ready["discovery_url"]
    )
    address = client.get_authorization_url([Scopes.ACCOUNTING, Scopes.OPENID])
    answer = httpx2.get(address)
    back = parse_qs(urlsplit(answer.headers["location"]).query)
    assert back["state"] == [client.state_token]
    client.get_bearer_token(back["code"][0], realm_id=back["realmId"][0])
    return client


def open_books(server: Running, monkeypatch: pytest.MonkeyPatch) -> QuickBooks:
    """Give python-quickbooks at work on the emulator's company."""
    address = f"{server.ready['base_url']}/v3"
    monkeypatch.setattr(QuickBooks, "api_url_v3", address)
    monkeypatch.setattr(QuickBooks, "sandbox_api_url_v3", address)
    client = sign_in(server)
    return QuickBooks(
        auth_client=client,
        refresh_token=client.refresh_token,
        company_id=client.realm_id,
        minorversion=75,
    )
