"""The ordinal and interval likelihoods with an effect for every sender and every receiver.

Parameters are the columns' coefficients, then one effect per actor as sender, then one per actor as receiver. The
effects are no columns: their part of the curvature is sums of exp(eta) by sender, by receiver and by dyad. Given their
variances, a normal prior pools them: what lme4 calls crossed random intercepts, by Laplace's approximation.
"""

from __future__ import annotations

import numpy as np

from lynchpin.models._row_kernels import end_sums, less_group_maximum
from lynchpin.models.rows import Block, Sums, group_sums, moments
from lynchpin.statistics._base import Floats


def sums(block: Block, parameters: Floats, n: int, *, ordinal: bool) -> Sums:
    """Log-likelihood, gradient and observed information of a block.

    Parameters
    ----------
    block : Block with `i` and `j`
    parameters : ndarray, shape (columns + 2 n,)
    n : int, actors
    ordinal : bool, the ordinal likelihood (Breslow) in place of the interval one
    """
    k, p = block.X.shape[0], parameters.size
    assert block.i is not None and block.j is not None
    eta = block.eta(parameters[:k]) + parameters[k + block.i] + parameters[k + n + block.j]
    groups, sizes = block.ptr.size - 1, np.diff(block.ptr)
    value = float(block.seen_count @ eta[block.seen_row])
    if block.log_weight is not None:
        value -= float(block.seen_count @ block.log_weight[block.seen_row])
    events = group_sums(block.seen_count, block.seen_ptr)
    gradient, information = np.zeros(p), np.zeros((p, p))
    gradient[:k] = block.X[:, block.seen_row] @ block.seen_count
    np.add.at(gradient, k + block.i[block.seen_row], block.seen_count)
    np.add.at(gradient, k + n + block.j[block.seen_row], block.seen_count)
    if ordinal:
        taken = less_group_maximum(eta, block.ptr, np.full(groups, -np.inf))
        w = np.exp(eta, out=eta)
        total = group_sums(w, block.ptr)
        value -= float(events @ (taken + np.log(total)))
        w *= np.repeat(events / total, sizes)
    else:
        w = np.exp(eta, out=eta)
        w *= np.repeat(block.exposure, sizes)
        value -= float(w.sum())
    mean, by_sender, by_receiver, by_dyad = (
        np.zeros((groups, p)),
        np.zeros((n, k)),
        np.zeros((n, k)),
        np.zeros((n, n)),
    )
    end_sums(block.X, w, block.ptr, block.i, block.j, mean, by_sender, by_receiver, by_dyad)
    gradient -= mean.sum(axis=0)
    s, r = slice(k, k + n), slice(k + n, p)
    information[:k, :k] = moments(block.X, w)[1]
    information[s, :k], information[r, :k], information[s, r] = by_sender, by_receiver, by_dyad
    information[:k, s], information[:k, r], information[r, s] = by_sender.T, by_receiver.T, by_dyad.T
    information[s, s], information[r, r] = np.diag(by_dyad.sum(axis=1)), np.diag(by_dyad.sum(axis=0))
    if ordinal:
        mean *= np.where(events > 0, 1.0 / np.sqrt(np.maximum(events, 1.0)), 0.0)[:, None]
        information -= mean.T @ mean
    return Sums(value, gradient, information)
