"""What the staff's pages of every table share: they look, and change nothing.

An app registers its tables in its `admin` module with a class derived from `LookOnlyAdmin`; the
site (`config.staff`) enters the staff's scope around every page and records whose rows were on
it. Columns are named one by one, so that a new one, a secret perhaps, does not appear by itself.
"""

from typing import ClassVar, Final

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest
from django.utils.functional import cached_property
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import TextFilter

COUNT_CAP: Final = 10_000
"""Rows are counted and turned over up to here; whoever looks further back filters."""
PAGE_SIZE: Final = 50


class CappedPaginator(Paginator):  # type: ignore[type-arg]  # it has none when it runs
    """Counts no further than the cap, because on a million rows that takes longer than reading."""

    @cached_property
    def count(self) -> int:
        """This will count the rows, up to the cap."""
        rows = self.object_list
        if isinstance(rows, models.QuerySet):
            return rows.order_by()[:COUNT_CAP].count()
        return len(rows)


class LookOnlyAdmin(ModelAdmin):  # type: ignore[misc]  # unfold has no types
    """Lists and shows; `fields` has to name what may be seen."""

    actions = None
    paginator = CappedPaginator
    list_per_page = PAGE_SIZE
    list_max_show_all = PAGE_SIZE
    list_fullwidth = True
    show_full_result_count = False
    sortable_by = ()
    list_filter_submit = True
    show_add_link = False
    ordering: ClassVar[tuple[str, ...]] = ("-id",)

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """This will let all staff look."""
        del obj
        return bool(request.user.is_active and getattr(request.user, "is_staff", False))

    def has_module_permission(self, request: HttpRequest) -> bool:
        """This will list the tables of the app for all staff."""
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """This will let nobody add a row."""
        del request, obj
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """This will let nobody change a row."""
        del request, obj
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """This will let nobody delete a row."""
        del request, obj
        return False


class ExactFilter(TextFilter):  # type: ignore[misc]  # unfold has no types
    """A field of the filters in which a whole value is typed."""

    lookup: ClassVar[str]

    def queryset(
        self, request: HttpRequest, queryset: "models.QuerySet[models.Model]"
    ) -> "models.QuerySet[models.Model]":
        """This will keep the rows that have the typed value; none, if it can't be one."""
        del request
        value = (self.value() or "").replace("\x00", "").strip()
        if not value:
            return queryset
        if "__" not in self.lookup:
            field = queryset.model._meta.get_field(self.lookup)
            if not isinstance(field, models.Field):
                raise AssertionError(f"{self.lookup} is no column")
            try:
                field.to_python(value)
            except ValidationError:
                return queryset.none()
        return queryset.filter(**{self.lookup: value})


class BusinessFilter(ExactFilter):
    """Rows of one business, by its short name."""

    title = "business (short name)"
    parameter_name = "business"
    lookup = "business__slug"
