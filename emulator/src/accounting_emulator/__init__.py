"""An emulator of the QuickBooks Online accounting API for tests and demonstrations."""
