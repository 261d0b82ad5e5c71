"""Products: what a workshop stocks, builds and sells, whoever keeps its books."""
