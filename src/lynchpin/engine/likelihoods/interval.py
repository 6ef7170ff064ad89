"""The interval likelihood: when the next event comes and which it is. Every dyad at risk has the rate exp(eta):

    log L = sum over events of eta - integral over time of the sum of exp(eta) of all that could have acted

Of the integral this knows but a sum, over groups, of exposure times the rates: a group is a wait in which rates stand
still, or an instant of one with what it weighs (`engine.rem.waits`). With steps of the calendar for exposure and counts
for events it is the Poisson rate model, up to terms without a coefficient, with rates as of the beginning of each step.
References: Butts (2008), Sociological Methodology 38; Stadtfeld and Block (2017), Sociological Science 4.
"""

from __future__ import annotations

import math

import numpy as np
import scipy

from lynchpin.engine.likelihoods.idle import IdleEffects, SharedSums
from lynchpin.engine.likelihoods.likelihood import Likelihood, Margins, Needs
from lynchpin.engine.likelihoods.rows import Block, Sums, Terms, moments
from lynchpin.engine.statistics.base import Floats


def sums(block: Block, beta: Floats) -> Sums:
    """Log-likelihood, gradient and observed information of a block."""
    eta = block.eta(beta)
    seen = eta[block.seen_row]
    if block.log_weight is not None:
        seen = seen - block.log_weight[block.seen_row]
    w = np.exp(eta, out=eta)
    if block.sign is not None:
        w *= block.sign
    w *= np.repeat(block.exposure, np.diff(block.ptr))
    first, second = moments(block.X, w)
    value = float(block.seen_count @ seen) - float(w.sum())
    if block.shared is not None:
        idle, zero = SharedSums(block.shared, beta), np.zeros(block.exposure.size)
        total, idle_first = idle.first(zero)
        value -= float(block.exposure @ total)
        first += block.exposure @ idle_first
        second += idle.second(zero, block.exposure)
    return Sums(value, block.X[:, block.seen_row] @ block.seen_count - first, second)


def terms(block: Block, eta: Floats, idle: IdleEffects | None = None) -> Terms:
    """The same, row by row; eta: (rows,), with the log weight of sampled rows; it is overwritten."""
    seen, count, groups = block.seen_row, block.seen_count, block.ptr.size - 1
    value = float(count @ eta[seen])
    if block.log_weight is not None:
        value -= float(count @ block.log_weight[seen])
    w = np.exp(eta, out=eta)
    if block.sign is not None:
        w *= block.sign
    w *= np.repeat(block.exposure, np.diff(block.ptr))
    value -= float(w.sum())
    score, taken = -w, np.zeros(groups)
    score[seen] += count
    if idle is not None:
        value -= float(block.exposure @ idle.total(taken))
    everyone = np.stack([block.exposure, np.zeros(groups)])
    return Terms(value, score, w, np.empty((0, w.size)), everyone, taken)


def residual(block: Block, beta: Floats) -> Floats:
    """What happened less what was expected, for every row."""
    return less_expected(block, expected(block, beta))


def expected(block: Block, beta: Floats) -> Floats:
    """Mean of every row: its rate times the exposure."""
    mu: Floats = np.exp(block.eta(beta)) * np.repeat(block.exposure, np.diff(block.ptr))
    return mu


def less_expected(block: Block, mu: Floats) -> Floats:
    """What happened less a mean, for every row."""
    out = -mu
    out[block.seen_row] += block.seen_count
    return out


def null(margins: Margins) -> float:
    """The log-likelihood of one common rate."""
    events, exposure = float(margins.seen_count.sum()), float(margins.exposure @ margins.at_risk)
    return float(events * (np.log(events) - np.log(exposure)) - events)


def count_constant(margins: Margins) -> float:
    """What turns the value into that of Poisson counts: log exposure of every event, less log of each factorial."""
    log_exposure = np.repeat(np.log(margins.exposure), np.diff(margins.seen_ptr))
    counts, times = np.unique(margins.seen_count, return_counts=True)
    log_factorials = sum(many * math.lgamma(count + 1.0) for count, many in zip(counts, times, strict=True))
    return float(margins.seen_count @ log_exposure - log_factorials)


def null_counts(margins: Margins) -> float:
    """The same of Poisson counts."""
    return null(margins) + count_constant(margins)


def poisson_cumulative(y: Floats, mu: Floats, parameters: Floats) -> tuple[Floats, Floats]:
    """The chance of so many or fewer, and of fewer."""
    return scipy.special.gammaincc(y + 1.0, mu), np.where(y > 0, scipy.special.gammaincc(np.maximum(y, 1.0), mu), 0.0)


INTERVAL = Likelihood(sums, terms, residual, null, Needs(clock=True, idle=True))
POISSON = Likelihood(
    sums,
    terms,
    residual,
    null_counts,
    Needs(clock=True, steps=True, idle=True),
    constant=count_constant,
    cumulative=poisson_cumulative,
)
