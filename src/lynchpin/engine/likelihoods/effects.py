"""Effects of senders, receivers and dyads, partially pooled: normal, their widths by Laplace's approximation.

Coefficients, standard deviations and the size of negative binomial counts are at the top of the likelihood from which
the effects are integrated out by Laplace's approximation; the effects are at theirs given all these. References:
Tierney and Kadane (1986), J. American Statistical Association 81; Breslow and Clayton (1993), the same 88; for the
ordinal likelihood Ripatti and Palmgren (2000), Biometrics 56.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
import scipy

from lynchpin.engine.likelihoods.laplace import Factored
from lynchpin.engine.likelihoods.levels import Index, Levels
from lynchpin.engine.likelihoods.newton import NoTop, ascend, is_flat, refuse_collinear
from lynchpin.engine.likelihoods.pooled import PooledSums
from lynchpin.engine.likelihoods.profile import crossing
from lynchpin.engine.statistics.base import Floats
from lynchpin.errors import DidNotConverge
from lynchpin.numbers import DROP90, Z90

#: Standard deviations are looked for between these (log rate); the lower one counts as none.
SMALLEST_SD, LARGEST_SD = 1e-3, 20.0

#: And the size of negative binomial counts.
SMALLEST_SIZE, LARGEST_SIZE = 1e-3, 1e5

_TOLERANCE, _PASSES, _WIDTH = 1e-6, 60, 0.1

#: What a place without a top is below others.
_FAR = 1e6

#: Rounds of standard deviations and coefficients, and how near coefficients must be, in standard errors.
_ROUNDS, _NEAR = 10, 1e-3

#: What the blocks say at (coefficients and effects, log size).
Read = Callable[[Floats, float], PooledSums]


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """estimate, covariance : of the coefficients; value : log-likelihood, effects integrated out; else as in `Top`"""

    random: tuple[RandomEffects, ...]
    estimate: Floats
    covariance: Floats
    value: float
    passes: int
    is_doubtful: bool


def settle(
    read: Read, levels: Levels, start: Floats, precision: Floats, names: Sequence[str], with_size: bool = False
) -> Settled:
    """Coefficients, effects and their standard deviations.

    Parameters
    ----------
    read : what the likelihood says
    levels : who has effects
    start, precision, names : (k,), of the coefficients
    with_size : the counts are negative binomial, and the last coefficient is their log size

    Raises
    ------
    NoTop : the coefficients have none
    DidNotConverge : the counts are no negative binomial ones
    """
    k, factors = start.size - with_size, len(levels.factors)
    here = Standing(read, levels, start[:k], precision[:k], names[:k])
    theta = np.full(factors + with_size, np.log(0.5))
    bounds = [(np.log(SMALLEST_SD), np.log(LARGEST_SD))] * factors
    if with_size:
        theta[-1] = 0.0
        bounds.append((np.log(SMALLEST_SIZE), np.log(LARGEST_SIZE)))
    here.top(theta)
    for _ in range(_ROUNDS):
        found = scipy.optimize.minimize(
            lambda theta: -here.marginal(theta),
            theta,
            method="L-BFGS-B",
            bounds=bounds,
            options={"eps": 1e-4, "ftol": 1e-11, "gtol": 2e-4 * np.sqrt(levels.effects), "maxiter": 60},
        )
        theta = _none_if_as_good(here, np.asarray(found.x), factors)
        moved = here.lean(theta)
        if moved.max() < _NEAR:
            break
    else:
        restless = names[int(np.argmax(moved))]
        raise NoTop("coefficients and random effects do not settle", restless, "leave some random effects out")
    if with_size and theta[-1] > bounds[-1][1] - 0.1:
        raise DidNotConverge("the counts vary no more than Poisson counts", "log size", "use counts=poisson")
    spread = _spread(here, theta, bounds)
    ends = [_interval(here, theta, f, spread, bounds[f]) for f in range(factors)]
    follow = _follow(here, theta, spread)
    top = here.top(theta)
    effects, se = (levels.of_factor(part) for part in (top.at[k:], np.sqrt(top.factored.effect_variance())))
    sd = np.where(theta[:factors] <= bounds[0][0] + 1e-6, 0.0, np.exp(theta[:factors]))
    random = tuple(
        _record(levels, of, effects[f], se[f], float(sd[f]), *ends[f]) for f, of in enumerate(levels.factors)
    )
    estimate, covariance = top.at[:k], top.factored.covariance + follow @ spread @ follow.T
    if with_size:
        with_it = (follow @ spread[:, -1])[:, None]
        estimate = np.append(estimate, theta[-1])
        covariance = np.block([[covariance, with_it], [with_it.T, spread[-1:, -1:]]])
    is_doubtful = is_flat(here.first, top.factored.covariance, np.flatnonzero(precision[:k] == 0.0))
    return Settled(random, estimate, covariance, top.marginal, here.passes, is_doubtful)


def _none_if_as_good(here: Standing, theta: Floats, factors: int) -> Floats:
    """The same without what is as well without: where effects make no difference, the likelihood is flat."""
    for f in np.flatnonzero(theta[:factors] < np.log(0.1)):
        without = theta.copy()
        without[f] = np.log(SMALLEST_SD)
        if here.marginal(without) > here.marginal(theta) - 1e-6:
            theta = without
    return theta


@dataclass(frozen=True, slots=True, eq=False)
class _Top:
    """at : (k + effects,); marginal : log-likelihood there, effects integrated out"""

    at: Floats
    marginal: float
    factored: Factored


class _Point:
    """A point of the climb: what the likelihood says, less the prior, and the pull on the coefficients."""

    def __init__(self, sums: PooledSums, at: Floats, prior: Floats, pull: Floats, levels: Levels) -> None:
        self.sums, self._at, self._prior, self._pull, self._levels = sums, at, prior, pull, levels
        self.value = sums.value - 0.5 * float(prior @ at**2) + float(pull @ at)

    @cached_property
    def factored(self) -> Factored:
        return Factored(self.sums, self._levels, self._prior)

    def step(self) -> tuple[Floats, Floats]:
        """Slope and Newton's step."""
        slope = self.sums.gradient - self._prior * self._at + self._pull
        return slope, self.factored.step(slope)


class Standing:
    """Where coefficients and effects stand. Every climb begins where the last one ended, and what was read is kept."""

    def __init__(self, read: Read, levels: Levels, start: Floats, precision: Floats, names: Sequence[str]) -> None:
        self.read, self.levels, self.precision, self.names = read, levels, precision, names
        self.parameters, self.log_size = np.concatenate([start, np.zeros(levels.effects)]), 0.0
        self.pull = np.zeros(self.parameters.size)  # of the log determinant on the coefficients
        self.sums, self.passes = read(self.parameters, 0.0), 1
        self.first = self.sums.fixed
        refuse_collinear(self.sums.fixed + np.diag(precision), names, np.zeros(start.size))

    def prior(self, theta: Floats) -> Floats:
        return np.concatenate([self.precision, self.levels.each(np.exp(-2.0 * theta[: len(self.levels.factors)]))])

    def marginal(self, theta: Floats) -> float:
        """The integrated log-likelihood given theta; far below where the likelihood has no top, and nothing moves."""
        stood = self.parameters, self.sums, self.log_size
        try:
            return self.top(theta).marginal
        except DidNotConverge:
            self.parameters, self.sums, self.log_size = stood
            return stood[1].value - _FAR

    def top(self, theta: Floats) -> _Top:
        """Climb to the top given the standard deviations.

        Raises
        ------
        NoTop : within the passes
        """
        prior, log_size = self.prior(theta), float(theta[-1]) if theta.size > len(self.levels.factors) else 0.0
        if log_size != self.log_size:
            self.sums, self.log_size = self.read(self.parameters, log_size), log_size
            self.passes += 1

        def look(at: Floats) -> _Point:
            self.passes += 1
            return _Point(self.read(at, log_size), at, prior, self.pull, self.levels)

        def is_near(step: Floats, rise: float) -> bool:
            return rise < _TOLERANCE**2

        here = _Point(self.sums, self.parameters, prior, self.pull, self.levels)
        ascent = ascend(look, self.parameters, here, is_near=is_near, steps=_PASSES, shortest=1e-8)
        self.parameters, self.sums = ascent.at, ascent.here.sums
        factored = ascent.solved.factored
        if not ascent.arrived:
            worst = int(np.argmax(np.abs(ascent.step[: len(self.names)]) / np.sqrt(np.diag(factored.covariance))))
            raise NoTop(
                f"no top within {_PASSES} passes",
                f"furthest from it: {self.names[worst]}",
                "use scale=log1p or a ridge",
            )
        at = ascent.end
        marginal = ascent.here.value + 0.5 * ascent.rise - float(self.pull @ at) - 0.5 * factored.log_det
        return _Top(at, marginal - float(np.dot(self.levels.sizes(), theta[: len(self.levels.factors)])), factored)

    def lean(self, theta: Floats) -> Floats:
        """Let the coefficients lean to where the integrated likelihood, not the penalised one, is at its top.

        Returns
        -------
        (k,), the change in what each coefficient will move, in standard errors
        """
        k, top = self.precision.size, self.top(theta)
        wanted = self._pull_at(top, theta)
        moved = top.factored.covariance @ (wanted - self.pull[:k])
        self.pull[:k] = wanted
        return np.asarray(np.abs(moved / np.sqrt(np.diag(top.factored.covariance))))

    def leaning(self, theta: Floats) -> Floats:
        """Where the coefficients lean to given other standard deviations; their pull stays as it was."""
        k, top = self.precision.size, self.top(theta)
        out: Floats = top.at[:k] + top.factored.covariance @ (self._pull_at(top, theta) - self.pull[:k])
        return out

    def _pull_at(self, top: _Top, theta: Floats) -> Floats:
        """Minus half the slope of the log determinant by the coefficients, effects following: by differences."""
        k, prior, se = self.precision.size, self.prior(theta), np.sqrt(np.diag(top.factored.covariance))
        slope = np.empty(k)
        for a in range(k):
            along = top.factored.step(np.eye(1, self.parameters.size, a)[0]) / se[a]
            ends = [self.read(top.at + sign * _WIDTH * along, self.log_size) for sign in (1.0, -1.0)]
            up, down = (Factored(sums, self.levels, prior).log_det for sums in ends)
            slope[a] = (up - down) / (2.0 * _WIDTH) * se[a]
            self.passes += 2
        return np.asarray(-0.5 * np.linalg.solve(top.factored.covariance, slope))


def _spread(here: Standing, theta: Floats, bounds: Sequence[tuple[float, float]]) -> Floats:
    """The inverse of the curvature at the top by differences; a place at its bound tells nothing of the others."""
    size, marginal = theta.size, here.marginal
    free = [k for k in range(size) if bounds[k][0] + _WIDTH < theta[k] < bounds[k][1] - _WIDTH]
    move = np.eye(size) * _WIDTH
    curvature = np.zeros((size, size))
    for a in free:
        for b in free[: free.index(a) + 1]:
            if a == b:
                bend = marginal(theta + move[a]) - 2.0 * marginal(theta) + marginal(theta - move[a])
            else:
                bend = (
                    marginal(theta + move[a] + move[b])
                    - marginal(theta + move[a] - move[b])
                    - marginal(theta - move[a] + move[b])
                    + marginal(theta - move[a] - move[b])
                ) / 4.0
            curvature[a, b] = curvature[b, a] = -bend / _WIDTH**2
    out = np.zeros((size, size))
    if free:
        values, vectors = np.linalg.eigh(curvature[np.ix_(free, free)])
        out[np.ix_(free, free)] = (vectors / np.maximum(values, 1e-3)) @ vectors.T
    return out


def _follow(here: Standing, theta: Floats, spread: Floats) -> Floats:
    """How the coefficients move with theta, by differences: (k, theta). Not knowing theta adds to their doubt."""
    follow = np.zeros((here.precision.size, theta.size))
    for f in np.flatnonzero(np.diag(spread) > 0.0):
        move = _WIDTH * np.eye(theta.size)[f]
        follow[:, f] = (here.leaning(theta + move) - here.leaning(theta - move)) / (2.0 * _WIDTH)
    return follow


def _interval(here: Standing, theta: Floats, k: int, spread: Floats, bound: tuple[float, float]) -> tuple[float, float]:
    """Where the integrated likelihood has dropped by DROP90; the others move along as the curvature says."""
    top = here.marginal(theta)
    along = spread[k] / spread[k, k] if spread[k, k] > 0 else np.eye(theta.size)[k]

    def left(move: float) -> float:
        return here.marginal(theta + move * along) - top + DROP90

    def end(sign: float, near: float, far: float) -> float:
        return float(np.exp(theta[k] + sign * crossing(lambda move: left(sign * move), 0.0, near, far, 1e-3)))

    reach = Z90 * np.sqrt(spread[k, k]) if spread[k, k] > 0 else 0.5
    ends = []
    for sign, furthest in ((-1.0, theta[k] - bound[0]), (1.0, bound[1] - theta[k])):
        near, far = 0.0, min(reach, furthest)
        while left(sign * far) > 0.0 and far < furthest:
            near, far = far, min(2.0 * far, furthest)
        if far <= 0.0 or left(sign * far) > 0.0:
            ends.append(0.0 if sign < 0 else float(np.inf))
        else:
            ends.append(end(sign, near, far))
    return ends[0], ends[1]


def _record(
    levels: Levels, of: str, effect: Floats, se: Floats, sd: float, lower: float, upper: float
) -> RandomEffects:
    none, actors = np.full(levels.n, -1, np.int32), np.arange(levels.n, dtype=np.int32)
    i, j = {"sender": (actors, none), "receiver": (none, actors), "dyad": (levels.i, levels.j)}[of]
    return RandomEffects(of, i, j, (), effect, se, sd, lower, upper)


# -- Effects of senders, receivers or dyads as a result: a frozen record, no maths.


@dataclass(frozen=True, slots=True, eq=False)
class RandomEffects:
    """The effects of one factor, drawn from a normal distribution around zero.

    of : "sender", "receiver" or "dyad"
    i, j : (levels,), positions of the sender and of the receiver that a level is about, -1 where it is about no one
    type : (levels,), names of the type that an effect speaks for, where types are modelled, else empty
    effect, se : (levels,), log rate or log odds, and the standard deviation given the record
    sd, lower, upper : the standard deviation that they are drawn with, and its 90 % interval
    """

    of: str
    i: Index
    j: Index
    type: tuple[str, ...]
    effect: Floats
    se: Floats
    sd: float
    lower: float
    upper: float

    def of_rows(self, i: Index, j: Index, n: int) -> Floats:
        """The effect that each pair of positions has; zero where the fit had no such dyad at risk."""
        if self.of != "dyad":
            return self.effect[i if self.of == "sender" else j]
        key, wanted = self.i.astype(np.int64) * n + self.j, i.astype(np.int64) * n + j
        at = np.minimum(np.searchsorted(key, wanted), key.size - 1)
        return np.where(key[at] == wanted, self.effect[at], 0.0)

    def of_types(self, n: int, kinds: Sequence[str]) -> RandomEffects:
        """Positions of actors and names of types, where actors were counted anew for every type."""
        which = np.maximum(self.i, self.j) // n
        i, j = (np.where(side >= 0, side % n, -1).astype(np.int32) for side in (self.i, self.j))
        return replace(self, i=i, j=j, type=tuple(kinds[c] for c in which))

    def to_frame(self, actors: Sequence[str]) -> pl.DataFrame:
        """One row per level: of, sender, receiver, type, effect, se."""
        names = np.array([*actors, None], dtype=object)
        return pl.DataFrame(
            {
                "of": pl.Series([self.of] * self.effect.size, dtype=pl.String),
                "sender": pl.Series(names[self.i].tolist(), dtype=pl.String),
                "receiver": pl.Series(names[self.j].tolist(), dtype=pl.String),
                "type": pl.Series(list(self.type) or [None] * self.effect.size, dtype=pl.String),
                "effect": self.effect,
                "se": self.se,
            }
        )

    def about(self) -> dict[str, Any]:
        """What is no array, for a saved fit."""
        return {"of": self.of, "type": self.type, "sd": self.sd, "lower": self.lower, "upper": self.upper}
