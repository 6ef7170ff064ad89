"""The slow, readable reference of random effects: plain loops, and Laplace's approximation by differences."""

from __future__ import annotations

from itertools import pairwise
from math import exp, lgamma, log

import numpy as np
from scipy.optimize import minimize

from helpers.relational_plain import plain_columns


class Plain:
    """A likelihood with the columns of every time point laid out, and effects by sender, receiver and dyad."""

    def __init__(self, stream, likelihood, factors, effects, *, ties="breslow", size=None):
        self.likelihood, self.factors, self.ties, self.size = likelihood, factors, ties, size
        self.n = len(stream.actors)
        times = np.unique(stream.when)
        if likelihood == "rate":
            times = np.arange(times[0], times[-1] + 1)
        self.X = {t: plain_columns(stream, t, effects) for t in times}
        self.looks = {t: [] for t in times}  # within the wait before t, and how long each stands for
        for before, t in pairwise(times) if likelihood == "interval" else ():
            for x, w in zip(*np.polynomial.legendre.leggauss(4), strict=True):
                look = before + (t - before) * (1 + x) / 2
                self.looks[t].append((look, (t - before) * w / 2))
                self.X[look] = plain_columns(stream, look, effects)
        self.events = list(zip(stream.when, stream.src, stream.dst, stream.kind, strict=True))
        self.dyads = [(i, j) for i in range(self.n) for j in range(self.n) if i != j]
        if likelihood == "type":  # the dyads with an event
            self.dyads = sorted({(int(i), int(j)) for _, i, j, _ in self.events})
        self.sizes = [len(self.dyads) if factor == "dyad" else self.n for factor in factors]

    def predictor(self, beta, effects):
        """eta(t, i, j)"""
        parts = np.split(effects, np.cumsum(self.sizes)[:-1])
        of = dict(zip(self.factors, parts, strict=True))
        number = {d: k for k, d in enumerate(self.dyads)}
        clock = self.likelihood in ("interval", "rate", "type")

        def eta(t, i, j):
            total = (beta[0] + self.X[t][i, j] @ beta[1:]) if clock else self.X[t][i, j] @ beta
            total += of["sender"][i] if "sender" in of else 0.0
            total += of["receiver"][j] if "receiver" in of else 0.0
            return total + (of["dyad"][number[int(i), int(j)]] if "dyad" in of else 0.0)

        return eta

    def value(self, beta, effects):
        """The log-likelihood, effects known."""
        eta, total = self.predictor(beta, effects), 0.0
        if self.likelihood == "type":
            for t, i, j, kind in self.events:
                total += kind * eta(t, i, j) - np.logaddexp(0.0, eta(t, i, j))
            return total
        if self.likelihood == "choice":
            for t, i, j, _ in self.events:
                total += eta(t, i, j) - log(sum(exp(eta(t, i, r)) for r in range(self.n) if r != i))
            return total
        for t, looks in self.looks.items():
            tied = [(i, j) for when, i, j, _ in self.events if when == t]
            if self.likelihood == "rate":
                for i, j in self.dyads:
                    y, mu = tied.count((i, j)), exp(eta(t, i, j))
                    if self.size is None:
                        total += y * log(mu) - mu - lgamma(y + 1)
                    else:
                        s = self.size
                        total += lgamma(y + s) - lgamma(s) - lgamma(y + 1) - s * log(1 + mu / s) - y * log(1 + s / mu)
            elif self.likelihood == "interval":
                if looks:
                    total += sum(eta(t, i, j) for i, j in tied)
                    total -= sum(much * exp(eta(look, i, j)) for look, much in looks for i, j in self.dyads)
            else:
                everyone = sum(exp(eta(t, i, j)) for i, j in self.dyads)
                them = sum(exp(eta(t, i, j)) for i, j in tied)
                again = them - sum(exp(eta(t, i, j)) for i, j in set(tied))  # a row for each event
                for k, (i, j) in enumerate(tied):
                    total += eta(t, i, j)
                    total -= log(everyone + again - k / len(tied) * them if self.ties == "efron" else everyone)
        return total

    def marginal(self, beta, sd):
        """The log of the integral over normal effects: value and curvature at the top, by differences."""
        spread = np.repeat(sd, self.sizes)

        def height(b):
            return self.value(beta, b) - 0.5 * float(((b / spread) ** 2).sum()) - float(np.log(spread).sum())

        top = minimize(lambda b: -height(b), np.zeros(spread.size), method="BFGS", options={"gtol": 1e-5}).x
        h, size = 2e-3, spread.size
        move, here = np.eye(size) * h, height(top)
        side = np.array([[height(top + sign * m) for m in move] for sign in (1, -1)])
        slope, curvature = (side[0] - side[1]) / (2 * h), np.empty((size, size))
        for a in range(size):
            curvature[a, a] = (2 * here - side[0, a] - side[1, a]) / h**2
            for b in range(a):
                both = height(top + move[a] + move[b]) + height(top - move[a] - move[b])
                across = side[0, a] + side[1, a] + side[0, b] + side[1, b] - 2 * here
                curvature[a, b] = curvature[b, a] = (across - both) / (2 * h**2)
        gain = 0.5 * float(slope @ np.linalg.solve(curvature, slope))  # what the search left
        return here + gain - 0.5 * float(np.linalg.slogdet(curvature)[1])
