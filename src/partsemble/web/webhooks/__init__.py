"""Where providers tell us that something changed."""
