"""Addresses of the screens, gathered from each area's folder."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
