"""The log of calls to the accounting system, for the business's own people (LOG-3)."""
