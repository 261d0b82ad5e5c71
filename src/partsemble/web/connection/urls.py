"""Addresses about the connection; the one people are sent back to knows no business."""

from django.urls import path

from partsemble.web.connection.views import (
    begin_consent,
    finish_consent,
    give_up_connection,
    show_integrations,
)

callback_urls = [path("connect/qbo/callback", finish_consent, name="qbo_callback")]
urlpatterns = [
    path("settings/integrations/", show_integrations, name="integrations"),
    path("settings/integrations/connect/", begin_consent, name="begin_consent"),
    path("settings/integrations/disconnect/", give_up_connection, name="give_up_connection"),
]
