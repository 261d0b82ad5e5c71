"""Addresses of products, below a business."""

from django.urls import path

from partsemble.web.products import activity, linking, views

urlpatterns = [
    path("", views.products, name="products"),
    path("download/", views.download_products, name="download_products"),
    path("new/", views.new_product, name="new_product"),
    path("<uuid:product_id>/", views.product, name="product"),
    path("<uuid:product_id>/activity/", activity.product_activity, name="product_activity"),
    path("<uuid:product_id>/edit/", views.change_product, name="change_product"),
    path("<uuid:product_id>/link/", linking.choose_item, name="choose_item"),
    path("<uuid:product_id>/link/<uuid:item_id>/", linking.link_item, name="link_item"),
    path("<uuid:product_id>/unlink/", linking.unlink_item, name="unlink_item"),
    path("<uuid:product_id>/take-over/", linking.take_over, name="take_over_sku"),
    path("<uuid:product_id>/active/", views.activate_product, name="activate_product"),
]
