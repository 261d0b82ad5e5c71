"""One module per command; `partsemble.cli.main` gathers them."""
