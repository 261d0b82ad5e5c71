"""Who the company is: name, place, plan, currency; stable for a given seed."""

import hashlib

import msgspec


class CompanyProfile(msgspec.Struct, frozen=True, kw_only=True):
    """What CompanyInfo and Preferences tell about one company."""

    realm_id: str
    name: str
    time_zone: str = "America/Los_Angeles"
    country: str = "US"
    currency: str = "USD"
    currency_name: str = "United States Dollar"
    offering: str = "QuickBooks Online Plus"
    founded_on: str = "2024-01-15"
    closed_through: str | None = None


class ClientKeys(msgspec.Struct, frozen=True, kw_only=True):
    """The keys of the one registered app."""

    client_id: str
    client_secret: str
    webhook_verifier: str


DEFAULT_NAME = "Hollow Reed Lamp Works"


def make_profile(*, name: str, seed: int) -> CompanyProfile:
    """Make the company that belongs to a seed."""
    number = int.from_bytes(_digest("realm", seed)[:5], "big") % 10**10
    return CompanyProfile(realm_id=f"934145{number:010}", name=name)


def make_client_keys(*, seed: int) -> ClientKeys:
    """Make the app keys that belong to a seed; they guard nothing but this emulator."""
    verifier = _digest("verifier", seed).hex()
    return ClientKeys(
        client_id="AB" + _digest("client", seed).hex()[:48],
        client_secret=_digest("secret", seed).hex()[:40],
        webhook_verifier="-".join(
            (verifier[:8], verifier[8:12], verifier[12:16], verifier[16:20], verifier[20:32])
        ),
    )


def _digest(label: str, seed: int) -> bytes:
    return hashlib.sha256(f"accounting-emulator {label} {seed}".encode()).digest()
