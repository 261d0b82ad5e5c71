"""Partsemble: a small manufacturer's workshop, in step with its books."""
