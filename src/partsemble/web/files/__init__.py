"""Screens on which products come out of files."""
