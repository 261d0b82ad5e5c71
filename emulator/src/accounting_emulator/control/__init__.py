"""The control API: everything a test or a bookkeeper does to the emulator, as JSON."""
