"""SQLite as Django knows it, but for how a transaction waits for its turn."""
