"""A password hash that costs nothing, because tests make users by the hundred."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class QuickHasher(PBKDF2PasswordHasher):
    """Django's own hash with one round; every verifier of the algorithm accepts it."""

    iterations = 1
