"""Screens of stock: its transactions, adjusting it, and what was there on a day."""
