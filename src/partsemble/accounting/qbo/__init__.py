"""QuickBooks Online, accounting API version 3, minor version 75."""
