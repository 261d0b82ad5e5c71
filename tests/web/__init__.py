"""The screens, through Django's own client."""
