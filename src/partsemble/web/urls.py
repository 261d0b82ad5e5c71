"""Addresses of the screens, gathered from each area's folder."""

from django.urls import URLPattern, URLResolver, include, path

from partsemble.web.connection.urls import callback_urls
from partsemble.web.health import healthz, readyz

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("", include("partsemble.web.identity.urls")),
    path("", include("partsemble.web.style.urls")),
    *callback_urls,
    path("webhooks/", include("partsemble.web.webhooks.urls")),
    path("b/<slug:slug>/", include("partsemble.web.home.urls")),
    path("b/<slug:slug>/", include("partsemble.web.connection.urls")),
    path("b/<slug:slug>/settings/integrations/sync/", include("partsemble.web.sync.urls")),
    path("b/<slug:slug>/settings/integrations/sync-log/", include("partsemble.web.calls.urls")),
    path("b/<slug:slug>/settings/integrations/", include("partsemble.web.books.urls")),
    path("b/<slug:slug>/settings/", include("partsemble.web.features.urls")),
    path("b/<slug:slug>/settings/api-tokens/", include("partsemble.web.tokens.urls")),
    path("b/<slug:slug>/inventory/products/files/", include("partsemble.web.files.urls")),
    path("b/<slug:slug>/inventory/products/", include("partsemble.web.products.urls")),
    path("b/<slug:slug>/inventory/", include("partsemble.web.inventory.urls")),
    path("b/<slug:slug>/inventory/", include("partsemble.web.stock.urls")),
]
