"""Addresses of the books' lists, below a business's Settings → Integrations."""

from django.urls import path

from partsemble.web.books import views

urlpatterns = [
    path("accounts/", views.show_accounts, name="ledger_accounts"),
    path("vendors/", views.show_vendors, name="vendors"),
]
