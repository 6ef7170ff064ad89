"""The rate model: how many events of a class a dyad has in a step, Poisson or negative binomial.

Negative binomial (NB2) with mean mu and size theta has variance mu + mu^2 / theta; theta = inf is the Poisson. `eta`
is the log mean. Shapes are whatever broadcasts; counts are whole numbers >= 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from lynchpin.models._rate_kernel import size_slope
from lynchpin.statistics._base import Floats

Counts = NDArray[np.int64]

#: The sizes that the dispersion is searched between; beyond the upper one a negative binomial is a Poisson.
SMALLEST_SIZE, LARGEST_SIZE = 1e-2, 1e4


def log_likelihood(y: Counts, eta: Floats, theta: float) -> Floats:
    """Log probability of each count.

    References
    ----------
    Cameron and Trivedi (2013), Regression Analysis of Count Data, 2nd ed., sect. 3.3 (NB2, alpha = 1 / theta).

    Examples
    --------
    >>> log_likelihood(np.array([0, 2]), np.zeros(2), np.inf).round(4)
    array([-1.    , -1.6931])
    """
    mu = np.exp(eta)
    if np.isinf(theta):
        return np.asarray(y * eta - mu - gammaln(y + 1.0))
    tail = -(y + theta) * np.log1p(mu / theta) + y * (eta - np.log(theta))
    out = np.array(tail)
    seen = y > 0  # the gamma terms vanish at zero, where nearly all counts are
    k = y[seen]
    out[seen] += gammaln(k + theta) - gammaln(theta) - gammaln(k + 1.0)
    return out


def score(y: Counts, eta: Floats, theta: float) -> Floats:
    """Derivative of the log probability by eta."""
    mu = np.exp(eta)
    return np.asarray(y - mu) if np.isinf(theta) else np.asarray((y - mu) / (1.0 + mu / theta))


def information(y: Counts, eta: Floats, theta: float) -> Floats:
    """Minus the second derivative of the log probability by eta: observed, not expected. > 0."""
    mu = np.exp(eta)
    if np.isinf(theta):
        return np.asarray(mu)
    return np.asarray(mu * (1.0 + y / theta) / (1.0 + mu / theta) ** 2)


def best_size(y: Counts, eta: Floats, tolerance: float = 1e-3) -> float:
    """The size theta of highest likelihood, given the means; inf where a Poisson does as well.

    The slope by log theta is brought to zero by Newton's steps, halving the bracket where one would leave it.

    Parameters
    ----------
    y, eta : arrays of one shape
    tolerance : float, on the log of the size

    Returns
    -------
    float, between SMALLEST_SIZE and LARGEST_SIZE, or inf
    """
    mu = np.exp(eta)
    low, high, at = np.log(SMALLEST_SIZE), np.log(LARGEST_SIZE), 0.0
    step = high - low
    while abs(step) > tolerance and high - low > tolerance:
        slope, curvature = size_slope(y, mu, np.exp(at))
        low, high = (at, high) if slope > 0.0 else (low, at)
        step = -slope / curvature if curvature < 0.0 else np.inf
        if not low < at + step < high:
            step = (low + high) / 2.0 - at
        at += step
    theta = float(np.exp(at))
    gain = log_likelihood(y, eta, theta).sum() - log_likelihood(y, eta, np.inf).sum()
    return theta if gain > 1e-6 else float("inf")
