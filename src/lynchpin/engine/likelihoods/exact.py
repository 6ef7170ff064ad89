"""Exact ties: the chance that, of all sets of as many dyads, those that acted at one time are the ones that did.

    log L = sum over groups of (sum over its events of eta - log of the sum over sets of d dyads of exp(sum of eta))

with d the number of simultaneous events. The sum over sets is an elementary symmetric polynomial of exp(eta), built up
dyad by dyad at a cost of dyads times events, as are its first two derivatives. A dyad with several events of one time
stands as often as it has events, as in a table with a row for each event. It is the conditional likelihood of matched
sets, also of a sample of controls: those are drawn once for all events of a group, and stand as they are. References:
Gail, Lubin and Rubinstein (1981), Likelihood calculations for matched case-control studies and survival studies with
tied death times, Biometrika 68; Cox (1972), J. Royal Statistical Society B 34.
"""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln

from lynchpin.engine.likelihoods._subset_kernels import subset_means, subset_sums
from lynchpin.engine.likelihoods.likelihood import Likelihood, Margins, Needs
from lynchpin.engine.likelihoods.ordinal import standing_as_often
from lynchpin.engine.likelihoods.rows import Block, Sums
from lynchpin.engine.statistics.base import Floats

#: Simultaneous events that are compared as one set; the cost grows with their number, and so do the sets.
MOST_TIED = 12


def sums(block: Block, beta: Floats) -> Sums:
    """Log-likelihood, gradient and observed information of a block whose groups have at most MOST_TIED events."""
    k = beta.size
    gradient, second = np.zeros(k), np.zeros((k, k))
    value = subset_sums(
        block.X, block.eta(beta), block.ptr, block.seen_ptr, block.seen_row, block.seen_count, gradient, second
    )
    return Sums(value, gradient, second + np.tril(second, -1).T)


def residual(block: Block, beta: Floats) -> Floats:
    """What happened less how often each row is expected among as many events, for every row."""
    out = np.zeros(block.X.shape[1])
    subset_means(block.eta(beta), block.ptr, block.seen_ptr, block.seen_row, block.seen_count, out)
    np.negative(out, out=out)
    out[block.seen_row] += block.seen_count
    return out


def null(margins: Margins) -> float:
    """The log-likelihood when all sets are equally likely."""
    n, d = standing_as_often(margins)
    return -float((gammaln(n + 1.0) - gammaln(d + 1.0) - gammaln(n - d + 1.0)).sum())


EXACT = Likelihood(sums, None, residual, null, Needs(ties=True, subsets=True))
