"""QuickBooks' accounts and vendors as typed values, only the fields that are read. Pure.

Of a vendor nothing is decoded but the name that it is chosen by: addresses, numbers and tax ids
of people never get past this module.

Source: QBO accounting API reference: Account, Vendor, query operations.
"""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from partsemble.accounting.qbo.wire import RecordId, Ref, ShortId, mend


class Account(msgspec.Struct, frozen=True, gc=False, rename="pascal"):
    """An account of the chart."""

    id: RecordId
    name: str = ""
    fully_qualified_name: str = ""
    acct_num: str = ""
    account_type: str = ""
    account_sub_type: str = ""
    classification: str = ""
    active: bool = True
    currency_ref: Ref | None = None
    parent_ref: Ref | None = None
    sync_token: ShortId = ""


class Vendor(msgspec.Struct, frozen=True, gc=False, rename="pascal"):
    """Somebody whom the company buys from."""

    id: RecordId
    display_name: str = ""
    active: bool = True
    currency_ref: Ref | None = None
    sync_token: ShortId = ""


class _Rows(msgspec.Struct, frozen=True, rename="pascal"):
    account: list[msgspec.Raw] = []
    vendor: list[msgspec.Raw] = []


class _Reply(msgspec.Struct, frozen=True):
    rows: _Rows = msgspec.field(name="QueryResponse")


@dataclass(frozen=True, slots=True)
class RowsRead[Row]:
    """A page of a list, decoded as far as possible."""

    rows: list[Row]
    malformed_count: int


_decode_reply = msgspec.json.Decoder(_Reply).decode
_decode_account = msgspec.json.Decoder(Account).decode
_decode_vendor = msgspec.json.Decoder(Vendor).decode


def decode_accounts(body: bytes) -> RowsRead[Account]:
    """This will decode a page of accounts; one odd row does not cost the others.

    Raises:
        msgspec.DecodeError: if it is no answer to a query at all.
    """
    return _decode_rows(_decode_reply(mend(body)).rows.account, _decode_account)


def decode_vendors(body: bytes) -> RowsRead[Vendor]:
    """This will decode a page of vendors; one odd row does not cost the others.

    Raises:
        msgspec.DecodeError: if it is no answer to a query at all.
    """
    return _decode_rows(_decode_reply(mend(body)).rows.vendor, _decode_vendor)


def _decode_rows[Row](
    raw: list[msgspec.Raw], decode: Callable[[msgspec.Raw], Row]
) -> RowsRead[Row]:
    rows: list[Row] = []
    for each in raw:
        try:
            rows.append(decode(each))
        except msgspec.ValidationError:
            continue
    return RowsRead(rows=rows, malformed_count=len(raw) - len(rows))
