"""The ordinal likelihood: which dyad acts next, given that one does. A Cox partial likelihood stratified by time point.

    log L = sum over events of eta - sum over groups of the log of the sum of exp(eta) of all that could have acted

with as many logarithms as there are simultaneous events: all with the whole sum (Breslow), or each with less of the
events themselves (Efron). A dyad with several events of one time stands once in Breslow's sum, and as often as it has
events in Efron's, as in a table with a row for each event. Exact ties are in `exact`. The choice of a receiver is the
same with a sender's receivers as the group. References: Butts (2008), Sociological Methodology 38; Cox (1975),
Biometrika 62; Efron (1977), J. American Statistical Association 72.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from lynchpin.engine.likelihoods._kernels import less_group_maximum, strata_sums, strata_terms
from lynchpin.engine.likelihoods.idle import IdleEffects, SharedSums
from lynchpin.engine.likelihoods.likelihood import Likelihood, Margins, Needs
from lynchpin.engine.likelihoods.rows import Block, Sums, Terms, group_sums
from lynchpin.engine.statistics.base import Floats, Ints


def sums(block: Block, beta: Floats, *, efron: bool = False) -> Sums:
    """Log-likelihood, gradient and observed information of a block.

    Parameters
    ----------
    block : Block
    beta : ndarray, shape (columns,)
    efron : bool, Efron's treatment of simultaneous events in place of Breslow's
    """
    k, groups = beta.size, block.ptr.size - 1
    eta = block.eta(beta)
    events = group_sums(block.seen_count, block.seen_ptr)
    value = float(block.seen_count @ eta[block.seen_row])
    if block.log_weight is not None:  # a case stands for itself
        value -= float(block.seen_count @ block.log_weight[block.seen_row])
    gradient = block.X[:, block.seen_row] @ block.seen_count
    second, per_row = np.zeros((k, k)), np.zeros(groups)
    idle = None if block.shared is None else SharedSums(block.shared, beta)
    floor = np.full(groups, -np.inf) if idle is None else idle.top
    taken = less_group_maximum(eta, block.ptr, floor)
    w = np.exp(eta, out=eta)
    if block.sign is not None:
        w *= block.sign
    extra, extra_first = (np.zeros(groups), np.zeros((groups, k))) if idle is None else idle.first(taken)
    value += strata_sums(
        block.X,
        w,
        block.ptr,
        block.seen_ptr,
        block.seen_row,
        block.seen_count,
        efron,
        extra,
        extra_first,
        gradient,
        second,
        per_row,
    )
    value -= float(events @ np.where(events > 0, taken, 0.0))
    information = second + np.tril(second, -1).T
    if idle is not None:
        information += idle.second(taken, per_row)
    return Sums(value, gradient, information)


def terms(block: Block, eta: Floats, idle: IdleEffects | None = None, *, efron: bool = False) -> Terms:
    """The same, row by row; eta: (rows,), with the log weight of sampled rows; it is overwritten."""
    seen, count, groups = block.seen_row, block.seen_count, block.ptr.size - 1
    value = float(count @ eta[seen])
    if block.log_weight is not None:
        value -= float(count @ block.log_weight[seen])
    taken = less_group_maximum(eta, block.ptr, np.full(groups, -np.inf) if idle is None else idle.top)
    w = np.exp(eta, out=eta)
    if block.sign is not None:
        w *= block.sign
    extra = np.zeros(groups) if idle is None else idle.total(taken)
    score, curvature, means, everyone = np.zeros(w.size), np.zeros(w.size), np.zeros((2, w.size)), np.zeros((2, groups))
    value += strata_terms(w, block.ptr, block.seen_ptr, seen, count, efron, extra, score, curvature, means, everyone)
    score[seen] += count
    events = group_sums(count, block.seen_ptr)
    value -= float(events @ np.where(events > 0, taken, 0.0))
    return Terms(value, score, curvature, means if efron else means[:1], everyone, taken)


def residual(block: Block, beta: Floats, *, efron: bool = False) -> Floats:
    """What happened less what was expected within its group, for every row."""
    return terms(block, block.eta(beta), efron=efron).score


def null_breslow(margins: Margins) -> float:
    """The log-likelihood when all that are compared are equally likely."""
    return -float(group_sums(margins.seen_count, margins.seen_ptr) @ np.log(margins.compared))


def null_efron(margins: Margins) -> float:
    """The same with Efron's denominators."""
    standing, events = standing_as_often(margins)
    return -sum(float(np.log(n - np.arange(d)).sum()) for n, d in zip(standing, events, strict=True) if d)


def standing_as_often(margins: Margins) -> tuple[Ints, Ints]:
    """How many are compared in each group when a dyad stands as often as it has events there, and how many events."""
    again = group_sums(margins.seen_count - 1.0, margins.seen_ptr).astype(np.int64)
    return margins.compared + again, group_sums(margins.seen_count, margins.seen_ptr).astype(np.int64)


BRESLOW = Likelihood(sums, terms, residual, null_breslow, Needs(ties=True, idle=True))
EFRON = replace(
    BRESLOW,
    sums=partial(sums, efron=True),
    terms=partial(terms, efron=True),
    residual=partial(residual, efron=True),
    null=null_efron,
)
