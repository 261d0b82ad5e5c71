"""Connecting to the books, and the page that shows how the connection is."""
