"""How many threads a fit works on. It changes no result, so it is no parameter of an estimator."""

import contextlib
import contextvars
import operator
import os

_here = contextvars.ContextVar("shoal_threads", default=None)
_everywhere = None


def _positive(number):
    number = operator.index(number)
    if number < 1:
        raise ValueError(f"the number of threads must be at least 1, but is {number}")
    return number


def get_threads():
    """The number of threads that a call works on: that of the innermost `with threads(n)`, or else of set_threads, or
    else all processors that this process may use, but no more than $OMP_NUM_THREADS where it is set (joblib sets it in
    its workers)."""
    if _here.get() is not None:
        return _here.get()
    if _everywhere is not None:
        return _everywhere
    usable = len(os.sched_getaffinity(0))
    limit = os.environ.get("OMP_NUM_THREADS", "").split(",")[0].strip()
    return min(usable, int(limit)) if limit.isdigit() and int(limit) > 0 else usable


def set_threads(number):
    """From now on calls of the whole process work on so many threads; None: as many as get_threads says by itself."""
    global _everywhere
    _everywhere = None if number is None else _positive(number)


@contextlib.contextmanager
def threads(number):
    """Within `with shoal.threads(4):` calls from this thread of Python work on so many threads."""
    token = _here.set(_positive(number))
    try:
        yield
    finally:
        _here.reset(token)
