"""The slow, readable reference of the interval likelihood: every rate looked at again and again between two events.

Columns are functions of time, by plain loops over the events. A stretch of time in which nothing jumps is cut into
panels, each with Gauss and Legendre's instants: far more than the engine's, and chosen without knowing what moves.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from lynchpin.engine.statistics import every_statistic


def past(stream, t, statistic, *, half_life=np.inf, window=np.inf):
    """A statistic of every dyad at t, (n, n): of the events strictly before t and no older than the window."""
    kept = t - stream.when <= window
    reference = every_statistic()[statistic].reference
    return reference(stream.when[kept], stream.src[kept], stream.dst[kept], t, len(stream.actors), half_life)


def covariate(rows, t):
    """The last value of every actor that is dated before t: rows of (actor, time, value), by time."""
    values = {}
    for actor, since, value in rows:
        if since < t:
            values[actor] = value
    return np.array([values[actor] for actor in sorted(values)])


class PlainInterval:
    """The likelihood of a stream.

    columns : function t -> (n, n, k); the baseline is put before them
    begin : the clock starts; `counts_begin`: events at that very time are fitted
    end : the clock stops; None: at the last event
    jumps : times at which anything jumps, beside the events
    at_risk : function (t, i, j) -> whether the dyad can act at t
    """

    def __init__(
        self,
        stream,
        columns,
        *,
        begin,
        counts_begin=True,
        end=None,
        jumps=(),
        at_risk=lambda t, i, j: True,
        panels=4,
        looks=8,
    ):
        n, end = len(stream.actors), float(stream.when[-1]) if end is None else end
        dyads = [(i, j) for i in range(n) for j in range(n) if i != j]
        self.seen, self.X, self.weight = [], [], []
        for t, i, j in zip(stream.when.tolist(), stream.src.tolist(), stream.dst.tolist(), strict=True):
            if t > begin or (counts_begin and t == begin):
                assert at_risk(t, i, j)
                self.seen.append([1.0, *columns(t)[i, j]])
        x, w = np.polynomial.legendre.leggauss(looks)
        edges = [t for t in sorted({begin, end, *stream.when.tolist(), *jumps}) if begin <= t <= end]
        for a, b in pairwise(edges):
            cut = np.linspace(a, b, panels + 1)
            for low, high in pairwise(cut):
                for t, weight in zip((low + high) / 2 + (high - low) / 2 * x, (high - low) / 2 * w, strict=True):
                    now = columns(t)
                    for i, j in dyads:
                        if at_risk((a + b) / 2, i, j):
                            self.X.append([1.0, *now[i, j]])
                            self.weight.append(weight)
        self.seen, self.X, self.weight = (np.array(part) for part in (self.seen, self.X, self.weight))

    def value(self, beta):
        return float((self.seen @ beta).sum() - self.weight @ np.exp(self.X @ beta))

    def slope(self, beta):
        return self.seen.sum(axis=0) - (self.weight * np.exp(self.X @ beta)) @ self.X

    def information(self, beta):
        return (self.X.T * (self.weight * np.exp(self.X @ beta))) @ self.X
