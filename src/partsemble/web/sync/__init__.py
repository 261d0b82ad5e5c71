"""Sync Items: what is read, the run as it goes, and the report."""
