"""The composition root: settings, addresses, logging, start-up checks."""
