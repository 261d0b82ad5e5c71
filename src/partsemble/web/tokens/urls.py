"""Addresses of API tokens, below a business's Settings."""

from django.urls import path

from partsemble.web.tokens import views

urlpatterns = [
    path("", views.api_tokens, name="api_tokens"),
    path("<uuid:token_id>/revoke/", views.revoke_api_token, name="revoke_api_token"),
]
