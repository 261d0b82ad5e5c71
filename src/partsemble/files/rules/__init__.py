"""Pure decisions about tables of products."""
