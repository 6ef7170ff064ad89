"""Simultaneous events as one set, compared with all sets of as many: elementary symmetric polynomials, compiled."""

from __future__ import annotations

import math

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def typical_of_top(eta, d):
    """The mean of the d largest values: taken off, the largest product of d weights is one."""
    top = np.full(min(d, eta.size), -np.inf)
    for r in range(eta.size):
        value = eta[r]
        for place in range(top.size):
            if value > top[place]:
                value, top[place] = top[place], value
    return top.mean()


@njit(cache=True, nogil=True)
def subset_sums(X, eta, ptr, seen_ptr, seen_row, seen_count, gradient, second):
    """The chance of the events of each group, given how many they are. -> log-likelihood

    X: (k, rows); eta: (rows,); seen_row ascends within a group; gradient (k,) and second (k, k), its lower half, are
    added to. Columns are read less their mean over the events, which changes nothing but rounding.
    """
    k, value = X.shape[0], 0.0
    x, centre = np.empty(k), np.empty(k)
    for g in range(ptr.size - 1):
        d = int(seen_count[seen_ptr[g] : seen_ptr[g + 1]].sum())
        if d == 0:
            continue
        shift = typical_of_top(eta[ptr[g] : ptr[g + 1]], d)
        centre[:] = 0.0
        for e in range(seen_ptr[g], seen_ptr[g + 1]):
            value += seen_count[e] * (eta[seen_row[e]] - shift)
            for a in range(k):
                centre[a] += seen_count[e] * X[a, seen_row[e]] / d
        total, slope, curve = np.zeros(d + 1), np.zeros((d + 1, k)), np.zeros((d + 1, k, k))
        total[0] = 1.0
        e, taken = seen_ptr[g], 0
        for r in range(ptr[g], ptr[g + 1]):
            w, copies = math.exp(eta[r] - shift), 1
            if e < seen_ptr[g + 1] and seen_row[e] == r:
                copies = int(seen_count[e])
                e += 1
            for a in range(k):
                x[a] = X[a, r] - centre[a]
            for _ in range(copies):
                taken += 1
                for m in range(min(taken, d), 0, -1):  # sets of m with this one: those of m - 1 without it
                    before = total[m - 1]
                    for a in range(k):
                        grown = slope[m - 1, a] + x[a] * before
                        for b in range(a + 1):
                            curve[m, a, b] += w * (curve[m - 1, a, b] + x[a] * slope[m - 1, b] + grown * x[b])
                        slope[m, a] += w * grown
                    total[m] += w * before
        value -= math.log(total[d])
        for a in range(k):
            slope[d, a] /= total[d]
            gradient[a] -= slope[d, a]
            for b in range(a + 1):
                second[a, b] += curve[d, a, b] / total[d] - slope[d, a] * slope[d, b]
    return value


@njit(cache=True, nogil=True)
def subset_means(eta, ptr, seen_ptr, seen_row, seen_count, out):
    """Fill out (rows,) with how often each row is expected among the events of its group, given how many they are."""
    for g in range(ptr.size - 1):
        d, rows = int(seen_count[seen_ptr[g] : seen_ptr[g + 1]].sum()), ptr[g + 1] - ptr[g]
        if d == 0:
            continue
        shift = typical_of_top(eta[ptr[g] : ptr[g + 1]], d)
        copies = np.ones(rows, np.int64)
        for e in range(seen_ptr[g], seen_ptr[g + 1]):
            copies[seen_row[e] - ptr[g]] = int(seen_count[e])
        earlier = np.zeros((rows + 1, d + 1))  # sums over sets of those before each row
        earlier[0, 0] = 1.0
        for r in range(rows):
            earlier[r + 1] = earlier[r]
            join(earlier[r + 1], math.exp(eta[ptr[g] + r] - shift), copies[r])
        later = np.zeros(d + 1)
        later[0] = 1.0
        for r in range(rows - 1, -1, -1):
            w = math.exp(eta[ptr[g] + r] - shift)
            others = later.copy()
            join(others, w, copies[r] - 1)
            total = 0.0
            for m in range(d):
                total += earlier[r, m] * others[d - 1 - m]
            out[ptr[g] + r] = copies[r] * w * total / earlier[rows, d]
            join(later, w, copies[r])


@njit(cache=True, nogil=True)
def join(total, w, copies):
    """Let some rows of weight w join those whose sets are summed. total: (d + 1,), by size of the set."""
    for _ in range(copies):
        for m in range(total.size - 1, 0, -1):
            total[m] += w * total[m - 1]
