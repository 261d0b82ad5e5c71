"""Everything that changes accounting, a module per subject."""
