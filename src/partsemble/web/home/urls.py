"""Addresses of the home page."""

from django.urls import path

from partsemble.web.home.views import home

urlpatterns = [path("", home, name="home")]
