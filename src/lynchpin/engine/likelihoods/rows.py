"""What the likelihoods of a stream share: the block of rows that they read, and the sums that they give back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lynchpin.engine.likelihoods._kernels import predictors, weighted_moments
from lynchpin.engine.statistics.base import Floats, Ints


class Shared(NamedTuple):
    """Dyads that are not among the rows, whose predictor is a sender's term plus a receiver's term.

    sender, receiver : columns that are a sender's (a receiver's) number; U : (len(sender), strata, n); V :
    (len(receiver), strata, n); everyone with everyone, the diagonal too: the rows take back what is counted too much.
    `constant` : columns that are one number for all dyads of a stratum, K : (len(constant), strata). stands_for : (n,),
    how many actors each stands for. A group has `per_group` strata, one after the other: one, or one for each type that
    is at risk.
    """

    sender: Ints
    receiver: Ints
    constant: Ints
    U: Floats
    V: Floats
    K: Floats
    stands_for: Floats
    per_group: int = 1


class Block(NamedTuple):
    """Some groups of a plan with their columns.

    X : (columns, rows); ptr : (groups + 1,), rows of each group; exposure : (groups,)
    seen_ptr : (groups + 1,); seen_row : positions among the rows; seen_count : how often each acted
    log_weight : (rows,) or None; sign : (rows,), what a row weighs, or None for all 1; shared : Shared or None
    dyad : (rows,), which dyad a row is, -1 for none, where senders, receivers or dyads have effects of their own
    i, j : (rows,), sender and receiver, where the likelihood needs to know them
    """

    X: Floats
    ptr: Ints
    exposure: Floats
    seen_ptr: Ints
    seen_row: Ints
    seen_count: Floats
    log_weight: Floats | None = None
    sign: Floats | None = None
    shared: Shared | None = None
    dyad: NDArray[np.int32] | None = None
    i: NDArray[np.int32] | None = None
    j: NDArray[np.int32] | None = None

    def eta(self, beta: Floats) -> Floats:
        """The linear predictor of every row, with the log weight of sampled ones."""
        eta = np.empty(self.X.shape[1])
        predictors(self.X, beta, eta)
        if self.log_weight is not None:
            eta += self.log_weight
        return eta


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """Log-likelihood, gradient and observed information of some groups; they add."""

    value: float
    gradient: Floats  # (p,)
    information: Floats  # (p, p)

    def __add__(self, other: Sums) -> Sums:
        return Sums(self.value + other.value, self.gradient + other.gradient, self.information + other.information)


class Terms(NamedTuple):
    """What a likelihood says of every row of a block, as a function of the row's predictor.

    score : (rows,), the slope; curvature : (rows,), minus the second derivative, less the part that is in
    means : (vectors, rows), of which the sums within a group, each times itself, come off the information
    size : slope and curvature in the log size of negative binomial counts, or None
    everyone : (2, groups) or None: what curvature and means are of a dyad that is not among the rows, times exp(eta -
        taken); its score is minus its curvature
    """

    value: float
    score: Floats
    curvature: Floats
    means: Floats
    everyone: Floats | None = None
    taken: Floats | None = None
    size: tuple[float, float] | None = None


def moments(X: Floats, w: Floats) -> tuple[Floats, Floats]:
    """Sums of w * x and of w * x x' over rows: shapes (columns,), (columns, columns)."""
    first, second = np.zeros(X.shape[0]), np.zeros((X.shape[0], X.shape[0]))
    weighted_moments(X, w, 0, w.size, 1.0, first, second)
    return first, second + np.tril(second, -1).T


def group_sums(values: NDArray[np.float64], ptr: Ints) -> Floats:
    """Sums within groups, empty groups giving zero."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    out: Floats = total[ptr[1:]] - total[ptr[:-1]]
    return out
