"""Settings → API tokens: which programs may act for this business, and for whom."""
