"""Screens of products."""
