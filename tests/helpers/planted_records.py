"""Records with a planted truth, drawn by plain loops that share no code with the engine; and the score of the truth.

The score (the gradient of the log-likelihood at the planted coefficients) has mean zero exactly, whatever the length of
the record: it is a sum of martingale differences. That makes it a control variate for the bias of an estimate.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from lynchpin.engine.rem.events import EventStream

ACTORS = 10
ORDINAL, INTERVAL, CHOICE, TYPE = range(4)


@njit(cache=True)
def columns(N, beta, x, eta):
    """Fill x (n, n, 3) with log1p of inertia, reciprocity and the receiver's indegree, and eta (n, n)."""
    for j in range(N.shape[0]):
        received = math.log1p(N[:, j].sum())
        for i in range(N.shape[0]):
            x[i, j, 0], x[i, j, 1], x[i, j, 2] = math.log1p(N[i, j]), math.log1p(N[j, i]), received
            eta[i, j] = (x[i, j] * beta).sum()


@njit(cache=True)
def one_by_one(kind, base, beta, half_life, events, rng):
    """A fixed number of events. -> when, src, dst, type, score (4,), the baseline's first

    An interval model reckons decay to the event before, so that rates are constant between events; elsewhere time is
    the number of the event.
    """
    n = ACTORS
    N, x, eta, w = np.zeros((n, n)), np.zeros((n, n, 3)), np.zeros((n, n)), np.zeros((n, n))
    when, ends, score, time = np.zeros(events), np.zeros((3, events), np.int32), np.zeros(4), 0.0
    for e in range(events):
        columns(N, beta, x, eta)
        sender = rng.integers(0, n)  # of a choice or a type, where who sends is a toss
        total, mean = 0.0, np.zeros(3)
        for i in range(n):
            for j in range(n):
                can = i != j and (kind in (ORDINAL, INTERVAL) or i == sender)
                w[i, j] = 0.0 if not can else 1.0 if kind == TYPE else math.exp(base + eta[i, j])
                total += w[i, j]
                mean += w[i, j] * x[i, j]
        left, d = rng.random() * total, -1
        while left >= 0.0:
            d += 1
            left -= w[d // n, d % n]
        i, j, type_ = d // n, d % n, 0
        wait = rng.exponential() / total if kind == INTERVAL else 1.0
        if kind == TYPE:
            p = 1.0 / (1.0 + math.exp(-base - eta[i, j]))
            type_ = 1 if rng.random() < p else 0
            score[0] += type_ - p
            score[1:] += (type_ - p) * x[i, j]
        elif kind == INTERVAL:
            score[0] += 1.0 - wait * total
            score[1:] += x[i, j] - wait * mean
        else:
            score[1:] += x[i, j] - mean / total
        time += wait
        when[e], ends[0, e], ends[1, e], ends[2, e] = time, i, j, type_
        fade = 0.5 ** (wait / half_life)
        if kind == INTERVAL:
            N *= fade
            N[i, j] += 1.0
        else:
            N[i, j] += 1.0
            N *= fade
    return when, ends[0], ends[1], ends[2], score


@njit(cache=True)
def step_by_step(base, beta, size, half_life, steps, rng):
    """Counts of every dyad in a fixed number of steps; size: of NB2 counts, inf for Poisson.

    -> counts (steps, n, n), score (5,): baseline, slopes, log size
    """
    n, fade = ACTORS, 0.5 ** (1.0 / half_life)
    N, x, eta = np.zeros((n, n)), np.zeros((n, n, 3)), np.zeros((n, n))
    y, score = np.zeros((steps, n, n), np.int64), np.zeros(5)
    for t in range(steps):
        columns(N, beta, x, eta)
        for i in range(n):
            for j in range(n):
                if i == j:
                    continue
                mu = math.exp(base + eta[i, j])
                burst = 1.0 if math.isinf(size) else rng.standard_gamma(size) / size
                k = rng.poisson(mu * burst)
                y[t, i, j] = k
                rest = (k - mu) / (1.0 + mu / size)
                score[0] += rest
                score[1:4] += rest * x[i, j]
                if not math.isinf(size):
                    score[4] += size * ((mu - k) / (size + mu) - math.log1p(mu / size))
                    for q in range(k):
                        score[4] += size / (size + q)
        N = (N + y[t]) * fade
    return y, score


def planted(likelihood, truth, half_life, size, rng):
    """A record and the score of its truth: coefficients in the engine's order; size: events, or steps of counts."""
    truth = np.array(truth)
    if likelihood in ("rate", "nb2"):
        spread = np.exp(truth[4]) if likelihood == "nb2" else np.inf
        y, score = step_by_step(truth[0], truth[1:4], spread, half_life, size, rng)
        each = np.repeat(np.argwhere(y), y[y > 0], axis=0)
        when, src, dst, type_ = *each.T, np.zeros(len(each))
        score = score[: truth.size]
    else:
        kind = {"ordinal": ORDINAL, "interval": INTERVAL, "choice": CHOICE, "type": TYPE}[likelihood]
        base = truth[0] if truth.size == 4 else 0.0
        when, src, dst, type_, score = one_by_one(kind, base, truth[-3:], half_life, size, rng)
        score = score[-truth.size :]
    stream = EventStream(
        when.astype(float),
        src.astype(np.int32),
        dst.astype(np.int32),
        type_.astype(np.int32),
        np.ones(when.size),
        tuple("ABCDEFGHIJ"),
        ("clash", "talk") if likelihood == "type" else ("",),
        False,
    )
    return stream, score
