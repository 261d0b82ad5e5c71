"""The first page: which company's bookkeeper do you want to be?"""

from typing import get_args

from accounting_emulator.catalogue import MAX_ITEMS, MIN_ITEMS
from accounting_emulator.console import parts
from accounting_emulator.console.forms import Form, read_whole
from accounting_emulator.console.levers import Levers, Shown
from accounting_emulator.console.markup import Html, tag, together
from accounting_emulator.console.visit import ROOT
from accounting_emulator.profile import Country, Plan

_COUNTRIES: dict[Country, str] = {
    "US": "United States",
    "CA": "Canada",
    "GB": "United Kingdom",
    "AU": "Australia",
}


async def found_company(*, levers: Levers, form: Form) -> str:
    """Found a company as a form says, and give its id.

    Raises:
        Declined: it cannot be so.
    """
    wish: Shown = {word: form.get(word, "") for word in ("name", "country", "plan")}
    items = read_whole(text=form.get("items", ""), what="items")
    if items is not None:
        wish["items"] = items
    made = await levers.pull("POST", "companies", wish)
    return str(made["realm_id"])


def show_home(*, companies: list[Shown], base_url: str, form: Form, problem: str) -> Html:
    """Show the companies, how to connect to them, and how to found another."""
    return together(
        tag("a", "Skip to content", href="#content", class_="skip"),
        tag(
            "header",
            tag("div", tag("span", "Accounting emulator", class_="product"), class_="bar"),
            class_="top",
        ),
        tag(
            "main",
            parts.heading(
                "Choose a company",
                under="Each has books of its own. Nothing here reaches real books.",
            ),
            tag("ul", map(_company, companies), class_="tiles"),
            tag(
                "div",
                _connecting(base_url),
                _founding(form, problem),
                class_="pair",
            ),
            id="content",
        ),
    )


def _company(company: Shown) -> Html:
    count = f"{company['items']:,} items"
    stock = "counts stock" if company["has_stock"] else "no stock"
    return tag(
        "li",
        tag(
            "a",
            tag("span", company["name"][:1].upper(), class_="mark", aria_hidden="true"),
            tag(
                "span",
                tag("strong", parts.name(company["name"])),
                tag("span", f"{company['plan']} · {company['country']} · {company['currency']}"),
                tag("span", f"{count}, {stock}"),
            ),
            href=f"{ROOT}/{company['realm_id']}/items",
        ),
    )


def _connecting(base_url: str) -> Html:
    return parts.card(
        "Connecting an app",
        parts.facts(
            ("Address", tag("code", base_url)),
            (
                "Discovery",
                parts.link("document", "/.well-known/openid_sandbox_configuration/"),
            ),
            ("Levers as JSON", tag("code", f"{base_url}/control")),
        ),
        tag(
            "p",
            "Give these to a client instead of QuickBooks' own. Its keys are in the ready file.",
            class_="note",
        ),
    )


def _founding(form: Form, problem: str) -> Html:
    return parts.card(
        "Found another company",
        parts.problem(problem),
        parts.form(
            ROOT,
            tag(
                "div",
                parts.field("Name", "name", form.get("name"), required=True),
                parts.select("Country", "country", _COUNTRIES.items(), form.get("country", "US")),
                parts.select(
                    "Plan", "plan", ((p, p) for p in get_args(Plan)), form.get("plan", "Plus")
                ),
                parts.figure_field(
                    "Items",
                    "items",
                    form.get("items"),
                    hint=f"{MIN_ITEMS} to {MAX_ITEMS:,} made-up ones; empty for a workshop's 64.",
                ),
                class_="fields",
            ),
            tag("div", parts.button("Found company", is_primary=True), class_="actions"),
        ),
    )
