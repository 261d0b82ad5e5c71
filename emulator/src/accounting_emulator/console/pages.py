"""Whole pages, made by hand: no template engine for three of them."""

from html import escape
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from accounting_emulator.profile import CompanyProfile

STYLE_PATH = "/emulator/console.css"
_HERE = Path(__file__).parent
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


async def style(request: Request) -> Response:
    """Serve the one stylesheet."""
    del request
    css = (_HERE / "console.css").read_bytes()
    return Response(css, media_type="text/css", headers={"Cache-Control": "max-age=300"})


def consent_page(
    *,
    companies: list[CompanyProfile],
    app_host: str,
    scopes: tuple[str, ...],
    ticket: str,
    form_targets: str,
) -> HTMLResponse:
    """Ask a person whether an app may connect, and to which company; the first is chosen."""
    asks = "".join(
        f"<li><strong>{escape(_ASKS[scope][0])}</strong><span>{escape(_ASKS[scope][1])}</span></li>"
        for scope in scopes
        if scope in _ASKS
    )
    choices = "".join(_choice(company, is_chosen=company is companies[0]) for company in companies)
    body = f"""
<main class="card">
  <p class="eyebrow">Accounting emulator</p>
  <h1>Connect which company?</h1>
  <p class="lead">The app at <strong>{escape(app_host)}</strong> asks to work with the books of
  one company.</p>
  <form method="post" action="/connect/oauth2/decision">
    <fieldset class="companies"><legend>Company</legend>{choices}</fieldset>
    <section><h2>It will be able to</h2><ul class="asks">{asks}</ul></section>
    <input type="hidden" name="ticket" value="{escape(ticket)}">
    <button class="primary" name="decision" value="connect">Connect</button>
    <button name="decision" value="cancel">Cancel</button>
  </form>
  <p class="note">This is a stand-in for testing, not QuickBooks: no real books are touched. You
  can disconnect at any time.</p>
</main>"""
    return _page("Connect", body, form_targets=form_targets)


def _choice(company: CompanyProfile, *, is_chosen: bool) -> str:
    name, realm_id = escape(company.name), escape(company.realm_id)
    checked = " checked" if is_chosen else ""
    return f"""
    <label class="company">
      <input type="radio" name="realm" value="{realm_id}"{checked}>
      <span class="mark" aria-hidden="true">{escape(company.name[:1].upper())}</span>
      <span><strong>{name}</strong><span>{escape(company.plan)} · {escape(company.country)} ·
      {escape(company.currency)}</span></span>
    </label>"""


def problem_page(*, sentence: str) -> HTMLResponse:
    """Say in a sentence why a person cannot go on here."""
    body = f"""
<main class="card">
  <p class="eyebrow">Accounting emulator</p>
  <h1>This request can't be answered</h1>
  <p class="lead">{escape(sentence)}</p>
</main>"""
    return _page("Something is wrong", body, status=400)


def home_page(*, company: CompanyProfile, items: int, others: int) -> HTMLResponse:
    """Say what is running here: the main company, and how many there are besides."""
    body = f"""
<main class="card">
  <p class="eyebrow">Accounting emulator</p>
  <h1>{escape(company.name)}</h1>
  <p class="lead">This server answers like the QuickBooks Online accounting API for this company
  with {items:,} products and services, and for {others} others. It is for tests and
  demonstrations; nothing here reaches real books.</p>
  <dl class="facts">
    <dt>Company id</dt><dd>{escape(company.realm_id)}</dd>
    <dt>Plan</dt><dd>{escape(company.offering)}</dd>
    <dt>Discovery</dt><dd><a href="/.well-known/openid_sandbox_configuration/">document</a></dd>
    <dt>Control</dt><dd><a href="/control/trial-balance">trial balance</a> ·
    <a href="/control/companies">companies</a> ·
    <a href="/control/requests">requests</a> · <a href="/control/switches">switches</a></dd>
  </dl>
</main>"""
    return _page(company.name, body)


def _page(title: str, body: str, *, status: int = 200, form_targets: str = "") -> HTMLResponse:
    page = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} · Accounting emulator</title>"
        f'<link rel="stylesheet" href="{STYLE_PATH}"><link rel="icon" href="data:,"></head>'
        f"<body>{body}</body></html>"
    )
    policy = (
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; "
        f"frame-ancestors 'none'; form-action 'self' {form_targets}"
    )
    headers = {
        "Content-Security-Policy": policy.strip(),
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return HTMLResponse(page, status_code=status, headers=headers)
