"""Reading the books: runs, plans, and bringing the mirror in step."""
