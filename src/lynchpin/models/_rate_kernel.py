"""One pass over a unit's rows: log-likelihood, gradient and observed information of the rate model.

The slow, readable form of the same is in `rate`: `log_likelihood`, `score`, `information`. Tests hold the two together.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def unit_sums(y, X, offset, beta, theta):  # pragma: no cover - measured uncompiled
    """y: (rows,) counts; X: (rows, k); offset: (rows,); beta: (k,); theta: size, inf for Poisson.

    -> log-likelihood, gradient (k,), information (k, k)
    """
    rows, k = X.shape
    gradient, information = np.zeros(k), np.zeros((k, k))
    value = 0.0
    poisson = math.isinf(theta)
    for r in range(rows):
        eta = offset[r]
        for a in range(k):
            eta += X[r, a] * beta[a]
        mu = math.exp(eta)
        n = y[r]
        if poisson:
            value += n * eta - mu - (math.lgamma(n + 1.0) if n > 0 else 0.0)
            score, weight = n - mu, mu
        else:
            share = mu / theta
            value -= (n + theta) * math.log1p(share)
            if n > 0:
                value += (
                    n * (eta - math.log(theta)) + math.lgamma(n + theta) - math.lgamma(theta) - math.lgamma(n + 1.0)
                )
            score, weight = (n - mu) / (1.0 + share), mu * (1.0 + n / theta) / (1.0 + share) ** 2
        for a in range(k):
            x = X[r, a]
            if x != 0.0:
                gradient[a] += x * score
                for b in range(a + 1):
                    information[a, b] += x * weight * X[r, b]
    for a in range(k):
        for b in range(a):
            information[b, a] = information[a, b]
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
