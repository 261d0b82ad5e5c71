"""The pages on which products come out of files: choose, look, confirm (PROD-1)."""

from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from partsemble.files.errors import FileUnreadable
from partsemble.files.queries import (
    PAGE_SIZE,
    get_file_import,
    iterate_faults,
    list_file_imports,
    list_file_rows,
)
from partsemble.files.services.starting import (
    check_file_again,
    confirm_file_import,
    start_file_import,
)
from partsemble.files.types import COLUMN_NAMES, FileImportView, FileState, RowVerdict
from partsemble.kernel.permissions import Permission
from partsemble.web.access import BusinessRequest, business_screen
from partsemble.web.downloads import download_csv
from partsemble.web.files.forms import FileForm
from partsemble.web.files.lines import (
    VERDICT_WORDS,
    list_notes,
    say_lead,
    say_outcome,
    show_row,
    show_state,
)
from partsemble.web.lists import link_pages, read_page
from partsemble.words.sentences import explain

FAULTS_HEAD = ("Row", "SKU", "Column", "What is wrong", "What to do")


@business_screen(permission=Permission.MANAGE_PRODUCTS, methods=("GET", "POST"))
def product_files(request: BusinessRequest) -> HttpResponse:
    """This will ask for a file with products, and have it read."""
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        form = FileForm(request.POST, request.FILES)
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                import_id = start_file_import(
                    actor=request.actor, name=file.name, content=file.read()
                )
            except FileUnreadable as refusal:
                told = explain(refusal)
                form.add_error("file", f"{told.what} {told.remedy}")
            else:
                return redirect("file_import", slug=request.business.slug, import_id=import_id)
    context = {
        "form": form,
        "recent": [(each, *show_state(each)) for each in list_file_imports(actor=request.actor)],
        "time_zone": request.business.time_zone,
    }
    status = 422 if form.is_bound else 200
    return render(request, "files/product_files.html", context, status=status)


@business_screen(permission=Permission.MANAGE_PRODUCTS)
def file_import(request: BusinessRequest, *, import_id: UUID) -> HttpResponse:
    """This will show an import: how far it is, what it would do row by row, what came of it."""
    found = get_file_import(actor=request.actor, import_id=import_id)
    context = {
        "each": found,
        "business": request.business,
        "states": {state.value: found.state is state for state in FileState},
        "is_open": found.state in (FileState.READING, FileState.APPLYING),
        "progress": f"{found.looked_at:,} of {found.total:,} rows",
        "lead": say_lead(found),
        "is_live": bool(request.htmx),
        "notes": list_notes(found),
        "read_as": [(head, COLUMN_NAMES[column]) for head, column in found.read_as],
        "faulty": found.verdicts[RowVerdict.FAULTY],
        "acts": found.verdicts[RowVerdict.CREATE] + found.verdicts[RowVerdict.CHANGE],
        "outcome": say_outcome(found),
        "currency": request.business.currency,
        **_list_rows(request, found),
    }
    page = "import_state" if request.htmx else "file_import"
    return render(request, f"files/{page}.html", context)


@business_screen(permission=Permission.MANAGE_PRODUCTS, methods=("POST",))
def confirm_import(request: BusinessRequest, *, import_id: UUID) -> HttpResponse:
    """This will have the rows become products, and lead back to the import."""
    confirm_file_import(
        actor=request.actor, import_id=import_id, digest=request.POST.get("digest", "")
    )
    return redirect("file_import", slug=request.business.slug, import_id=import_id)


@business_screen(permission=Permission.MANAGE_PRODUCTS, methods=("POST",))
def check_again(request: BusinessRequest, *, import_id: UUID) -> HttpResponse:
    """This will have the file compared with the products anew, and lead back to the import."""
    check_file_again(actor=request.actor, import_id=import_id)
    return redirect("file_import", slug=request.business.slug, import_id=import_id)


@business_screen(permission=Permission.MANAGE_PRODUCTS)
def download_faults(request: BusinessRequest, *, import_id: UUID) -> HttpResponseBase:
    """This will answer with every error of a file: row, column, what is wrong, what to do."""
    get_file_import(actor=request.actor, import_id=import_id)
    faults = iterate_faults(actor=request.actor, import_id=import_id)
    return download_csv(
        name=f"{request.business.slug}-errors",
        head=FAULTS_HEAD,
        rows=(
            (number, sku, fault.column, fault.problem, fault.remedy)
            for number, sku, fault in faults
        ),
    )


def _list_rows(request: BusinessRequest, found: FileImportView) -> dict[str, object]:
    """The rows of one verdict, and tabs to the others."""
    if found.state is not FileState.CHECKED:
        return {}
    filled = [each for each in VERDICT_WORDS if found.verdicts[each]]
    wanted = request.GET.get("show", "")
    shown = RowVerdict(wanted) if wanted in set(filled) else filled[0]
    page = list_file_rows(
        actor=request.actor, import_id=found.id, verdict=shown, page=read_page(request.GET)
    )
    return {
        "shown": shown.value,
        "tabs": [(each.value, VERDICT_WORDS[each], found.verdicts[each]) for each in filled],
        "rows": [show_row(row) for row in page.rows],
        "pages": link_pages(
            query=request.GET,
            page=page.page,
            size=PAGE_SIZE,
            shown=len(page.rows),
            total=f"{page.count:,}",
            has_more=page.has_more,
        ),
    }
