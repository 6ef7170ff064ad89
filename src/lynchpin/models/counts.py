"""Counts per dyad and step that vary more than Poisson: negative binomial with quadratic variance (NB2).

    mean mu = exposure * exp(eta), variance mu + mu ** 2 / size

The last coefficient is log size. Its information with the others is zero in expectation and is left out. References:
Hilbe (2011), Negative Binomial Regression, ch. 8.
"""

from __future__ import annotations

import numpy as np
from scipy.special import digamma, gammaln, polygamma

from lynchpin.errors import DidNotConverge
from lynchpin.models.rows import Block, Sums, moments
from lynchpin.statistics._base import Floats

#: Above it a negative binomial is Poisson to eight digits.
LARGEST_LOG_SIZE = 16.0


def sums(block: Block, parameters: Floats) -> Sums:
    """Log-likelihood, gradient and observed information of a block; parameters: (columns + 1,), the last is log size.

    Raises
    ------
    DidNotConverge : the size runs off, because the counts vary no more than Poisson counts
    """
    if parameters[-1] > LARGEST_LOG_SIZE:
        raise DidNotConverge("the counts vary no more than Poisson counts", "log size", "use counts=poisson")
    beta, size = parameters[:-1], float(np.exp(parameters[-1]))
    k = beta.size
    eta = block.eta(beta) + np.repeat(np.log(block.exposure), np.diff(block.ptr))
    mu = np.exp(eta)
    share = mu / size
    log_one = np.log1p(share)
    one = 1.0 + share
    row, y = block.seen_row, block.seen_count
    value = -size * float(log_one.sum())
    value += float((y * (eta[row] - np.log(size) - log_one[row])).sum())
    value += float((gammaln(y + size) - gammaln(size) - gammaln(y + 1.0)).sum())
    score = -mu / one
    score[row] += y / one[row]
    weight = mu / one**2
    weight[row] *= 1.0 + y / size
    gradient, information = np.zeros(k + 1), np.zeros((k + 1, k + 1))
    gradient[:k] = block.X @ score
    information[:k, :k] = moments(block.X, weight)[1]
    # in size, then in log size
    slope = float((share / one - log_one).sum()) + float(
        (digamma(y + size) - digamma(size) - y / (size * one[row])).sum()
    )
    bend = float(((share / one) ** 2).sum()) / size + float(
        (polygamma(1, y + size) - polygamma(1, size) + y / (size * one[row]) ** 2).sum()
    )
    gradient[k] = size * slope
    curve = -(size * slope + size**2 * bend)
    information[k, k] = curve if curve > 0 else abs(size * slope) + 1e-12
    return Sums(value, gradient, information)
