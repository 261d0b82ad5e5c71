"""Features that a business switches on, and who is the master of quantities."""
