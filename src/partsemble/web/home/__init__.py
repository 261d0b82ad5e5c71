"""The page that a business starts on."""
