"""The QuickBooks Online accounting API, version 3, as it looks from outside."""
