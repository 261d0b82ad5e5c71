"""Inventory: so far the accounting items."""
