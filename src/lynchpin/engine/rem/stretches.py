"""A total rate, read off a few instants of a stretch of time: its integral, and when that has reached a level.

What is read is taken for a polynomial through Chebyshev's instants, which is integrated as it stands.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.polynomial import chebyshev, polynomial

from lynchpin.engine.statistics.base import Floats


@cache
def reading(k: int) -> tuple[Floats, Floats]:
    """Instants in (0, 1], and (k + 1, k) what makes the coefficients of the integral from 0 of what they read.

    Examples
    --------
    >>> x, integral = reading(3)
    >>> bool(abs(integral.sum(axis=0) @ x**2 - 1 / 3) < 1e-14)
    True
    """
    if k == 1:
        return np.ones(1), np.array([[0.0], [1.0]])
    x = (1.0 + np.cos(np.pi * (np.arange(k, 0, -1) - 0.5) / k)) / 2.0
    to_chebyshev = np.linalg.inv(chebyshev.chebvander(2.0 * x - 1.0, k - 1))
    columns = []
    for coefficients in to_chebyshev.T:
        integral = chebyshev.chebint(coefficients, lbnd=-1.0) / 2.0
        power = chebyshev.cheb2poly(integral)
        columns.append(_of_unit(np.asarray(power, float), k))
    return x, np.array(columns).T


def _of_unit(power: Floats, k: int) -> Floats:
    """A polynomial of 2 x - 1 as one of x: (k + 1,)"""
    out, base = np.zeros(k + 1), np.array([1.0])
    for coefficient in power:
        out[: base.size] += coefficient * base
        base = polynomial.polymul(base, [-1.0, 2.0])
    return out


def integral_of(totals: Floats, length: float) -> float:
    """Of the total rate over the stretch."""
    _, integral = reading(totals.size)
    return float((integral @ totals).sum()) * length


def used_up_after(totals: Floats, left: float, length: float) -> float | None:
    """How long it takes until the integral of the total rate is `left`; None: longer than the stretch."""
    if integral_of(totals, length) < left:
        return None
    if totals.size == 1:
        return left / float(totals[0])
    _, integral = reading(totals.size)
    power = (integral @ totals)[::-1].tolist()
    aim, low, high = left / length, 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2.0
        value = 0.0
        for coefficient in power:
            value = value * middle + coefficient
        low, high = (middle, high) if value < aim else (low, middle)
    return (low + high) / 2.0 * length
