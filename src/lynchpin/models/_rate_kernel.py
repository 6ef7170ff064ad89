"""One pass over a unit's rows: log-likelihood, gradient and observed information of the rate model.

The slow, readable form of the same is in `rate`: `log_likelihood`, `score`, `information`. Tests hold the two together.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

#: log(1 + mu / theta) is taken of the product of so many rows as stay below this: one logarithm instead of hundreds.
_LARGEST_PRODUCT = 1e100


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
def unit_sums(y, X, offset, beta, theta):  # pragma: no cover - measured uncompiled
    """y: (rows,) counts; X: (rows, k), column by column in memory; offset: (rows,); beta: (k,); theta: size, or inf.

    -> log-likelihood, gradient (k,), information (k, k)
    """
    rows, k = X.shape
    eta = offset.copy()
    for a in range(k):
        column, slope = X[:, a], beta[a]
        for r in range(rows):
            eta[r] += column[r] * slope
    poisson = math.isinf(theta)
    score, weight = np.empty(rows), np.empty(rows)
    value, product = 0.0, 1.0
    for r in range(rows):
        mu, n = math.exp(eta[r]), y[r]
        if poisson:
            value -= mu
            if n > 0:
                value += n * eta[r] - math.lgamma(n + 1.0)
            score[r], weight[r] = n - mu, mu
            continue
        more = 1.0 + mu / theta
        if n > 0:
            value += n * (eta[r] - math.log(theta * more))
            value += math.lgamma(n + theta) - math.lgamma(theta) - math.lgamma(n + 1.0)
        product *= more
        if product > _LARGEST_PRODUCT:
            value -= theta * math.log(product)
            product = 1.0
        score[r], weight[r] = (n - mu) / more, mu * (1.0 + n / theta) / (more * more)
    if not poisson:
        value -= theta * math.log(product)
    gradient, information = np.empty(k), np.empty((k, k))
    for a in range(k):
        column = X[:, a]
        total = 0.0
        for r in range(rows):
            total += column[r] * score[r]
        gradient[a] = total
        weighted = column * weight
        for b in range(a + 1):
            other = X[:, b]
            total = 0.0
            for r in range(rows):
                total += weighted[r] * other[r]
            information[a, b] = total
            information[b, a] = total
    return value, gradient, information


@njit(cache=True, nogil=True)
def size_slope(y, mu, theta):  # pragma: no cover - measured uncompiled
    """y: (rows,) counts; mu: (rows,) means; theta: size, finite -> slope, curvature by log theta

    For a whole number n, digamma(n + theta) - digamma(theta) is the sum of 1 / (theta + k), k = 0 .. n - 1.
    """
    slope, curvature = 0.0, 0.0
    for r in range(y.size):
        n, m = y[r], mu[r]
        both = theta + m
        slope += (m - n) / both - math.log1p(m / theta)
        curvature += m / (theta * both) - (m - n) / (both * both)
        for k in range(n):
            slope += 1.0 / (theta + k)
            curvature -= 1.0 / (theta + k) ** 2
    return theta * slope, theta * slope + theta * theta * curvature
