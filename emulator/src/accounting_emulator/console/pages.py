"""The pages of signing in: consent, and why there is none."""

from starlette.responses import HTMLResponse

from accounting_emulator.console.frame import make_page
from accounting_emulator.console.markup import Html, tag
from accounting_emulator.profile import CompanyProfile

_ASKS = {
    "com.intuit.quickbooks.accounting": (
        "Read and change the books",
        "Products, accounts, customers, vendors, invoices, bills and stock",
    ),
    "com.intuit.quickbooks.payment": ("Take payments", "Charge cards and bank accounts"),
    "openid": ("Know who you are", "A number that stands for you"),
    "profile": ("See your name", "Given name and family name"),
    "email": ("See your e-mail address", "maeve@example.com"),
    "phone": ("See your phone number", "As you gave it here"),
    "address": ("See your address", "As you gave it here"),
}


def consent_page(
    *,
    companies: list[CompanyProfile],
    app_host: str,
    scopes: tuple[str, ...],
    ticket: str,
    form_targets: str,
) -> HTMLResponse:
    """Ask a person whether an app may connect, and to which company; the first is chosen."""
    asks = (_ASKS[scope] for scope in scopes if scope in _ASKS)
    choices = (_choice(company, is_chosen=company is companies[0]) for company in companies)
    form = tag(
        "form",
        tag("fieldset", tag("legend", "Company"), choices, class_="companies"),
        tag(
            "section",
            tag("h2", "It will be able to"),
            tag(
                "ul",
                (tag("li", tag("strong", what), tag("span", more)) for what, more in asks),
                class_="asks",
            ),
        ),
        tag("input", type="hidden", name="ticket", value=ticket),
        tag("button", "Connect", class_="primary", name="decision", value="connect"),
        tag("button", "Cancel", name="decision", value="cancel"),
        method="post",
        action="/connect/oauth2/decision",
    )
    lead = tag(
        "p",
        *("The app at ", tag("strong", app_host), " asks to work with the books of one company."),
        class_="lead",
    )
    note = tag(
        "p",
        "This is a stand-in for testing, not QuickBooks: no real books are touched. You can "
        "disconnect at any time.",
        class_="note",
    )
    body = _card(tag("h1", "Connect which company?"), lead, form, note)
    return make_page(title="Connect", body=body, sort="card", form_targets=form_targets)


def problem_page(*, sentence: str, status: int = 400) -> HTMLResponse:
    """Say in a sentence why a person cannot go on here."""
    body = _card(tag("h1", "This request can't be answered"), tag("p", sentence, class_="lead"))
    return make_page(title="Something is wrong", body=body, sort="card", status=status)


def _card(*parts: Html) -> Html:
    return tag("main", tag("p", "Accounting emulator", class_="eyebrow"), *parts, class_="card")


def _choice(company: CompanyProfile, *, is_chosen: bool) -> Html:
    plan = f"{company.plan} · {company.country} · {company.currency}"
    return tag(
        "label",
        tag("input", type="radio", name="realm", value=company.realm_id, checked=is_chosen),
        tag("span", company.name[:1].upper(), class_="mark", aria_hidden="true"),
        tag("span", tag("strong", company.name), tag("span", plan)),
        class_="company",
    )
