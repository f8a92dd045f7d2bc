"""Linear algebra on one thread: on small matrices several mostly wait for each other, and they add up in an order of their own, so that
the last bits would depend on the machine."""

from contextlib import AbstractContextManager

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]


def single_threaded() -> AbstractContextManager[object]:
    """What is fitted inside is fitted by one thread."""
    limits: AbstractContextManager[object] = threadpool_limits(limits=1)
    return limits
