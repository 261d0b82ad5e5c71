"""What a person may do, as named permissions (BIZ-2)."""

from enum import StrEnum


class Permission(StrEnum):
    """One row of the permission matrix; the value is stable and stored."""

    MANAGE_TEAM = "manage_team"
    MANAGE_SETTINGS = "manage_settings"
    MANAGE_CONNECTION = "manage_connection"
    RUN_SYNC = "run_sync"
    EXPORT = "export"
    VIEW_INVENTORY = "view_inventory"
    MANAGE_PRODUCTS = "manage_products"
    EXECUTE_BUILDS = "execute_builds"
    APPROVE_BUILDS = "approve_builds"
    ADJUST_STOCK = "adjust_stock"
    VIEW_SALES = "view_sales"
    VIEW_SYNC_LOG = "view_sync_log"


ALL_PERMISSIONS = frozenset(Permission)
