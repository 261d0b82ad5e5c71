"""Every address of the application."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("account/", include("allauth.urls")),
    path("staff/", admin.site.urls),
    path("api/", include("partsemble.api.urls")),
    path("", include("partsemble.web.urls")),
]

handler400 = "partsemble.web.errors.bad_request"
handler403 = "partsemble.web.errors.forbidden"
handler404 = "partsemble.web.errors.not_found"
handler429 = "partsemble.web.errors.too_many"  # allauth's rate limits look for it
handler500 = "partsemble.web.errors.crash"
