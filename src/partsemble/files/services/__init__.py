"""Everything that writes imports of files."""
