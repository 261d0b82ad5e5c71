"""Addresses of products from files, below a business."""

from django.urls import path

from partsemble.web.files import views

urlpatterns = [
    path("", views.product_files, name="product_files"),
    path("<uuid:import_id>/", views.file_import, name="file_import"),
    path("<uuid:import_id>/import/", views.confirm_import, name="confirm_file_import"),
    path("<uuid:import_id>/check/", views.check_again, name="check_file_again"),
    path("<uuid:import_id>/errors/", views.download_faults, name="download_file_faults"),
]
