"""QuickBooks Online as an accounting provider.

Source: QBO accounting API reference: query operations, Item, Account, Vendor, CompanyInfo,
Preferences; minor versions; limits and throttles.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from itertools import count
from typing import Final

import msgspec

from partsemble.accounting.documents import (
    Company,
    ItemPage,
    LedgerAccount,
    RecordPage,
    Vendor,
)
from partsemble.accounting.http import HttpClient, Patience, Reply, Request, repeat_reads
from partsemble.accounting.provider import (
    AccessTokens,
    Capabilities,
    Refused,
    TryLater,
    Unexpected,
)
from partsemble.accounting.qbo import mapping, mapping_lists, wire, wire_changes, wire_lists
from partsemble.accounting.qbo.endpoints import Environment
from partsemble.accounting.qbo.errors import find_failure
from partsemble.accounting.qbo.oauth import TRACE_HEADER
from partsemble.accounting.throttle import RateLimit, Throttle
from partsemble.kernel.secret import Secret

MINOR_VERSION: Final = "75"
"""The oldest that QuickBooks still answers with, since August 2025."""
PAGE_SIZE: Final = 1_000
"""The most that a query gives."""
LOOKUP_SIZE: Final = 200
"""Ids in one statement: with them its address stays below 4,000 characters."""
UNSUPPORTED: Final = "500"
"""QuickBooks' own code for an operation that it does not do."""
CALLS_IN_FLIGHT: Final = 6
"""Older documents say ten at once at most; with pages of a third of a second and more, six
already come to the ten calls a second that are allowed."""
RENEWALS: Final = 2
"""A call may meet the end of its token, and after that one refusal by mistake: whether the
permission is gone is said where tokens are renewed, and only a person can bring it back."""
LIMITS: Final = (RateLimit(calls=10, seconds=1), RateLimit(calls=500, seconds=60))
"""What Intuit documents for each company."""
POLICY_HEADER: Final = "ratelimit-policy"
"""Intuit sends none; a server that imitates it may, with limits of its own."""
CAPABILITIES: Final = Capabilities(
    name="QuickBooks",
    item_page_size=PAGE_SIZE,
    list_page_size=PAGE_SIZE,
    item_lookup_size=LOOKUP_SIZE,
    calls_in_flight=CALLS_IN_FLIGHT,
)

_ALL_ITEMS = "FROM Item WHERE Active IN (true, false)"
"""Inactive records hide unless they are asked for, even from counts."""


class QboProvider:
    """The books of one QuickBooks company."""

    def __init__(
        self,
        *,
        http: HttpClient,
        environment: Environment,
        company_id: str,
        tokens: AccessTokens,
        patience: Patience,
        throttle: Throttle,
    ) -> None:
        self._http = http
        self._base = f"{environment.api_base}/v3/company/{company_id}"
        self._company_id = company_id
        self._tokens = tokens
        self._patience = patience
        self._throttle = throttle

    @property
    def capabilities(self) -> Capabilities:
        """This will say what QuickBooks can do."""
        return CAPABILITIES

    def get_company(self) -> Company:
        """This will read whose books they are, in two calls."""
        info = self._read(f"companyinfo/{self._company_id}", {}, wire.decode_company_info)
        preferences = self._read("preferences", {}, wire.decode_preferences)
        return mapping.map_company(company_id=self._company_id, info=info, preferences=preferences)

    def count_items(self) -> int:
        """This will count all rows of the list of items, inactive ones and categories too."""
        return self._query(f"SELECT COUNT(*) {_ALL_ITEMS}", wire.decode_count)

    def get_item_page(self, *, start: int, limit: int) -> ItemPage:
        """This will read rows `start` (from 0) and following, of all types, active or not.

        Arguments:
            start: position of the first row.
            limit: 1 to 1,000 rows.
        """
        statement = f"SELECT * {_ALL_ITEMS} ORDERBY Id STARTPOSITION {start + 1} MAXRESULTS {limit}"
        return mapping.map_page(start=start, page=self._query(statement, wire.decode_items))

    def get_changed_item_page(self, *, since: datetime, start: int, limit: int) -> ItemPage:
        """This will read rows `start` (from 0) and following of those that changed.

        Arguments:
            since: an instant; QuickBooks compares it with `MetaData.LastUpdatedTime`, which has
                whole seconds.
            start: position of the first row.
            limit: 1 to 1,000 rows.
        """
        moment = since.replace(microsecond=0).isoformat()
        statement = (
            f"SELECT * {_ALL_ITEMS} AND MetaData.LastUpdatedTime >= '{moment}' "
            f"ORDERBY Id STARTPOSITION {start + 1} MAXRESULTS {limit}"
        )
        return mapping.map_page(start=start, page=self._query(statement, wire.decode_items))

    def find_deleted_items(self, *, since: datetime) -> frozenset[str] | None:
        """This will give ids of items that change data capture calls deleted.

        Arguments:
            since: an instant; QuickBooks looks back 30 days and refuses (500) to look further.
        """
        moment = since.replace(microsecond=0).isoformat()
        query = {"entities": "Item", "changedSince": moment}
        try:
            return self._read("cdc", query, wire_changes.decode_deleted_items)
        except Refused as refused:
            if refused.facts["provider_code"] != UNSUPPORTED:
                raise
            return None

    def get_items(self, *, external_ids: Sequence[str]) -> ItemPage:
        """This will read the items with those ids, active or not.

        Arguments:
            external_ids: 1 to 200 of them.
        """
        ids = ", ".join(f"'{_escape(each)}'" for each in external_ids)
        statement = f"SELECT * {_ALL_ITEMS} AND Id IN ({ids}) ORDERBY Id MAXRESULTS {PAGE_SIZE}"
        return mapping.map_page(start=0, page=self._query(statement, wire.decode_items))

    def get_account_page(self, *, start: int, limit: int) -> RecordPage[LedgerAccount]:
        """This will read rows `start` (from 0) and following of the chart, active or not.

        Arguments:
            start: position of the first row.
            limit: 1 to 1,000 rows.
        """
        statement = _write_list_query("Account", start, limit)
        return mapping_lists.map_account_page(self._query(statement, wire_lists.decode_accounts))

    def get_vendor_page(self, *, start: int, limit: int) -> RecordPage[Vendor]:
        """This will read rows `start` (from 0) and following of the vendors, active or not.

        Arguments:
            start: position of the first row.
            limit: 1 to 1,000 rows.
        """
        statement = _write_list_query("Vendor", start, limit)
        return mapping_lists.map_vendor_page(self._query(statement, wire_lists.decode_vendors))

    def _query[Answer](self, statement: str, decode: Callable[[bytes], Answer]) -> Answer:
        return self._read("query", {"query": statement}, decode)

    def _read[Answer](
        self, path: str, query: dict[str, str], decode: Callable[[bytes], Answer]
    ) -> Answer:
        request = Request(
            method="GET",
            url=f"{self._base}/{path}",
            query={**query, "minorversion": MINOR_VERSION},
            headers={"Accept": "application/json"},
            trace_header=TRACE_HEADER,
        )
        attempts = count(1)
        reply = repeat_reads(read=lambda: self._attempt(request, attempts), patience=self._patience)
        try:
            return decode(reply.body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Unexpected(
                reason="undocumented answer", status=reply.status, problem=str(error)
            ) from None

    def _attempt(self, request: Request, attempts: Iterator[int]) -> Reply:
        token = self._tokens.get()
        reply = self._send(replace(request, attempt=next(attempts)), token)
        for _ in range(RENEWALS):
            if reply.status != HTTPStatus.UNAUTHORIZED:
                break
            token = self._tokens.renew(rejected=token)
            reply = self._send(replace(request, attempt=next(attempts)), token)
        failure = find_failure(
            status=reply.status,
            headers=reply.headers,
            body=reply.body,
            is_read=request.is_repeatable,
        )
        if failure is None:
            return reply
        if isinstance(failure, TryLater) and reply.status == HTTPStatus.TOO_MANY_REQUESTS:
            self._throttle.hold(seconds=failure.wait_seconds)
        raise failure

    def _send(self, request: Request, token: Secret) -> Reply:
        self._throttle.wait(patience_seconds=self._patience.longest_wait_seconds)
        bearer = Secret(f"Bearer {token.reveal()}")
        reply = self._http.send(replace(request, authorization=bearer))
        if policy := reply.headers.get(POLICY_HEADER):
            self._throttle.adopt(policy=policy)
        return reply


def _write_list_query(entity: str, start: int, limit: int) -> str:
    everything = f"FROM {entity} WHERE Active IN (true, false)"
    return f"SELECT * {everything} ORDERBY Id STARTPOSITION {start + 1} MAXRESULTS {limit}"


def _escape(value: str) -> str:
    """Write a value so that a statement takes it as one; ids are QuickBooks' own all the same."""
    return value.replace("\\", "\\\\").replace("'", "\\'")
