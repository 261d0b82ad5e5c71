"""The ledger: what is in stock, what it is worth, and every event that made it so."""
