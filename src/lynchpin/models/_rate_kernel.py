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
def size_value(y, eta, theta):  # pragma: no cover - measured uncompiled
    """y: (rows,) counts; eta: (rows,) log means; theta: size, finite -> log-likelihood"""
    value = 0.0
    for r in range(y.size):
        n = y[r]
        value -= (n + theta) * math.log1p(math.exp(eta[r]) / theta)
        if n > 0:
            value += n * (eta[r] - math.log(theta)) + math.lgamma(n + theta) - math.lgamma(theta) - math.lgamma(n + 1.0)
    return value
