"""The command line `partsemble` (API-3)."""
