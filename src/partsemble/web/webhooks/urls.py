"""Addresses that providers call."""

from django.urls import path

from partsemble.web.webhooks import views

urlpatterns = [path("qbo", views.hear_qbo, name="webhooks_qbo")]
