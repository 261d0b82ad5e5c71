"""The API as addresses, below `/api/v1/`."""

from typing import Final

from django.urls import path

from partsemble.api import (
    accounting_items,
    businesses,
    item_syncs,
    ledger_accounts,
    products,
    stock_adjustments,
    stock_entries,
    sync_comparisons,
    sync_corrections,
    vendors,
    waiting_syncs,
)
from partsemble.api.access import Undeclared
from partsemble.api.schema import Api
from partsemble.api.wire import ExactParser, ExactRenderer

api: Final = Api(
    title="Partsemble",
    version="1",
    description="Workshop software that keeps the books in step: its services, for programs.",
    urls_namespace="api",
    # A page that shows the document would come from a CDN, which our policy keeps out.
    docs_url=None,
    auth=Undeclared(),
    parser=ExactParser(),
    renderer=ExactRenderer(),
)
api.add_router("/", businesses.router)
api.add_router("/accounting-items", accounting_items.router)
# Before the runs: its address looks like one of theirs.
api.add_router("/item-syncs", waiting_syncs.router)
api.add_router("/item-syncs", item_syncs.router)
api.add_router("/item-syncs", sync_comparisons.router)
api.add_router("/item-syncs", sync_corrections.router)
api.add_router("/ledger-accounts", ledger_accounts.router)
api.add_router("/products", products.router)
api.add_router("/stock-adjustments", stock_adjustments.router)
api.add_router("/stock-entries", stock_entries.router)
api.add_router("/vendors", vendors.router)

urlpatterns = [path("v1/", api.urls)]
