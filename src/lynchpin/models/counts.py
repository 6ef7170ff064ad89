"""Counts per dyad and step that vary more than Poisson: negative binomial with quadratic variance (NB2).

    mean mu = exposure * exp(eta), variance mu + mu ** 2 / size

The last coefficient is log size. Its information with the others is zero in expectation and is left out. References:
Hilbe (2011), Negative Binomial Regression, ch. 8.
"""

from __future__ import annotations

import numpy as np
from scipy.special import digamma, gammaln, polygamma

from lynchpin.errors import DidNotConverge
from lynchpin.models.rows import Block, Sums, Terms, moments
from lynchpin.statistics._base import Floats

#: Above it a negative binomial is Poisson to eight digits.
LARGEST_LOG_SIZE = 16.0


def sums(block: Block, parameters: Floats) -> Sums:
    """Log-likelihood, gradient and observed information of a block; parameters: (columns + 1,), the last is log size.

    Raises
    ------
    DidNotConverge : the size runs off, because the counts vary no more than Poisson counts
    """
    k = parameters.size - 1
    _refuse_poisson(float(parameters[k]))
    found = terms(block, block.eta(parameters[:k]), float(parameters[k]))
    gradient, information = np.empty(k + 1), np.zeros((k + 1, k + 1))
    gradient[:k] = block.X @ found.score
    information[:k, :k] = moments(block.X, found.curvature)[1]
    assert found.size is not None
    gradient[k], information[k, k] = found.size
    return Sums(found.value, gradient, information)


def terms(block: Block, eta: Floats, log_size: float) -> Terms:
    """The same, row by row; eta: (rows,).

    Raises
    ------
    DidNotConverge : the size runs off
    """
    _refuse_poisson(log_size)
    size = float(np.exp(log_size))
    eta = eta + np.repeat(np.log(block.exposure), np.diff(block.ptr))
    mu = np.exp(eta)
    share = mu / size
    log_one = np.log1p(share)
    one = 1.0 + share
    row, y = block.seen_row, block.seen_count
    value = -size * float(log_one.sum())
    value += float((y * (eta[row] - log_size - log_one[row])).sum())
    value += float((gammaln(y + size) - gammaln(size) - gammaln(y + 1.0)).sum())
    score = -mu / one
    score[row] += y / one[row]
    weight = mu / one**2
    weight[row] *= 1.0 + y / size
    # in size, then in log size
    slope = float((share / one - log_one).sum()) + float(
        (digamma(y + size) - digamma(size) - y / (size * one[row])).sum()
    )
    bend = float(((share / one) ** 2).sum()) / size + float(
        (polygamma(1, y + size) - polygamma(1, size) + y / (size * one[row]) ** 2).sum()
    )
    curve = -(size * slope + size**2 * bend)
    in_size = (size * slope, curve if curve > 0 else abs(size * slope) + 1e-12)
    return Terms(value, score, weight, np.empty((0, mu.size)), size=in_size)


def _refuse_poisson(log_size: float) -> None:
    if log_size > LARGEST_LOG_SIZE:
        raise DidNotConverge("the counts vary no more than Poisson counts", "log size", "use counts=poisson")
