"""Everything that changes runs and the mirror: starting, reading, applying, ending."""
