"""Single-threaded linear algebra: on small matrices threads wait for each other, and their order of summing changes the last bits."""

from contextlib import AbstractContextManager

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]


def single_threaded() -> AbstractContextManager[object]:
    """Context in which fits use one thread."""
    limits: AbstractContextManager[object] = threadpool_limits(limits=1)
    return limits
