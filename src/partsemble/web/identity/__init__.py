"""Who one is and for which business one works."""
