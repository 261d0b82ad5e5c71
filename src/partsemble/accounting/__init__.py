"""The gateway to somebody else's books: connection, adapters, and the mirror of their items."""
