"""Programs that simulations start, pause and kill; each has a `main` that is told its arguments.

`python -m tests.simulation.programs NAME …` runs one on the database of the test that starts it.
"""

import sys


def say(*words: object) -> None:
    """This will tell the test something, at once."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()
