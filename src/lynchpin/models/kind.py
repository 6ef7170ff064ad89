"""The type model: of which type an event is, given that it happens. A multinomial logit against the first type.

    P(type c) proportional to exp(eta_c), eta of the first type zero

With two types (conflict, cooperation) it is a logistic regression. Reference: McFadden (1974), Conditional logit
analysis of qualitative choice behavior.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lynchpin.models.rows import Sums, moments
from lynchpin.statistics._base import Floats


def sums(X: Floats, kind: NDArray[np.int64], beta: Floats) -> Sums:
    """Log-likelihood, gradient and information.

    Parameters
    ----------
    X : ndarray, shape (columns, events)
    kind : ndarray of int, shape (events,), 0 .. kinds - 1
    beta : ndarray, shape ((kinds - 1) * columns,): the columns of the second type, then of the third, ...
    """
    k = X.shape[0]
    others = beta.size // k
    eta = np.vstack([np.zeros(X.shape[1]), beta.reshape(others, k) @ X])
    eta -= eta.max(axis=0)
    log_p = eta - np.log(np.exp(eta).sum(axis=0))
    p = np.exp(log_p)
    gradient, information = np.empty(beta.size), np.empty((beta.size, beta.size))
    for a in range(others):
        mine = slice(a * k, (a + 1) * k)
        gradient[mine] = X @ ((kind == a + 1) - p[a + 1])
        for b in range(a + 1):
            block = moments(X, p[a + 1] * ((a == b) - p[b + 1]))[1]
            information[mine, b * k : (b + 1) * k] = block
            information[b * k : (b + 1) * k, mine] = block
    return Sums(float(log_p[kind, np.arange(kind.size)].sum()), gradient, information)


def null_value(kind: NDArray[np.int64]) -> float:
    """The log-likelihood of the shares of the types."""
    count = np.bincount(kind).astype(float)
    count = count[count > 0]
    return float((count * np.log(count / count.sum())).sum())
