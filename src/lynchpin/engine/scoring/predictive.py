"""A forecast of counts as probabilities: exact on a grid, with what lies beyond the grid.

Draws of counts make noisy log scores; the models that can say the chance of every count say it here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lynchpin.engine.likelihoods.counts import log_chance
from lynchpin.engine.statistics.base import Floats

Counts = NDArray[np.int64]

#: The share of every forecast that is spread wide, so that the unforeseen costs much but not everything; the same for
#: ours and for the baselines.
EPSILON = 1e-3


@dataclass(frozen=True, eq=False)
class Predictive:
    """The chance of every count of every unit over one span of days.

    pmf : (units, K + 1), chance of 0 .. K; rows may sum to less than one
    What is missing lies beyond K, spread geometrically with ratio K / (K + 1).
    """

    pmf: Floats

    @property
    def top(self) -> int:
        """The largest count of the grid."""
        return int(self.pmf.shape[1] - 1)

    @cached_property
    def tail(self) -> Floats:
        """Chance of more than `top`: shape (units,)."""
        return np.asarray(np.maximum(1.0 - self.pmf.sum(axis=1), 0.0))

    @cached_property
    def cdf(self) -> Floats:
        """Chance of at most 0 .. K: shape (units, K + 1)."""
        return np.asarray(np.minimum(np.cumsum(self.pmf, axis=1), 1.0))

    @property
    def mean(self) -> Floats:
        """Expected count, shape (units,); what lies beyond K counts by the mean of its geometric spread."""
        inside = self.pmf @ np.arange(self.top + 1.0)
        return np.asarray(inside + self.tail * (2.0 * self.top + 1.0))

    @property
    def p_any(self) -> Floats:
        """Chance of at least one, shape (units,)."""
        return np.asarray(1.0 - self.pmf[:, 0])

    def quantile(self, share: float) -> Counts:
        """Smallest count whose cdf reaches `share`, shape (units,); at most K + 1."""
        return np.asarray((self.cdf < share - 1e-12).sum(axis=1))

    def chance(self, observed: Counts) -> Floats:
        """Chance of the observed counts, shape (units,)."""
        at = np.minimum(observed, self.top)
        inside = self.pmf[np.arange(observed.size), at]
        ratio = self.top / (self.top + 1.0)
        beyond = self.tail * (1.0 - ratio) * ratio ** np.maximum(observed - self.top - 1, 0)
        return np.asarray(np.where(observed <= self.top, inside, beyond))

    def below(self, observed: Counts) -> Floats:
        """Chance of less than the observed counts, shape (units,)."""
        cdf = np.concatenate([np.zeros((observed.size, 1)), self.cdf], axis=1)
        inside = cdf[np.arange(observed.size), np.minimum(observed, self.top + 1)]
        ratio = self.top / (self.top + 1.0)
        more = self.tail * (1.0 - ratio ** np.maximum(observed - self.top - 1, 0))
        return np.asarray(np.where(observed <= self.top, inside, inside + more))


def negative_binomial(mean: Floats, size: Floats, top: int) -> Predictive:
    """Negative binomials (NB2: variance is mean + mean^2 / size) on 0 .. top; an infinite size is a Poisson.

    Parameters
    ----------
    mean, size : ndarrays, shape (units,); mean >= 0, size > 0
    """
    k = np.arange(top + 1.0)
    return Predictive(np.exp(log_chance(k, mean[:, None], size[:, None])))


def power(pmf: Floats, times: int, top: int) -> Floats:
    """The pmf of a sum of independent counts, each with this pmf: shape (units, top + 1), exact.

    Parameters
    ----------
    pmf : ndarray, shape (units, K + 1), rows sum to one
    times : int, how many are summed, >= 1
    top : int, counts beyond it are dropped
    """
    length = (pmf.shape[1] - 1) * times + 1
    spectrum = np.fft.rfft(pmf, n=length, axis=1) ** times
    whole = np.maximum(np.fft.irfft(spectrum, n=length, axis=1), 0.0)
    whole[whole < 1e-14] = 0.0
    out = np.zeros((pmf.shape[0], top + 1))
    kept = min(top + 1, length)
    out[:, :kept] = whole[:, :kept]
    return out


def roughened(pmf: Floats, spread: Floats) -> Floats:
    """A pmf with a share `EPSILON` of it spread wide: geometric, with a mean of one more than `spread`.

    Parameters
    ----------
    pmf : ndarray, shape (units, K + 1)
    spread : ndarray, shape (units,), a count that is large for the unit
    """
    chance = 1.0 / (2.0 + spread)[:, None]
    wide = chance * (1.0 - chance) ** np.arange(pmf.shape[1])
    return (1.0 - EPSILON) * pmf + EPSILON * wide
