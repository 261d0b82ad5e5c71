"""Where QuickBooks is, in each of its environments."""

import pytest

from partsemble.accounting.errors import EnvironmentUnknown
from partsemble.accounting.provider import Unexpected
from partsemble.accounting.qbo.endpoints import find_environment, read_discovery


@pytest.mark.parametrize(
    ("name", "api_base", "authorize_origin"),
    [
        ("production", "https://quickbooks.api.intuit.com", "https://appcenter.intuit.com"),
        ("sandbox", "https://sandbox-quickbooks.api.intuit.com", "https://appcenter.intuit.com"),
        ("http://localhost:8100/.well-known/x", "http://localhost:8100", "http://localhost:8100"),
        ("https://books.example/d?x=1", "https://books.example", "https://books.example"),
    ],
)
def test_environments(name: str, api_base: str, authorize_origin: str) -> None:
    environment = find_environment(name)
    assert (environment.api_base, environment.authorize_origin) == (api_base, authorize_origin)
    assert environment.discovery_url.startswith(("https://", "http://localhost:8100/"))


@pytest.mark.parametrize("name", ["", "Production", "file:///etc/passwd", "http://", "localhost"])
def test_anything_else_is_no_environment(name: str) -> None:
    with pytest.raises(EnvironmentUnknown) as refusal:
        find_environment(name)
    assert refusal.value.facts == {"environment": name}


def test_a_discovery_document_names_the_endpoints() -> None:
    endpoints = read_discovery(
        b'{"issuer": "i", "authorization_endpoint": "a", "token_endpoint": "t",'
        b' "revocation_endpoint": "r", "scopes_supported": ["openid"]}'
    )
    assert (endpoints.authorize, endpoints.token, endpoints.revoke) == ("a", "t", "r")


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"token_endpoint": "t"}'])
def test_what_is_no_discovery_document(body: bytes) -> None:
    with pytest.raises(Unexpected):
        read_discovery(body)
