"""Identity as a Django app."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """Users, businesses, memberships, activity."""

    name = "partsemble.identity"
    label = "identity"
    verbose_name = "People and businesses"
