"""Counts per dyad and step that vary more than Poisson: negative binomial with quadratic variance (NB2).

    mean mu = exposure * exp(eta), variance mu + mu ** 2 / size

The last coefficient is log size. Its information with the others is zero in expectation and is left out. References:
Hilbe (2011), Negative Binomial Regression, ch. 8.
"""

from __future__ import annotations

import numpy as np
import scipy
from numpy.typing import NDArray

from lynchpin.engine.likelihoods import interval
from lynchpin.engine.likelihoods._kernels import add_unit_sums, size_cells, size_slope, unit_sums
from lynchpin.engine.likelihoods.likelihood import Likelihood, Margins, Needs
from lynchpin.engine.likelihoods.rows import Block, Sums, Terms, moments
from lynchpin.engine.statistics.base import Floats
from lynchpin.errors import DidNotConverge

#: Above it a negative binomial is Poisson to eight digits.
LARGEST_LOG_SIZE = 16.0


def _log_rising(y: Floats | NDArray[np.int64], size: Floats | float) -> Floats:
    """The log of gamma(y + size) / gamma(size)."""
    out: Floats = scipy.special.gammaln(y + size) - scipy.special.gammaln(size)
    return out


def sums(block: Block, parameters: Floats) -> Sums:
    """Log-likelihood, gradient and observed information of a block; parameters: (columns + 1,), the last is log size.

    Raises
    ------
    DidNotConverge : the size runs off, because the counts vary no more than Poisson counts
    """
    k = parameters.size - 1
    _refuse_poisson(float(parameters[k]))
    found = terms(block, block.eta(parameters[:k]), extra=float(parameters[k]))
    gradient, information = np.empty(k + 1), np.zeros((k + 1, k + 1))
    gradient[:k] = block.X @ found.score
    information[:k, :k] = moments(block.X, found.curvature)[1]
    assert found.size is not None
    gradient[k], information[k, k] = found.size
    return Sums(found.value, gradient, information)


def terms(block: Block, eta: Floats, idle: object = None, *, extra: float = 0.0) -> Terms:
    """The same, row by row; eta: (rows,); extra: log size.

    Raises
    ------
    DidNotConverge : the size runs off
    """
    log_size = extra
    _refuse_poisson(log_size)
    size = float(np.exp(log_size))
    eta = eta + np.repeat(np.log(block.exposure), np.diff(block.ptr))
    mu = np.exp(eta)
    share = mu / size
    log_one = np.log1p(share)
    one = 1.0 + share
    row, y = block.seen_row, block.seen_count
    value = -size * float(log_one.sum())
    value += float((y * (eta[row] - log_size - log_one[row])).sum())
    value += float((_log_rising(y, size) - scipy.special.gammaln(y + 1.0)).sum())
    score = -mu / one
    score[row] += y / one[row]
    weight = mu / one**2
    weight[row] *= 1.0 + y / size
    # in size, then in log size
    digamma, polygamma = scipy.special.digamma, scipy.special.polygamma
    slope = float((share / one - log_one).sum()) + float(
        (digamma(y + size) - digamma(size) - y / (size * one[row])).sum()
    )
    bend = float(((share / one) ** 2).sum()) / size + float(
        (polygamma(1, y + size) - polygamma(1, size) + y / (size * one[row]) ** 2).sum()
    )
    curve = -(size * slope + size**2 * bend)
    in_size = (size * slope, curve if curve > 0 else abs(size * slope) + 1e-12)
    return Terms(value, score, weight, np.empty((0, mu.size)), size=in_size)


def _refuse_poisson(log_size: float) -> None:
    if log_size > LARGEST_LOG_SIZE:
        raise DidNotConverge("the counts vary no more than Poisson counts", "log size", "use counts=poisson")


def residual(block: Block, parameters: Floats) -> Floats:
    """What happened less what was expected, over 1 + mean / size, for every row: times x it is the score."""
    mu = interval.expected(block, parameters[:-1])
    out: Floats = interval.less_expected(block, mu) / (1.0 + mu * np.exp(-parameters[-1]))
    return out


def null(margins: Margins) -> float:
    """The highest log-likelihood of NB2 counts at the common rate of events; only the last step may be shorter."""
    cells, y = margins.at_risk.astype(float), margins.seen_count
    means = margins.exposure * float(y.sum()) / float(margins.exposure @ cells)
    mean = np.repeat(means, np.diff(margins.seen_ptr))

    def loss(log_size: float) -> float:
        size = np.exp(log_size)
        seen = _log_rising(y, size) - scipy.special.gammaln(y + 1.0) + y * np.log(mean / (size + mean))
        return -float(seen.sum() - size * (cells @ np.log1p(means / size)))

    return -float(scipy.optimize.minimize_scalar(loss, bounds=(-15.0, 15.0), method="bounded").fun)


def cumulative(y: Floats, mu: Floats, parameters: Floats) -> tuple[Floats, Floats]:
    """The chance of so many or fewer, and of fewer."""
    size = float(np.exp(parameters[-1]))
    p = size / (size + mu)
    betainc = scipy.special.betainc
    return betainc(size, y + 1.0, p), np.where(y > 0, betainc(size, np.maximum(y, 1.0), p), 0.0)


NB2 = Likelihood(
    sums,
    terms,
    residual,
    null,
    Needs(clock=True, steps=True),
    cumulative=cumulative,
    extra=("log size",),
    plain=interval.POISSON,
)

#: How often each dyad acts in a step, by how counts are distributed.
RATE = {"poisson": interval.POISSON, "nb2": NB2}


# -- The rate model: how many events of a class a dyad has in a step, Poisson or negative binomial.

Counts = NDArray[np.int64]

#: The sizes that the dispersion is searched between; beyond the upper one a negative binomial is a Poisson.
SMALLEST_SIZE, LARGEST_SIZE = 1e-2, 1e4

#: From this size on it is counted as one.
_POISSON_SIZE = 1e6


def log_chance(y: Counts | Floats, mean: Floats, size: Floats | float) -> Floats:
    """Log chance of counts; everything broadcasts, an infinite size is a Poisson, a mean of zero a certain zero.

    References
    ----------
    Cameron and Trivedi (2013), Regression Analysis of Count Data, 2nd ed., sect. 3.3 (NB2, alpha = 1 / size).

    Examples
    --------
    >>> log_chance(np.array([0, 2]), np.ones(2), np.inf).round(4)
    array([-1.    , -1.6931])
    """
    bounded = np.minimum(size, _POISSON_SIZE)
    none = -mean if np.all(bounded == _POISSON_SIZE) else -bounded * np.log1p(mean / bounded)
    count, mu, theta, none = np.broadcast_arrays(y, mean, bounded, none)
    poisson = theta == _POISSON_SIZE
    out = np.where(poisson, -mu, none)
    some = count > 0  # the gamma terms vanish at zero, where most counts are
    k, m, t, plain = count[some], mu[some], theta[some], poisson[some]
    with np.errstate(divide="ignore"):
        power_of = np.where(plain, k * np.log(m), _log_rising(k, t) + k * np.log(m / (m + t)))
    out[some] += power_of - scipy.special.gammaln(k + 1.0)
    return np.asarray(out)


def score(y: Counts, eta: Floats, theta: float) -> Floats:
    """Derivative of the log chance by the log mean eta; theta: size, or inf."""
    mu = np.exp(eta)
    return np.asarray((y - mu) / (1.0 + mu / theta))


def information(y: Counts, eta: Floats, theta: float) -> Floats:
    """Minus the second derivative of the log chance by eta: observed, not expected. > 0."""
    mu = np.exp(eta)
    return np.asarray(mu * (1.0 + y / theta) / (1.0 + mu / theta) ** 2)


def score_and_information(y: Counts, mu: Floats, theta: float) -> tuple[Floats, Floats]:
    """Both, given the means themselves."""
    more = 1.0 + mu / theta
    return (y - mu) / more, mu * (1.0 + y / theta) / more**2


def row_sums(y: Counts, X: Floats, offset: Floats, beta: Floats, theta: float) -> Sums:
    """Log-likelihood, gradient and observed information of rows whose log mean is offset + X @ beta.

    Parameters
    ----------
    y, offset : (rows,); X : (rows, k), column by column in memory; beta : (k,); theta : size, or inf
    """
    return Sums(*unit_sums(y, X, offset, beta, theta))


def add_row_sums(
    y: Counts,
    X: Floats,
    offset: Floats,
    beta: Floats,
    theta: float,
    columns: Counts,
    gradient: Floats,
    information: Floats,
) -> float:
    """The same of rows that know some coefficients of many: the log-likelihood; the rest is added to what is given.

    Parameters
    ----------
    y, X, offset, theta : as for `row_sums`
    beta, gradient, information : (p,), (p,), (p, p), of all coefficients; the last two are added to, in place
    columns : (k,), places of the rows' own coefficients among them, each once
    """
    return float(add_unit_sums(y, X, offset, beta, theta, columns, gradient, information))


def best_size(y: Counts, eta: Floats, tolerance: float = 1e-3) -> float:
    """The size theta of highest likelihood, given the means; inf where a Poisson does as well.

    The slope by log theta is brought to zero by Newton's steps, halving the bracket where one would leave it: it is not
    concave in log theta, and a search by values alone would need many times the passes over the counts.

    Parameters
    ----------
    y, eta : arrays of one shape
    tolerance : float, on the log of the size

    Returns
    -------
    float, between SMALLEST_SIZE and LARGEST_SIZE, or inf
    """
    mu = np.exp(eta)
    low, high, at = np.log(SMALLEST_SIZE), np.log(LARGEST_SIZE), 0.0
    step = high - low
    while abs(step) > tolerance and high - low > tolerance:
        slope, curvature = size_slope(y, mu, np.exp(at))
        low, high = (at, high) if slope > 0.0 else (low, at)
        step = -slope / curvature if curvature < 0.0 else np.inf
        if not low < at + step < high:
            step = (low + high) / 2.0 - at
        at += step
    theta = float(np.exp(at))
    gain = log_chance(y, mu, theta).sum() - log_chance(y, mu, np.inf).sum()
    return theta if gain > 1e-6 else float("inf")


def size_terms(y: Counts, mean: Floats, log_size: Floats) -> tuple[Floats, Floats]:
    """First and second derivatives of log chances by the log size: arrays of one shape, cell by cell, NB2 throughout.

    Parameters
    ----------
    y, mean, log_size : arrays that broadcast to one shape
    """
    counts, means, sizes = (np.ascontiguousarray(part) for part in np.broadcast_arrays(y, mean, log_size))
    slope, bend = np.empty(counts.shape), np.empty(counts.shape)
    size_cells(counts.ravel(), means.ravel(), sizes.ravel(), slope.ravel(), bend.ravel())
    return slope, bend
