"""What a process has taken of memory."""

import resource


def measure_memory() -> float:
    """This will give the most memory that this process ever had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
