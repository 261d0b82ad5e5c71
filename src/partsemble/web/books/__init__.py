"""The books' accounts and vendors as the accountant looks them up."""
