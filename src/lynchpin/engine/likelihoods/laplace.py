"""Solving with the information of coefficients and effects, without writing it down.

Dyads are eliminated first: over them it is a diagonal, but for a few vectors, and each of those becomes one unknown
more (the matrix [[I, V], [V', D]] has D - V'V for what is left of it without the first). What remains is as large as
coefficients, vectors and actors together. Tierney and Kadane (1986), J. American Statistical Association 81: Laplace's
approximation, log integral = value at the top - half the log determinant over the effects.
"""

from __future__ import annotations

import numpy as np
import scipy

from lynchpin.engine.likelihoods.levels import Levels
from lynchpin.engine.likelihoods.pooled import PooledSums
from lynchpin.engine.statistics.base import Floats
from lynchpin.errors import DidNotConverge


class Factored:
    """The information, prior in it, ready to solve with.

    Parameters
    ----------
    sums : PooledSums, without any penalty
    levels : Levels
    precision : (k + effects,), of the normal prior

    Attributes
    ----------
    log_det : of the information of the effects; covariance : (k, k), of the coefficients

    Raises
    ------
    DidNotConverge : the information is not positive
    """

    def __init__(self, sums: PooledSums, levels: Levels, precision: Floats) -> None:
        k, m, s = sums.fixed.shape[0], len(sums.vectors), levels.actors
        self._k, self._s, self._m = k, s, m
        self._v, self._a, self._x = slice(0, m), slice(m, m + s), slice(m + s, m + s + k)
        v, a, x = self._v, self._a, self._x
        core = np.zeros((m + s + k, m + s + k))  # only its lower half is read
        core[v, v] = np.eye(m)
        core[x, x] = sums.fixed + np.diag(precision[:k])
        core[x, a], core[a, v] = sums.cross[:, :s], sums.vectors[:, :s].T
        self._border = np.concatenate([sums.vectors[:, s:], sums.cross[:, s:]])  # (m + k, dyads with effects)
        self._inverse, actors = np.empty(0), sums.actors
        if levels.has_dyads:
            prior = precision[k + s :]
            self._inverse = 1.0 / (sums.by_dyad + prior)
            self._tied = levels.incidence() * sums.by_dyad[:, None]  # (dyads, actors)
            actors = levels.crossed(sums.by_dyad * prior * self._inverse)  # what a dyad's own effect leaves to actors
            rest = self._border * self._inverse
            part = rest @ self._border.T
            core[v, v] -= part[:m, :m]
            core[x, v] -= part[m:, :m]
            core[x, x] -= part[m:, m:]
            part = rest @ self._tied
            core[a, v] -= part[:m].T
            core[x, a] -= part[m:]
        core[a, a] = actors + np.diag(precision[k : k + s])
        try:
            self._root = scipy.linalg.cholesky(core, lower=True)
        except (scipy.linalg.LinAlgError, ValueError):
            raise DidNotConverge(
                "the effects of senders, receivers or dyads leave nothing to tell", "random effects", "leave some out"
            ) from None
        self.log_det = 2.0 * float(np.log(np.diag(self._root)[: m + s]).sum()) - float(np.log(self._inverse).sum())
        last = scipy.linalg.solve_triangular(self._root[x, x], np.eye(k), lower=True)
        self.covariance: Floats = last.T @ last

    def step(self, gradient: Floats) -> Floats:
        """The information's inverse times a gradient: (k + effects,)."""
        k, s, m = self._k, self._s, self._m
        dyads = gradient[k + s :]
        inward = self._border @ (self._inverse * dyads)
        right = np.concatenate([-inward[:m], gradient[k : k + s], gradient[:k] - inward[m:]])
        if s and dyads.size:
            right[self._a] -= (self._inverse * dyads) @ self._tied
        down = scipy.linalg.solve_triangular(self._root, right, lower=True)
        found = scipy.linalg.solve_triangular(self._root.T, down)
        left = dyads - np.concatenate([found[self._v], found[self._x]]) @ self._border
        if s and dyads.size:
            left = left - self._tied @ found[self._a]
        return np.concatenate([found[self._x], found[self._a], self._inverse * left])

    def effect_variance(self) -> Floats:
        """Of every effect given the record, the uncertainty of the coefficients in it: (effects,)."""
        root = scipy.linalg.solve_triangular(self._root, np.eye(len(self._root)), lower=True)
        own = (root[:, self._a] ** 2).sum(axis=0)
        if not self._inverse.size:
            return np.asarray(own)
        through = np.concatenate([root[:, self._v], root[:, self._x]], axis=1) @ self._border
        if self._s:
            through += (self._tied @ root[:, self._a].T).T
        return np.concatenate([own, self._inverse + self._inverse**2 * (through**2).sum(axis=0)])


def evidence_of(effects: Floats, variance: Floats, precision: Floats | float) -> tuple[float, float]:
    """The sum of squares of effects, and how many of them the record determines.

    Their ratio, summed over all effects that share a normal prior, is the next variance of that prior on the way to
    the top of Laplace's approximation: the fixed point of MacKay (1992), Bayesian interpolation, Neural Computation
    4(3), and the step of Wood and Fasiolo (2017), A generalized Fellner-Schall method, Biometrics 73(4).

    Parameters
    ----------
    effects, variance : (effects,), and their variances given the record; precision : of the prior
    """
    return float(np.square(effects).sum()), float((1.0 - variance * precision).sum())
