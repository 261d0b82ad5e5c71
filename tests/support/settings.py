"""The application's own settings, read from the environment of the tests."""

import tests.support.environment  # noqa: F401 it has to be first: it sets what the settings read

from partsemble.config.settings import *  # noqa: F403

# A stored hash names its rounds, so programs that a test starts verify it like any other.
PASSWORD_HASHERS = ["tests.support.hashers.QuickHasher"]
