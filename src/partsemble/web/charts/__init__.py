"""Pictures of figures: SVG made on the server, for screens, paper and tests alike."""
