"""Sums over the rows of a block, compiled. Sums are free to change their order (it is the same on every run)."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

_ANY_ORDER = {"reassoc", "contract"}
_CHUNK = 1024  # rows whose products stay in the nearest cache


@njit(cache=True, nogil=True, fastmath=_ANY_ORDER)
def _dot(x, y):  # pragma: no cover - measured uncompiled
    total = 0.0  # indices from zero: nothing to check, so the loop runs several rows at a time
    for r in range(x.size):
        total += x[r] * y[r]
    return total


@njit(cache=True, nogil=True, fastmath=_ANY_ORDER)
def predictors(X, beta, eta):  # pragma: no cover - measured uncompiled
    """Fill eta (rows,) with the sum over a of beta[a] * X[a]."""
    for lo in range(0, eta.size, _CHUNK):
        some = eta[lo : lo + _CHUNK]
        some[:] = 0.0
        for a in range(beta.size):
            column, slope = X[a, lo : lo + _CHUNK], beta[a]
            for r in range(some.size):
                some[r] += slope * column[r]


@njit(cache=True, nogil=True, fastmath=_ANY_ORDER)
def weighted_moments(X, w, begin, end, factor, first, second):  # pragma: no cover - measured uncompiled
    """Add factor * w * x to `first` (k,) and its product with x' to the lower half of `second` (k, k).

    Of the rows begin .. end - 1.
    """
    k = X.shape[0]
    buffer = np.empty(_CHUNK)
    for lo in range(begin, end, _CHUNK):
        hi = min(end, lo + _CHUNK)
        weight, scaled = w[lo:hi], buffer[: hi - lo]
        for a in range(k):
            column, total = X[a, lo:hi], 0.0
            for r in range(scaled.size):
                scaled[r] = factor * weight[r] * column[r]
            for r in range(scaled.size):
                total += scaled[r]
            first[a] += total
            for b in range(a + 1):
                second[a, b] += _dot(scaled, X[b, lo:hi])


@njit(cache=True, nogil=True)
def less_group_maximum(eta, ptr, floor):  # pragma: no cover - measured uncompiled
    """Take the largest value of each group (at least `floor`) off its rows: exp stays in range. -> what was taken."""
    taken = floor.copy()
    for g in range(ptr.size - 1):
        some, top = eta[ptr[g] : ptr[g + 1]], taken[g]
        for r in range(some.size):
            top = max(top, some[r])
        for r in range(some.size):
            some[r] -= top
        taken[g] = top
    return taken


@njit(cache=True, nogil=True, fastmath=_ANY_ORDER)
def strata_sums(
    X, w, ptr, seen_ptr, seen_row, seen_count, efron, extra, extra_first, gradient, second, per_row
):  # pragma: no cover - measured uncompiled
    """The denominators of a stratified partial likelihood.

    X: (k, rows); w: (rows,) exp(eta) less each group's shift; extra: (groups,), extra_first: (groups, k): sums of w
    and of w * x over dyads that are not among the rows; gradient (k,) and second (k, k), its lower half, are added to;
    per_row: (groups,), filled with what each w * x x' was multiplied by. -> log-likelihood without shifts and
    numerators
    """
    k, value = X.shape[0], 0.0
    first, tied, mean, tied_second = np.empty(k), np.empty(k), np.empty(k), np.empty((k, k))
    for g in range(ptr.size - 1):
        events = 0.0
        for e in range(seen_ptr[g], seen_ptr[g + 1]):
            events += seen_count[e]
        per_row[g] = 0.0
        if events == 0.0:
            continue
        mine, total = w[ptr[g] : ptr[g + 1]], 0.0
        for r in range(mine.size):
            total += mine[r]
        total += extra[g]
        for a in range(k):
            first[a] = extra_first[g, a] + _dot(mine, X[a, ptr[g] : ptr[g + 1]])
        if not efron or events == 1.0:
            value -= events * math.log(total)
            per_row[g] = events / total
            for a in range(k):
                mean[a] = first[a] / total
                gradient[a] -= events * mean[a]
                for b in range(a + 1):
                    second[a, b] -= events * mean[a] * mean[b]
        else:
            tied_total, tied_factor = 0.0, 0.0
            tied[:] = 0.0
            tied_second[:] = 0.0
            for e in range(seen_ptr[g], seen_ptr[g + 1]):
                r = seen_row[e]
                much = seen_count[e] * w[r]
                tied_total += much
                for a in range(k):
                    tied[a] += much * X[a, r]
                    for b in range(a + 1):
                        tied_second[a, b] += much * X[a, r] * X[b, r]
            for step in range(int(events)):
                share = step / events
                left = total - share * tied_total
                value -= math.log(left)
                per_row[g] += 1.0 / left
                tied_factor += share / left
                for a in range(k):
                    mean[a] = (first[a] - share * tied[a]) / left
                    gradient[a] -= mean[a]
                    for b in range(a + 1):
                        second[a, b] -= mean[a] * mean[b]
            for a in range(k):
                for b in range(a + 1):
                    second[a, b] -= tied_factor * tied_second[a, b]
        weighted_moments(X, w, ptr[g], ptr[g + 1], per_row[g], first, second)
    return value


@njit(cache=True, nogil=True)
def scores_by_cluster(X, residual, cluster, scores):  # pragma: no cover - measured uncompiled
    """scores[cluster[r]] += residual[r] * X[:, r]; scores: (clusters, k)"""
    for r in range(residual.size):
        if residual[r] != 0.0:
            for a in range(X.shape[0]):
                scores[cluster[r], a] += residual[r] * X[a, r]


@njit(cache=True, nogil=True)
def end_sums(X, w, ptr, i, j, mean, by_sender, by_receiver, by_dyad):  # pragma: no cover - measured uncompiled
    """Sums of w and of w * x by group, by sender, by receiver and by dyad; all are added to.

    mean: (groups, k + 2 n): of x, then of senders, then of receivers; by_sender, by_receiver: (n, k); by_dyad: (n, n)
    """
    k, n = by_sender.shape[1], by_dyad.shape[0]
    for g in range(ptr.size - 1):
        mine = mean[g]
        for q in range(ptr[g], ptr[g + 1]):
            s, r, much = i[q], j[q], w[q]
            by_dyad[s, r] += much
            mine[k + s] += much
            mine[k + n + r] += much
            for a in range(k):
                part = much * X[a, q]
                mine[a] += part
                by_sender[s, a] += part
                by_receiver[r, a] += part
