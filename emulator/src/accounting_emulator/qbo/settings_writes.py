"""CompanyInfo and Preferences from bodies to commands.

Most of Preferences is read-only in the real service and silently kept as it is. What a section
names is changed, what it leaves out stays; an empty text takes a value away.
"""

from collections.abc import Callable
from datetime import date
from typing import Literal

from msgspec import UNSET, UnsetType

from accounting_emulator.books import Command, Details, SaveSettings
from accounting_emulator.company import Company
from accounting_emulator.objects import company_wire
from accounting_emulator.qbo.bodies import Body
from accounting_emulator.qbo.errors import ApiFault
from accounting_emulator.qbo.room import Room

_FIXED_SECTIONS = ("CurrencyPrefs", "OtherPrefs", "TaxPrefs")
_FIXED = {
    "AccountingInfoPrefs": ("FirstMonthOfFiscalYear", "TaxYearMonth", "UseAccountNumbers"),
    "ReportPrefs": ("CalcAgingReportFromTxnDate",),
}


def settings_command(
    subject: Literal["CompanyInfo", "Preferences"],
) -> Callable[[Body, Room], Command]:
    """Give the function that makes commands for CompanyInfo or for Preferences."""

    def compose(body: Body, room: Room) -> Command:
        is_info = subject == "CompanyInfo"
        details = _company_info(body) if is_info else _sections(body, room.company)
        closed: str | UnsetType | None = UNSET if is_info else _closed_through(body)
        return SaveSettings(
            at=room.at,
            today=room.today,
            subject=subject,
            details=details,
            closed_through=closed,
        )

    return compose


def _company_info(body: Body) -> Details:
    kept = {name: value for name, value in body.given.items() if value is not None}
    for name in ("CompanyAddr", "CustomerCommunicationAddr", "LegalAddr"):
        if name in kept:
            kept[name] = {"Id": "1"} | kept[name]
    return kept


def _sections(body: Body, company: Company) -> Details:
    facts = company_wire.preference_facts(books=company.books, profile=company.profile)
    changed: Details = {}
    for name, section in body.given.items():
        if name in _FIXED_SECTIONS or not isinstance(section, dict):
            continue
        fixed = _FIXED.get(name, ())
        given = {key: value for key, value in section.items() if key not in fixed}
        merged = _laid_over(facts.get(name, {}), given)
        merged.pop("BookCloseDate", None)
        if merged != {k: v for k, v in facts.get(name, {}).items() if k != "BookCloseDate"}:
            changed[name] = merged
    return changed


def _laid_over(old: Details, new: Details) -> Details:
    laid = dict(old)
    for name, value in new.items():
        is_section = isinstance(value, dict) and isinstance(laid.get(name), dict)
        laid[name] = _laid_over(laid[name], value) if is_section else value
    return {name: value for name, value in laid.items() if value not in (None, "")}


def _closed_through(body: Body) -> str | UnsetType | None:
    section = body.given.get("AccountingInfoPrefs")
    if section is None or ("BookCloseDate" not in section and body.is_sparse):
        return UNSET
    text = str(section.get("BookCloseDate") or "")[:10]
    if not text:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise ApiFault(
            code="2070",
            message="Invalid Date",
            detail=f"Invalid Date : BookCloseDate. Supplied value:{text}",
            element="BookCloseDate",
        ) from error
