"""Addresses of a person's way to a business."""

from django.urls import path

from partsemble.web.identity.views import choose_business, choose_theme, create_business, root

urlpatterns = [
    path("", root, name="root"),
    path("theme/", choose_theme, name="choose_theme"),
    path("businesses/", choose_business, name="choose_business"),
    path("businesses/new/", create_business, name="create_business"),
]
