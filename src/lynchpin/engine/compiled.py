"""Kernels: plain functions of arrays that numba compiles, and that run as they stand where little is asked of them.

Loading numba with what it has compiled takes a third of a second and a hundred megabytes: more than all the rest of a
small fit. `njit` therefore loads it only when a kernel is first called, and within `plainly(True)` not at all: kernels
then run as the Python that they are written in, and the loops inside, which would be slow, as the numpy that stands
beside them (`plain`). Both give the same numbers but for the order of sums.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property, update_wrapper
from typing import Any

import numpy as np

#: Numbers in the columns of a fit, and groups of it, up to which numpy takes far less time than loading numba. Fits of
#: this size take up to 70 ms, compiled ones 15: a program that makes many of them should not be much slower.
_NUMBERS, _GROUPS = 1_000_000, 500

_is_plain: ContextVar[bool] = ContextVar("_is_plain", default=False)


def is_small(numbers: int, groups: int) -> bool:
    """Whether a job is done sooner than numba is loaded: so many numbers, in so many groups of a plan."""
    return numbers <= _NUMBERS and groups <= _GROUPS


@contextmanager
def plainly(wanted: bool) -> Iterator[None]:
    """Run kernels without numba while it lasts, where that is wanted; else change nothing.

    The choice is to rest on the job alone, so that the same input gives the same digits.
    """
    if not wanted:
        yield
        return
    token = _is_plain.set(True)
    try:
        with np.errstate(all="ignore"):  # compiled code does not warn either
            yield
    finally:
        _is_plain.reset(token)


def is_plain() -> bool:
    """Whether kernels now run without numba: for who hands work to threads and processes of their own."""
    return _is_plain.get()


class LazyKernel:
    """A function that is compiled when it is first called, by itself or by another kernel.

    Attributes
    ----------
    py_func : the function as it is written
    plain : what stands for it where nothing is compiled: numpy with the same answer, or the function itself
    """

    def __init__(self, function: Callable[..., Any], plain: Callable[..., Any] | None, options: dict[str, Any]) -> None:
        update_wrapper(self, function)
        self.py_func, self.plain = function, plain or function
        self.targetoptions = options  # numba looks here for inline="always", which spares compiling a loop by itself

    def __call__(self, *given: Any) -> Any:
        return self.plain(*given) if _is_plain.get() else self.compiled(*given)

    @cached_property
    def compiled(self) -> Callable[..., Any]:
        """What numba makes of it."""
        import numba

        made: Callable[..., Any] = numba.njit(**self.targetoptions)(self.py_func)
        return made

    @property
    def _numba_type_(self) -> Any:
        """What another kernel that calls this one is compiled against: numba asks for it by this name."""
        return self.compiled._numba_type_  # type: ignore[attr-defined]


def njit(*, plain: Callable[..., Any] | None = None, **options: Any) -> Callable[[Callable[..., Any]], LazyKernel]:
    """Make a kernel of a function: as `numba.njit`, later.

    Parameters
    ----------
    plain : function of the same arguments with the same answer and effects, in numpy; None: the function as it stands
    options : of `numba.njit`
    """
    return lambda function: LazyKernel(function, plain, options)
