"""References in what clients send: what they name must exist and be in use."""

from accounting_emulator.books import Refusal
from accounting_emulator.company import Company
from accounting_emulator.objects import company_wire
from accounting_emulator.objects.fields import Sheet
from accounting_emulator.qbo.bodies import Body
from accounting_emulator.qbo.errors import NOT_FOUND_DETAIL, ApiFault, object_not_found
from accounting_emulator.switches import Switches

_LINE_TAX_CODES = ("TAX", "NON")


def expect_references(*, body: Body, sheet: Sheet, company: Company, switches: Switches) -> None:
    """Let a body pass whose references all name something in use.

    Raises:
        ApiFault: one names nothing, or something inactive (2500; a switch makes it 610).
        Refusal: a foreign currency in a company that has only one.
    """
    for name, value in body.given.items():
        field = sheet.fields[name]
        if field.kind != "ref" or value is None:
            continue
        if name == "CurrencyRef":
            _expect_currency(value["value"], company)
        elif field.refers_to:
            _expect_in_use(field.refers_to, value["value"], company, switches)


def number_of(*, ref: dict[str, str] | None) -> int | None:
    """Give the id that a reference names, once it is known to name something."""
    return None if ref is None else int(ref["value"])


def _expect_in_use(entity: str, value: str, company: Company, switches: Switches) -> None:
    if entity == "TaxCode" and value in _LINE_TAX_CODES:
        return
    row = company.tables[entity.lower()].find(number=int(value)) if value.isdecimal() else None
    if row is None:
        raise _invalid(f"Invalid Reference Id : {entity}s element id {value} not found")
    if not row.active:
        if switches.inactive_reference == "610":
            raise object_not_found()
        words = NOT_FOUND_DETAIL.removeprefix("Object Not Found : ").partition(" Check")[0]
        raise _invalid(f"Invalid Reference Id : {words} Check the fields with {entity.lower()}s.")


def _invalid(detail: str) -> ApiFault:
    return ApiFault(code="2500", message="Invalid Reference Id", detail=detail)


def _expect_currency(value: str, company: Company) -> None:
    facts = company_wire.preference_facts(books=company.books, profile=company.profile)
    is_open = facts["CurrencyPrefs"].get("MultiCurrencyEnabled")
    if value != company.profile.currency and not is_open:
        raise Refusal("rule", "Multi Currency should be enabled to perform this operation.")
