"""Everything that writes the ledger."""
