"""Who a company is: name, place, plan, currency; always the same for the same words."""

import hashlib
from typing import Literal

import msgspec

Country = Literal["US", "CA", "GB", "AU"]
Plan = Literal["Simple Start", "Essentials", "Plus", "Advanced"]
STOCK_PLANS: tuple[Plan, ...] = ("Plus", "Advanced")
DEFAULT_NAME = "Hollow Reed Lamp Works"


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """What a company's country settles; `code` is the ISO 3166 code of three letters."""

    code: str
    time_zone: str
    currency: str
    currency_name: str
    line: str
    city: str
    region: str
    postal_code: str
    phone: str
    fiscal_start: str = "January"


PLACES: dict[Country, Place] = {
    "US": Place(
        code="USA",
        time_zone="America/Los_Angeles",
        currency="USD",
        currency_name="United States Dollar",
        line="14 Tannery Lane",
        city="Port Townsend",
        region="WA",
        postal_code="98368",
        phone="(360) 555-0142",
    ),
    "CA": Place(
        code="CAN",
        time_zone="America/Toronto",
        currency="CAD",
        currency_name="Canadian Dollar",
        line="220 Mill Street",
        city="Perth",
        region="ON",
        postal_code="K7H 1M2",
        phone="(613) 555-0117",
    ),
    "GB": Place(
        code="GBR",
        time_zone="Europe/London",
        currency="GBP",
        currency_name="British Pound Sterling",
        line="3 Fen Lane",
        city="Ely",
        region="Cambridgeshire",
        postal_code="CB7 4EW",
        phone="01353 496 0123",
        fiscal_start="April",
    ),
    "AU": Place(
        code="AUS",
        time_zone="Australia/Sydney",
        currency="AUD",
        currency_name="Australian Dollar",
        line="81 Wattle Creek Road",
        city="Braidwood",
        region="NSW",
        postal_code="2622",
        phone="(02) 5550 0155",
        fiscal_start="July",
    ),
}


class CompanyProfile(msgspec.Struct, frozen=True, kw_only=True):
    """What CompanyInfo and Preferences tell about one company."""

    realm_id: str
    name: str
    country: Country = "US"
    plan: Plan = "Plus"
    founded_on: str = "2024-01-15"

    @property
    def place(self) -> Place:
        """Give what the company's country settles."""
        return PLACES[self.country]

    @property
    def time_zone(self) -> str:
        """Name the company's time zone."""
        return self.place.time_zone

    @property
    def currency(self) -> str:
        """Give the code of the home currency."""
        return self.place.currency

    @property
    def currency_name(self) -> str:
        """Give the home currency in words."""
        return self.place.currency_name

    @property
    def offering(self) -> str:
        """Give the plan as CompanyInfo's OfferingSku names it."""
        return f"QuickBooks Online {self.plan}"

    @property
    def has_stock(self) -> bool:
        """Say whether the plan counts quantities on hand."""
        return self.plan in STOCK_PLANS


class Founding(msgspec.Struct, frozen=True, kw_only=True):
    """How a company came to be; `items` is None for the furnished workshop."""

    company: str
    seed: int
    items: int | None
    country: Country = "US"
    plan: Plan = "Plus"
    format: int = 1


class ClientKeys(msgspec.Struct, frozen=True, kw_only=True):
    """The keys of the one registered app."""

    client_id: str
    client_secret: str
    webhook_verifier: str


NEIGHBOURS: tuple[tuple[str, Country, Plan, int], ...] = (
    ("Marigold Letterpress", "US", "Simple Start", 24),
    ("Maple & Twine Looms", "CA", "Advanced", 120),
    ("Fen Lane Joinery", "GB", "Plus", 80),
    ("Wattle Creek Saddlery", "AU", "Essentials", 40),
)
"""The companies beside the main one: name, country, plan, number of items."""


def make_main_profile(*, founding: Founding) -> CompanyProfile:
    """Make the profile of the company that the command line names."""
    return _make_profile(founding, "realm")


def make_neighbour_profile(*, founding: Founding) -> CompanyProfile:
    """Make the profile of another company; its realm id follows from its name too."""
    return _make_profile(founding, f"realm {founding.company}")


def list_neighbours(*, seed: int) -> tuple[Founding, ...]:
    """List the companies that are there beside the main one."""
    return tuple(
        Founding(company=name, seed=seed, items=items, country=country, plan=plan)
        for name, country, plan, items in NEIGHBOURS
    )


def _make_profile(founding: Founding, label: str) -> CompanyProfile:
    number = int.from_bytes(_digest(label, founding.seed)[:5], "big") % 10**10
    return CompanyProfile(
        realm_id=f"934145{number:010}",
        name=founding.company,
        country=founding.country,
        plan=founding.plan,
    )


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
