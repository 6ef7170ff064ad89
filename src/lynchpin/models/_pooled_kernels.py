"""Sums of rows by the effects that they have, compiled; and the slopes of a stratified likelihood, row by row."""

from __future__ import annotations

import math

from numba import njit


@njit(cache=True, nogil=True)
def strata_terms(
    w, ptr, seen_ptr, seen_row, seen_count, efron, extra, score, curvature, means, everyone
):  # pragma: no cover - measured uncompiled
    """The denominators of a stratified partial likelihood: what they say of every row.

    w: (rows,) exp(eta) less each group's shift; extra: (groups,) the sum over dyads that are not among the rows;
    filled: score, curvature (rows,), means (2, rows) and everyone (2, groups), see `models.rows.Terms`.
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
            score[r] += per_tied * much
            curvature[r] -= per_tied * much
            means[0, r] += b * much
            means[1, r] += c * much
    return value


@njit(cache=True, nogil=True)
def level_sums(X, score, curvature, dyad, by_score, by_curvature, cross):  # pragma: no cover - measured uncompiled
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
def group_means(X, mean, ptr, of_x, whole):  # pragma: no cover - measured uncompiled
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
def effect_means(mean, ptr, dyad, ends, of_effects):  # pragma: no cover - measured uncompiled
    """Add sums of mean by effect, (groups, effects). ends: (factors, dyads), the place of each effect of a dyad."""
    for g in range(of_effects.shape[0]):
        mine = of_effects[g]
        for r in range(ptr[g], ptr[g + 1]):
            much, d = mean[r], dyad[r]
            if much != 0.0 and d >= 0:
                for f in range(ends.shape[0]):
                    mine[ends[f, d]] += much


@njit(cache=True, nogil=True)
def merged_means(mean, ptr, dyad, vector_of, share, of_x, by_vector, cross):  # pragma: no cover - measured uncompiled
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
