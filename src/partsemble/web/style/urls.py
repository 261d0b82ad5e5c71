"""Addresses of the style page."""

from django.urls import path

from partsemble.web.style.views import style_page

urlpatterns = [path("style/", style_page, name="style_page")]
