"""Name list entries as JSON, shaped as in recorded answers of sandbox companies."""

from datetime import tzinfo
from typing import Any

from accounting_emulator.books import PEOPLE, Books, ListEntry, ListName
from accounting_emulator.objects import sheets
from accounting_emulator.objects.wire import ENCODER, Ref, WireMeta, local_time
from accounting_emulator.profile import CompanyProfile

_ADDRESS_PLACES = ("BillAddr", "ShipAddr", "PrimaryAddr", "Address")
_UNNAMED = ("DefaultTaxCodeRef",)
MASKED = "XXXXX"
_SHOWN_DIGITS = 4


class ListWire:
    """Renders the entries of one company's lists."""

    def __init__(self, *, books: Books, profile: CompanyProfile, zone: tzinfo) -> None:
        self._books = books
        self._profile = profile
        self._zone = zone

    def render(self, *, name: ListName, entry: ListEntry) -> bytes:
        """Give one entry as JSON."""
        shown: dict[str, Any] = self._details(name, entry)
        shown |= self._place_in_tree(name, entry)
        if name in PEOPLE:
            shown |= self._money(name, shown)
            shown["DisplayName"] = entry.name
        else:
            shown["Name"] = entry.name
        shown |= {
            "Active": entry.active,
            "domain": "QBO",
            "sparse": False,
            "Id": str(entry.id),
            "SyncToken": str(entry.sync_token),
            "MetaData": WireMeta(
                local_time(seconds=entry.created_at, zone=self._zone),
                local_time(seconds=entry.updated_at, zone=self._zone),
            ),
        }
        return ENCODER.encode(shown)

    def _details(self, name: ListName, entry: ListEntry) -> dict[str, Any]:
        shown = dict(entry.details)
        for place, address in enumerate(_ADDRESS_PLACES, 1):
            if address in shown:
                shown[address] = {"Id": str(entry.id * 4 + place)} | shown[address]
        for field_name, value in entry.details.items():
            field = sheets.BY_NAME[name.lower()].fields[field_name]
            if field.kind == "ref" and field_name not in _UNNAMED:
                shown[field_name] = Ref(value["value"], self.name_of(field.refers_to, value))
        if "TaxIdentifier" in shown:
            shown["TaxIdentifier"] = MASKED + shown["TaxIdentifier"][-_SHOWN_DIGITS:]
        return shown

    def name_of(self, entity: str, ref: dict[str, str]) -> str | None:
        """Give the name of what a reference means, or None when nothing has this id."""
        if not ref["value"].isdecimal():
            return None
        number = int(ref["value"])
        if entity == "Account":
            account = self._books.accounts.get(number)
            return account.full_name if account else None
        rows = self._books.lists[entity].rows if entity in self._books.lists else {}
        return rows[number].full_name if number in rows else None

    def _place_in_tree(self, name: ListName, entry: ListEntry) -> dict[str, Any]:
        flag = sheets.TREE_FLAGS.get(name)
        if flag is None:
            return {}
        shown: dict[str, Any] = {flag: entry.parent_id is not None}
        shown["FullyQualifiedName"] = entry.full_name
        if entry.parent_id is not None:
            parent = self._books.lists[name].rows[entry.parent_id]
            shown["ParentRef"] = Ref(str(parent.id), parent.full_name)
            if name == "Customer":
                shown["Level"] = entry.level
        return shown

    def _money(self, name: ListName, shown: dict[str, Any]) -> dict[str, Any]:
        if name == "Employee":
            return {}
        currency = shown.get("CurrencyRef") or Ref(
            self._profile.currency, self._profile.currency_name
        )
        if name == "Vendor":
            return {"Balance": 0, "CurrencyRef": currency}
        return {"Balance": 0, "BalanceWithJobs": 0, "CurrencyRef": currency}
