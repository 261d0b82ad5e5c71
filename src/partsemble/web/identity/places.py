"""Which currencies and time zones a business can choose from."""

from functools import cache
from typing import Final
from zoneinfo import available_timezones

CURRENCIES: Final = (
    ("USD", "US dollar"),
    ("CAD", "Canadian dollar"),
    ("GBP", "Pound sterling"),
    ("EUR", "Euro"),
    ("AUD", "Australian dollar"),
    ("NZD", "New Zealand dollar"),
    ("CHF", "Swiss franc"),
    ("DKK", "Danish krone"),
    ("HKD", "Hong Kong dollar"),
    ("INR", "Indian rupee"),
    ("JPY", "Japanese yen"),
    ("MXN", "Mexican peso"),
    ("NOK", "Norwegian krone"),
    ("PLN", "Polish złoty"),
    ("SEK", "Swedish krona"),
    ("SGD", "Singapore dollar"),
    ("ZAR", "South African rand"),
)
"""Home currencies of the countries where QuickBooks Online and Xero are mostly sold."""

_REGIONS: Final = (
    "Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian",
    "Pacific",
)  # fmt: skip


def list_currencies() -> list[tuple[str, str]]:
    """This will list the currencies as choices."""
    return [(code, f"{code} · {name}") for code, name in CURRENCIES]


@cache
def list_time_zones() -> list[tuple[str, list[tuple[str, str]]]]:
    """This will list the time zones as choices, grouped by region."""
    groups: dict[str, list[tuple[str, str]]] = {region: [] for region in _REGIONS}
    for name in sorted(available_timezones()):
        region, _, city = name.partition("/")
        if city and region in groups:
            groups[region].append((name, city.replace("_", " ").replace("/", " · ")))
    return [*groups.items(), ("Elsewhere", [("UTC", "UTC")])]
