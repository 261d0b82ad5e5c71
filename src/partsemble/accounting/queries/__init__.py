"""Everything that reads accounting, a module per subject."""
