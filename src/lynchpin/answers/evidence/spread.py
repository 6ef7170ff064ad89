"""Random effects of places whose errors hang together: what `pooling` does, for directed dyads.

Two directions of a pair share every mutual act, so that their errors are correlated. The effects are y ~ N(mean,
V + tau^2 I) with the whole matrix V of errors; where V is diagonal, all of it is `pooling.pool`, and a test says so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.special import chdtrc, stdtrit

from lynchpin.engine.statistics.base import Floats
from lynchpin.numbers import DROP90, Z90

#: Spreads that are tried, log rate ratio per unit; an interval that reaches the last is open there.
_GRID = np.concatenate([[0.0], np.geomspace(1e-3, 8.0, 400)])


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """A common mean, how much places differ, and what that says of each.

    mean, lower, upper : of the mean, 90 %
    sd, sd_lower, sd_upper : between places, 90 % by profile of the restricted likelihood; inf where it is open
    p : were all alike, the chance of a Q as large
    shrunk, shrunk_error : (n,), each place given all the others
    """

    mean: float
    lower: float
    upper: float
    sd: float
    sd_lower: float
    sd_upper: float
    p: float
    shrunk: Floats
    shrunk_error: Floats


def restricted_likelihood(taus: Floats, estimate: Floats, covariance: Floats) -> Floats:
    """The restricted log-likelihood of each spread, up to a constant: shape of `taus`, (k,)."""
    size, turn = np.linalg.eigh(covariance)  # adding tau^2 to every variance leaves the axes where they are
    weight = 1.0 / (size + np.asarray(taus)[:, None] ** 2)
    z, one = turn.T @ estimate, turn.T @ np.ones(estimate.size)
    precision, both, square = weight @ one**2, weight @ (one * z), weight @ z**2
    return np.asarray(0.5 * np.log(weight).sum(axis=1) - 0.5 * np.log(precision) - 0.5 * (square - both**2 / precision))


def spread(estimate: Floats, covariance: Floats) -> Spread:
    """Pool the effects of several places.

    Parameters
    ----------
    estimate : (n,), n >= 2; covariance : (n, n), of their errors

    References
    ----------
    Viechtbauer (2005), Journal of Educational and Behavioral Statistics 30(3) (REML); Knapp and Hartung (2003),
    Statistics in Medicine 22(17) (the interval of the mean; their factor is held at 1 or above); Higgins, Thompson and
    Spiegelhalter (2009), Journal of the Royal Statistical Society A 172(1) (what a place is given the others).

    Examples
    --------
    >>> found = spread(np.array([0.1, 0.3, 0.2, 0.4]), np.diag([0.02, 0.03, 0.02, 0.04]))
    >>> round(found.mean, 3), round(found.sd, 3)
    (0.221, 0.0)
    """
    n = estimate.size
    profile = restricted_likelihood(_GRID, estimate, covariance)
    best = int(np.argmax(profile))
    tau = float(_GRID[best])
    inside = np.flatnonzero(profile >= profile[best] - DROP90)
    mean, precision, factor = _mean(tau, estimate, covariance)
    off = estimate - mean
    error = float(np.sqrt(max(float(off @ cho_solve(factor, off)) / (n - 1), 1.0) / precision))
    # of two places' mean, with one degree of freedom, a t interval says nothing of anything
    reach = (float(stdtrit(n - 1, 0.95)) if n > 2 else Z90) * error
    kept = tau**2 * cho_solve(factor, np.eye(n))  # share of each place's own record in what it is given the others
    given = mean + kept @ off
    pulled = (np.eye(n) - kept).sum(axis=1)
    variance = np.diag(tau**2 * np.eye(n) - tau**2 * kept) + (pulled * error) ** 2
    alike, _, plain = _mean(0.0, estimate, covariance)
    q = float((estimate - alike) @ cho_solve(plain, estimate - alike))
    return Spread(
        mean=mean,
        lower=mean - reach,
        upper=mean + reach,
        sd=tau,
        sd_lower=float(_GRID[inside[0]]),
        sd_upper=float("inf") if inside[-1] == _GRID.size - 1 else float(_GRID[inside[-1]]),
        p=float(chdtrc(n - 1, q)),
        shrunk=given,
        shrunk_error=np.sqrt(np.maximum(variance, 0.0)),
    )


def _mean(tau: float, estimate: Floats, covariance: Floats) -> tuple[float, float, tuple[Floats, bool]]:
    """The mean under a spread, its precision, and the factor of the whole covariance."""
    factor = cho_factor(covariance + tau**2 * np.eye(estimate.size))
    weight = cho_solve(factor, np.ones(estimate.size))
    return float(weight @ estimate / weight.sum()), float(weight.sum()), factor


# -- Effects of one mechanism in many places: a common mean, how much places differ, and what that says of each.

_GOLDEN = (5.0**0.5 - 1.0) / 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Pooled:
    """A common mean and what it does to each place.

    mean, standard_error, degrees : of the mean; degrees of freedom of its t interval
    tau : float, standard deviation between places
    i_squared : float, share of the spread that is not error, in [0, 1]
    shrunk, shrunk_error : (n,), each place given all the others
    weight : (n,), share of each place in the mean
    """

    mean: float
    standard_error: float
    degrees: int
    tau: float
    i_squared: float
    shrunk: Floats
    shrunk_error: Floats
    weight: Floats

    def interval(self, level: float = 0.90) -> tuple[float, float]:
        """Of the mean."""
        reach = float(stdtrit(max(self.degrees, 1), 0.5 + level / 2.0)) * self.standard_error
        return self.mean - reach, self.mean + reach

    def new_place(self, level: float = 0.90) -> tuple[float, float]:
        """Where the effect of one more place would lie; too narrow with few places, since tau is taken as known.

        With twelve places and a spread as large as their errors, a 90 % interval held the next in 79 of 100 cases.
        """
        spread = float(np.hypot(self.standard_error, self.tau))
        reach = float(stdtrit(max(self.degrees - 1, 1), 0.5 + level / 2.0)) * spread
        return self.mean - reach, self.mean + reach


def pool(estimate: Floats, variance: Floats) -> Pooled:
    """Pool the effects of several places.

    Parameters
    ----------
    estimate, variance : (n,), n >= 2, of places that share no outcome

    Returns
    -------
    Pooled

    References
    ----------
    Viechtbauer (2005), Bias and efficiency of meta-analytic variance estimators, Journal of Educational and Behavioral
    Statistics 30(3) (REML); Knapp and Hartung (2003), Improved tests for a random effects meta-regression with a single
    covariate, Statistics in Medicine 22(17) (the interval; their factor is held at 1 or above).

    Examples
    --------
    >>> found = pool(np.array([0.1, 0.3, 0.2, 0.4]), np.array([0.02, 0.03, 0.02, 0.04]))
    >>> round(found.mean, 3), round(found.tau, 3)
    (0.221, 0.0)
    """
    tau2 = _tau_squared(estimate, variance)
    weight = 1.0 / (variance + tau2)
    mean = float(weight @ estimate / weight.sum())
    n = estimate.size
    spread = float(weight @ (estimate - mean) ** 2 / (n - 1))
    error = float(np.sqrt(max(spread, 1.0) / weight.sum()))
    fixed = 1.0 / variance
    typical = (n - 1) * fixed.sum() / (fixed.sum() ** 2 - (fixed**2).sum())
    own = 1.0 / variance + (1.0 / tau2 if tau2 > 0.0 else np.inf)
    pulled = mean if tau2 == 0.0 else (estimate / variance + mean / tau2) / own
    share = np.zeros(n) if tau2 == 0.0 else (1.0 / variance) / own
    shrunk_error = np.sqrt(share * variance + ((1.0 - share) * error) ** 2)
    return Pooled(
        mean=mean,
        standard_error=error,
        degrees=n - 1,
        tau=float(np.sqrt(tau2)),
        i_squared=float(tau2 / (tau2 + typical)),
        shrunk=np.broadcast_to(pulled, n).copy(),
        shrunk_error=shrunk_error,
        weight=weight / weight.sum(),
    )


def independent_likelihood(tau2: float, estimate: Floats, variance: Floats) -> float:
    """The restricted log-likelihood of the variance between places, up to a constant."""
    weight = 1.0 / (variance + tau2)
    mean = weight @ estimate / weight.sum()
    return float(0.5 * np.log(weight).sum() - 0.5 * np.log(weight.sum()) - 0.5 * (weight @ (estimate - mean) ** 2))


def _tau_squared(estimate: Floats, variance: Floats) -> float:
    """Where the restricted likelihood is highest: golden section on log tau, and none where none is as good."""
    low, high = np.log(1e-4), np.log(max(4.0 * float(np.std(estimate)), 1e-3))
    while high - low > 1e-6:
        left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        if independent_likelihood(np.exp(2 * left), estimate, variance) > independent_likelihood(
            np.exp(2 * right), estimate, variance
        ):
            high = right
        else:
            low = left
    best = float(np.exp(low + high))
    return (
        best
        if independent_likelihood(best, estimate, variance) > independent_likelihood(0.0, estimate, variance) + 1e-9
        else 0.0
    )
