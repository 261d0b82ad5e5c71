"""Everything that reads the ledger."""
