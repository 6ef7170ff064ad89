"""Sums over the rows of a block, compiled. Sums are free to change their order (it is the same on every run)."""

from __future__ import annotations

import math

import numpy as np

from lynchpin.engine.compiled import njit
from lynchpin.engine.statistics.base import Floats, Ints

_ANY_ORDER = {"reassoc", "contract"}
_CHUNK = 1024  # rows whose products stay in the nearest cache


@njit(cache=True, nogil=True, fastmath=_ANY_ORDER, plain=np.dot)
def _dot(x, y):
    total = 0.0  # indices from zero: nothing to check, so the loop runs several rows at a time
    for r in range(x.size):
        total += x[r] * y[r]
    return total


@njit(cache=True, nogil=True, fastmath=_ANY_ORDER, inline="always", plain=np.sum)
def _total(x):
    total = 0.0
    for r in range(x.size):
        total += x[r]
    return total


def _predictors(X, beta, eta):
    np.matmul(beta, X, out=eta)


@njit(cache=True, nogil=True, fastmath=_ANY_ORDER, plain=_predictors)
def predictors(X, beta, eta):
    """Fill eta (rows,) with the sum over a of beta[a] * X[a]."""
    for lo in range(0, eta.size, _CHUNK):
        some = eta[lo : lo + _CHUNK]
        some[:] = 0.0
        for a in range(beta.size):
            column, slope = X[a, lo : lo + _CHUNK], beta[a]
            for r in range(some.size):
                some[r] += slope * column[r]


def _weighted_moments(X, w, begin, end, factor, first, second):
    x = X[:, begin:end]
    scaled = factor * w[begin:end] * x
    first += scaled.sum(axis=1)
    second += np.tril(scaled @ x.T)


@njit(cache=True, nogil=True, fastmath=_ANY_ORDER, plain=_weighted_moments)
def weighted_moments(X, w, begin, end, factor, first, second):
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


def _less_group_maximum(eta, ptr, floor):
    taken, sizes = floor.copy(), np.diff(ptr)
    some = np.flatnonzero(sizes)
    if some.size:
        taken[some] = np.maximum(taken[some], np.maximum.reduceat(eta, ptr[some]))
    eta -= np.repeat(taken, sizes)
    return taken


@njit(cache=True, nogil=True, plain=_less_group_maximum)
def less_group_maximum(eta, ptr, floor):
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


def _by_group(values: Floats, ptr: Ints) -> Floats:
    """Sums over the last axis within groups, empty groups giving zero."""
    some = np.flatnonzero(np.diff(ptr))
    out = np.zeros((*values.shape[:-1], ptr.size - 1))
    if some.size:
        out[..., some] = np.add.reduceat(values, ptr[some], axis=-1)
    return out


def _strata_sums(X, w, ptr, seen_ptr, seen_row, seen_count, efron, extra, extra_first, gradient, second, per_row):
    events = _by_group(seen_count, seen_ptr)
    if efron and (events > 1.0).any():
        return strata_sums.py_func(
            X, w, ptr, seen_ptr, seen_row, seen_count, efron, extra, extra_first, gradient, second, per_row
        )
    total = np.where(events > 0.0, _by_group(w, ptr) + extra, 1.0)
    per_row[:] = events / total
    mean = (extra_first.T + _by_group(w * X, ptr)) / total
    gradient -= mean @ events
    scaled = w * np.repeat(per_row, np.diff(ptr))
    second += np.tril(scaled * X @ X.T - events * mean @ mean.T)
    return -float(events @ np.log(total))


@njit(cache=True, nogil=True, fastmath=_ANY_ORDER, plain=_strata_sums)
def strata_sums(X, w, ptr, seen_ptr, seen_row, seen_count, efron, extra, extra_first, gradient, second, per_row):
    """The denominators of a stratified partial likelihood.

    X: (k, rows); w: (rows,) exp(eta) less each group's shift; extra: (groups,), extra_first: (groups, k): sums of w
    and of w * x over dyads that are not among the rows; gradient (k,) and second (k, k), its lower half, are added to;
    per_row: (groups,), filled with what each w * x x' was multiplied by. -> log-likelihood without shifts and
    numerators
    """
    k, value = X.shape[0], 0.0
    first, tied, mean = np.empty(k), np.empty(k), np.empty(k)
    tied_second, again_second = np.empty((k, k)), np.empty((k, k))
    for g in range(ptr.size - 1):
        events = 0.0
        for e in range(seen_ptr[g], seen_ptr[g + 1]):
            events += seen_count[e]
        per_row[g] = 0.0
        if events == 0.0:
            continue
        mine = w[ptr[g] : ptr[g + 1]]
        total = _total(mine) + extra[g]
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
            again_second[:] = 0.0
            for e in range(seen_ptr[g], seen_ptr[g + 1]):
                r = seen_row[e]
                much = seen_count[e] * w[r]
                again = much - w[r]  # a dyad with several events stands as often among those compared
                tied_total += much
                total += again
                for a in range(k):
                    tied[a] += much * X[a, r]
                    first[a] += again * X[a, r]
                    for b in range(a + 1):
                        tied_second[a, b] += much * X[a, r] * X[b, r]
                        again_second[a, b] += again * X[a, r] * X[b, r]
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
                    second[a, b] += per_row[g] * again_second[a, b] - tied_factor * tied_second[a, b]
        weighted_moments(X, w, ptr[g], ptr[g + 1], per_row[g], first, second)
    return value


def _scores_by_cluster(X, residual, cluster, scores):
    np.add.at(scores, cluster, (residual * X).T)


@njit(cache=True, nogil=True, plain=_scores_by_cluster)
def scores_by_cluster(X, residual, cluster, scores):
    """scores[cluster[r]] += residual[r] * X[:, r]; scores: (clusters, k)"""
    for r in range(residual.size):
        if residual[r] != 0.0:
            for a in range(X.shape[0]):
                scores[cluster[r], a] += residual[r] * X[a, r]


# -- One pass over a unit's rows: log-likelihood, gradient and observed information of the rate model.

#: log(1 + mu / theta) is taken of the product of so many rows as stay below this: one logarithm instead of hundreds.
_LARGEST_PRODUCT = 1e100


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
def unit_sums(y, X, offset, beta, theta):
    """y: (rows,) counts; X: (rows, k), column by column in memory; offset: (rows,); beta: (k,); theta: size, or inf.

    -> log-likelihood, gradient (k,), information (k, k)
    """
    rows, k = X.shape
    eta = offset.copy()
    for a in range(k):
        column, slope = X[:, a], beta[a]
        for r in range(rows):
            eta[r] += column[r] * slope
    poisson = math.isinf(theta)
    score, weight = np.empty(rows), np.empty(rows)
    value, product = 0.0, 1.0
    for r in range(rows):
        mu, n = math.exp(eta[r]), y[r]
        if poisson:
            value -= mu
            if n > 0:
                value += n * eta[r] - math.lgamma(n + 1.0)
            score[r], weight[r] = n - mu, mu
            continue
        more = 1.0 + mu / theta
        if n > 0:
            value += n * (eta[r] - math.log(theta * more))
            value += math.lgamma(n + theta) - math.lgamma(theta) - math.lgamma(n + 1.0)
        product *= more
        if product > _LARGEST_PRODUCT:
            value -= theta * math.log(product)
            product = 1.0
        score[r], weight[r] = (n - mu) / more, mu * (1.0 + n / theta) / (more * more)
    if not poisson:
        value -= theta * math.log(product)
    gradient, information = np.empty(k), np.empty((k, k))
    for a in range(k):
        column = X[:, a]
        total = 0.0
        for r in range(rows):
            total += column[r] * score[r]
        gradient[a] = total
        weighted = column * weight
        for b in range(a + 1):
            other = X[:, b]
            total = 0.0
            for r in range(rows):
                total += weighted[r] * other[r]
            information[a, b] = total
            information[b, a] = total
    return value, gradient, information


@njit(cache=True, nogil=True)
def add_unit_sums(y, X, offset, beta, theta, columns, gradient, information):
    """The same, added to gradient (p,) and information (p, p) at `columns` (k,); beta: (p,) -> log-likelihood"""
    value, slope, bend = unit_sums(y, X, offset, beta[columns], theta)
    for a in range(columns.size):
        gradient[columns[a]] += slope[a]
        for b in range(columns.size):
            information[columns[a], columns[b]] += bend[a, b]
    return value


@njit(cache=True, nogil=True)
def size_slope(y, mu, theta):
    """y: (rows,) counts; mu: (rows,) means; theta: size, finite -> slope, curvature by log theta

    For a whole number n, digamma(n + theta) - digamma(theta) is the sum of 1 / (theta + k), k = 0 .. n - 1.
    """
    slope, curvature = 0.0, 0.0
    for r in range(y.size):
        n, m = y[r], mu[r]
        both = theta + m
        slope += (m - n) / both - math.log1p(m / theta)
        curvature += m / (theta * both) - (m - n) / (both * both)
        for k in range(n):
            slope += 1.0 / (theta + k)
            curvature -= 1.0 / (theta + k) ** 2
    return theta * slope, theta * slope + theta * theta * curvature


@njit(cache=True, nogil=True)
def size_cells(y, mu, log_size, slope, bend):
    """y, mu, log_size: (cells,); filled: slope and bend, the derivatives of each cell's log chance by its log size."""
    for r in range(y.size):
        theta, m, n = math.exp(log_size[r]), mu[r], y[r]
        both = theta + m
        first = (m - n) / both - math.log1p(m / theta)
        second = m / (theta * both) - (m - n) / (both * both)
        for k in range(n):
            one = 1.0 / (theta + k)
            first += one
            second -= one * one
        slope[r] = theta * first
        bend[r] = theta * first + theta * theta * second


# -- Sums of rows by the effects that they have, compiled; and the slopes of a stratified likelihood, row by row.


@njit(cache=True, nogil=True)
def strata_terms(w, ptr, seen_ptr, seen_row, seen_count, efron, extra, score, curvature, means, everyone):
    """The denominators of a stratified partial likelihood: what they say of every row.

    w: (rows,) exp(eta) less each group's shift; extra: (groups,) the sum over dyads that are not among the rows;
    filled: score, curvature (rows,), means (2, rows) and everyone (2, groups), see `rows.Terms`.
    -> log-likelihood without shifts and numerators
    """
    value = 0.0
    for g in range(ptr.size - 1):
        events, total, tied_total = 0.0, extra[g], 0.0
        for e in range(seen_ptr[g], seen_ptr[g + 1]):
            events += seen_count[e]
            tied_total += seen_count[e] * w[seen_row[e]]
        if events == 0.0:
            continue
        for r in range(ptr[g], ptr[g + 1]):
            total += w[r]
        per_row, per_tied = 0.0, 0.0
        whole, mixed, tied = 0.0, 0.0, 0.0  # sums of (1, share)(1, share)' / left ** 2 over the simultaneous events
        if efron:
            for e in range(seen_ptr[g], seen_ptr[g + 1]):
                total += (seen_count[e] - 1.0) * w[seen_row[e]]  # stands as often as it has events
            for step in range(int(events)):
                share = step / events
                left = total - share * tied_total
                value -= math.log(left)
                per_row += 1.0 / left
                per_tied += share / left
                whole += 1.0 / left**2
                mixed += share / left**2
                tied += share**2 / left**2
        else:
            value -= events * math.log(total)
            per_row, whole = events / total, events / total**2
        a = math.sqrt(whole)
        b = -mixed / a
        c = math.sqrt(max(tied - b * b, 0.0))
        everyone[0, g], everyone[1, g] = per_row, a
        for r in range(ptr[g], ptr[g + 1]):
            score[r] = -per_row * w[r]
            curvature[r] = per_row * w[r]
            means[0, r] = a * w[r]
        for e in range(seen_ptr[g], seen_ptr[g + 1]):
            r = seen_row[e]
            much = seen_count[e] * w[r]
            again = much - w[r] if efron else 0.0
            score[r] += per_tied * much - per_row * again
            curvature[r] -= per_tied * much - per_row * again
            means[0, r] += a * again + b * much
            means[1, r] += c * much
    return value


@njit(cache=True, nogil=True)
def level_sums(X, score, curvature, dyad, by_score, by_curvature, cross):
    """Add to sums by dyad: of score, of curvature, (dyads,), and of curvature * x, (dyads, k). Dyad -1: no effect."""
    for r in range(dyad.size):
        d = dyad[r]
        if d >= 0:
            by_score[d] += score[r]
            by_curvature[d] += curvature[r]
            mine = cross[d]
            for a in range(mine.size):
                mine[a] += curvature[r] * X[a, r]


@njit(cache=True, nogil=True)
def group_means(X, mean, ptr, of_x, whole):
    """Add sums of mean * x, (groups, k), and of mean, (groups,)."""
    for g in range(whole.size):
        mine = of_x[g]
        for r in range(ptr[g], ptr[g + 1]):
            much = mean[r]
            if much != 0.0:
                whole[g] += much
                for a in range(mine.size):
                    mine[a] += much * X[a, r]


@njit(cache=True, nogil=True)
def effect_means(mean, ptr, dyad, ends, of_effects):
    """Add sums of mean by effect, (groups, effects). ends: (factors, dyads), the place of each effect of a dyad."""
    for g in range(of_effects.shape[0]):
        mine = of_effects[g]
        for r in range(ptr[g], ptr[g + 1]):
            much, d = mean[r], dyad[r]
            if much != 0.0 and d >= 0:
                for f in range(ends.shape[0]):
                    mine[ends[f, d]] += much


@njit(cache=True, nogil=True)
def merged_means(mean, ptr, dyad, vector_of, share, of_x, by_vector, cross):
    """Add share[g] * mean to by_vector[vector_of[g]] by dyad, (vectors, dyads), and of_x[g] * mean to cross.

    vector_of: (groups,), -1 for groups without an event; cross: (dyads, k)
    """
    for g in range(vector_of.size):
        if vector_of[g] < 0:
            continue
        mine, times, x = by_vector[vector_of[g]], share[g], of_x[g]
        for r in range(ptr[g], ptr[g + 1]):
            much, d = mean[r], dyad[r]
            if much != 0.0 and d >= 0:
                mine[d] += times * much
                row = cross[d]
                for a in range(x.size):
                    row[a] += much * x[a]
