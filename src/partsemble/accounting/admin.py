"""Connections and calls on the staff's pages (LOG-2)."""

from typing import Any, Final

import msgspec
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from partsemble.accounting.models import CallRecord, Connection
from partsemble.accounting.queries.calls import LEFT_OUT, view_call
from partsemble.accounting.registry import CALL_ENTITIES
from partsemble.database.staff import BusinessFilter, ExactFilter, LookOnlyAdmin

STRETCH: Final = 50_000
"""Calls that a search for words looks at, newest first; for more there are the filters."""
TRACE_LENGTH: Final = 16
ASKED_LENGTH: Final = 72


@admin.register(Connection)
class ConnectionAdmin(LookOnlyAdmin):
    """Whose books are connected, and how; the columns with tokens are not among these."""

    list_display = ("company_name", "business", "state", "environment", "last_called_at")
    list_filter = (BusinessFilter, "state")
    list_select_related = ("business",)
    search_fields = ("company_name", "company_id")
    fields = (
        "business",
        "provider",
        "environment",
        "company_id",
        "company_name",
        "country",
        "currency",
        "offering",
        "state",
        "connected_by_label",
        "connected_at",
        "access_token_issued_at",
        "access_token_expires_at",
        "refresh_token_issued_at",
        "refresh_token_expires_at",
        "last_called_at",
        "last_error_code",
        "last_error_at",
    )


class RunFilter(ExactFilter):
    """Calls of one run."""

    title = "run (id)"
    parameter_name = "run"
    lookup = "run_id"


class ErrorCodeFilter(ExactFilter):
    """Calls that the provider refused with one code."""

    title = "error code"
    parameter_name = "code"
    lookup = "error_code"


class StatusFilter(ExactFilter):
    """Calls with one status of HTTP."""

    title = "status"
    parameter_name = "status"
    lookup = "status"


class EntityFilter(admin.SimpleListFilter):
    """Calls about one kind of record."""

    title = "entity"
    parameter_name = "entity"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        """This will list what calls can be about."""
        del request, model_admin
        return [(name, name) for names in CALL_ENTITIES.values() for name in names]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """This will keep the calls about the chosen one."""
        del request
        return queryset.filter(entity=self.value()) if self.value() else queryset


@admin.register(CallRecord)
class CallAdmin(LookOnlyAdmin):
    """Every call of every business; one of them in full, both sides beside each other."""

    list_display = (
        "made",
        "business",
        "outcome",
        "status",
        "entity",
        "error_code",
        "asked",
        "caller",
        "milliseconds",
    )
    list_display_links = ("made",)
    list_filter = (
        BusinessFilter,
        RunFilter,
        ErrorCodeFilter,
        StatusFilter,
        "outcome",
        EntityFilter,
    )
    list_select_related = ("business",)
    search_fields = ("search_text",)
    search_help_text = (
        f"Words among the newest {STRETCH:,} calls that fit the filters, or a whole trace id"
    )
    fields = (
        ("business", "run_id"),
        ("made_at", "milliseconds"),
        ("outcome", "status"),
        ("error_code", "error_text"),
        ("caller", "attempt"),
        ("trace_id", "lost_before"),
        "exchange",
        "curl",
    )
    readonly_fields = ("asked", "made", "exchange", "curl")

    def get_queryset(self, request: HttpRequest) -> QuerySet[CallRecord]:
        """This will leave the bodies where they are until one call is looked at."""
        rows: QuerySet[CallRecord] = super().get_queryset(request)
        is_list = request.resolver_match is None or "object_id" not in request.resolver_match.kwargs
        return rows.defer("request_body", "reply_body") if is_list else rows

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[CallRecord], search_term: str
    ) -> tuple[QuerySet[CallRecord], bool]:
        """This will find a trace by its index, and words among the newest calls."""
        del request
        text = search_term.replace("\x00", "").strip()
        if not text:
            return queryset, False
        if len(text) >= TRACE_LENGTH and " " not in text:
            traced = queryset.filter(trace_id=text)
            if traced.exists():
                return traced, False
        ids = queryset.order_by("-id").values_list("id", flat=True)
        last = next(iter(ids[STRETCH - 1 : STRETCH]), None)
        found = queryset if last is None else queryset.filter(id__gte=last)
        for word in text.lower().split():
            found = found.filter(search_text__contains=word)
        return found, False

    @admin.display(description="Asked")
    def asked(self, row: CallRecord) -> str:
        """This will show the beginning of the statement, or of the address."""
        path = "/" + row.url.partition("://")[2].partition("/")[2]
        return Truncator(row.query.get("query") or path).chars(ASKED_LENGTH)

    @admin.display(description="Made at (UTC)", ordering="id")
    def made(self, row: CallRecord) -> SafeString:
        """This will show the second."""
        return format_html('<span class="wire-when">{}</span>', f"{row.made_at:%Y-%m-%d %H:%M:%S}")

    @admin.display(description="Sent, and came back")
    def exchange(self, row: CallRecord) -> SafeString:
        """This will show what was sent beside what came back."""
        query = "".join(f"\n{name}: {text}" for name, text in row.query.items())
        status = f"{row.status}" if row.status else "No answer"
        return format_html(
            '<div class="wire-pair">{}{}</div>',
            _show_text(f"{row.method} {row.url}{query}", row.request_body),
            _show_text(f"{status}, {row.reply_bytes:,} bytes as it came", row.reply_body),
        )

    @admin.display(description="For curl")
    def curl(self, row: CallRecord) -> SafeString:
        """This will write the call for curl, with variables in place of secrets."""
        return format_html(
            '<pre class="wire" id="curl" tabindex="0" role="region" aria-label="For curl">{}</pre>'
            '<button type="button" class="wire-copy" data-copy="curl" data-copied="Copied">'
            "Copy as curl</button>",
            view_call(row=row).curl,
        )


def _show_text(head: str, body: str) -> SafeString:
    text = msgspec.json.format(body, indent=2) if body else ""
    first, *others = text.split(LEFT_OUT)
    rest = format_html_join(
        "", '<span class="wire-left-out">left out</span>{}', ((each,) for each in others)
    )
    return format_html(
        '<pre class="wire" tabindex="0" role="region" aria-label="{}">{}\n\n{}{}</pre>',
        head.partition("\n")[0],
        head,
        first,
        rest,
    )
