"""The placebo: what the estimate would be worth had the cause come at another time.

All acts of a cause are moved by one random lag, round the record, and the mechanism's statistic is made anew; outcome,
controls and exposure stay where they were. Were the cause's timing of no matter, its own place in time would be one
lag among many. Two things keep the share of false alarms where it is said to be:

- *drift is taken out*. Where cause and outcome both rise for a decade, every lag but none breaks the likeness, and the
  unmoved cause would look special. So the statistic, moved or not, is measured from what the other columns, the
  level of each dyad and class, and the slowest waves of each pair and class can tell: only what is faster than the
  drift counts. (The level too: a pooled dyad effect leaves part of it over, which any cause would pick up.)
- *each shift is studentised* with its own standard error, the larger of the model's and the clustered one, since a
  burst of causes that lands on a quiet time says less than one that lands on a busy time.

Refitting for each shift would take hours. One Newton step from the fit without the mechanism takes dot products, and
tests hold it against full refits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve

from lynchpin.answers.evidence.shifts import ByDay, MovedLayers
from lynchpin.engine.likelihoods import counts
from lynchpin.engine.statistics.base import Floats, Ints
from lynchpin.model import Fit
from lynchpin.model.design import Design, Unit
from lynchpin.model.fit import penalty
from lynchpin.model.newton import CLUSTER_DAYS, sums

#: Slowest waves of a pair and class that are taken out; never more than one for each so many steps.
WAVES, STEPS_PER_WAVE = 4, 20

#: No lag is nearer to none than so many half-lives, or than a quarter of the record where that is less.
NEAREST_HALF_LIVES = 1.0

_BLOCK = 48  # shifts at a time: what they need stays in the cache


@dataclass(frozen=True, slots=True, eq=False)
class Placebo:
    """One mechanism under shifts of its cause.

    studentised : (shifts + 1,), the one-step statistic of the unmoved cause, then of each shift
    information : float, what the record holds on the coefficient of the unmoved cause once drift is out
    inflation : float, clustered over model variance of the unmoved cause's score, at least 1
    drift : float, how strong the slow waves are in the outcome, over what chance would give; at least 1
    """

    studentised: Floats
    information: float
    inflation: float
    drift: float = 1.0

    @property
    def noise(self) -> float:
        """Variance of the score over what the model expects, at least 1: clustering, and what the shifts show besides.

        Were rows of other quarters strangers to one another, studentised shifts would have variance 1. Where cause and
        outcome wander for years they have more.
        """
        return self.inflation * max(1.0, float(np.var(self.studentised[1:])))

    def p_value(self, side: float) -> float:
        """Share of records, the true one among them, with a statistic as far on a side (+1, -1; 0: either)."""
        if side == 0.0:
            return min(1.0, 2.0 * min(self.p_value(1.0), self.p_value(-1.0)))
        moved = side * self.studentised
        return float(np.mean(moved >= moved[0] - 1e-12))

    def bar(self, side: float, level: float) -> float:
        """What the statistic has to reach on a side for a p-value of `level` there."""
        moved = np.sort(side * self.studentised[1:])
        at = moved.size - int(np.floor(level * (moved.size + 1))) + 1
        return float(moved[min(max(at, 0), moved.size - 1)])


def draw_lags(fit: Fit, name: str, shifts: int, seed: int) -> Ints:
    """Random lags in days for a mechanism, the first of them none: shape (shifts + 1,)."""
    steps = fit.design.steps
    days = steps.origin_day - steps.first_day
    half_life = fit.design.columns[fit.design.position(name)].half_life_days or 0.0
    nearest = min(NEAREST_HALF_LIVES * half_life, days / 4.0)
    share = np.random.default_rng(seed).random(shifts)
    return np.concatenate([[0], np.floor(nearest + share * (days - 2.0 * nearest)).astype(np.int64)])


def placebo(fit: Fit, name: str, lags: Ints, waves: int = WAVES) -> Placebo | None:
    """The one-step statistic of a mechanism under each lag.

    Parameters
    ----------
    fit : Fit
    name : str, the mechanism
    lags : (shifts + 1,), days; the first is 0
    waves : int, slow waves of each pair and class to take out

    Returns
    -------
    Placebo, or None where nothing is left of the cause once drift and the other columns are out
    """
    null = _null(fit, name, waves)
    by_day: ByDay = {}
    parts = [_moved(fit, name, null, lags[at : at + _BLOCK], by_day) for at in range(0, lags.size, _BLOCK)]
    score, information, clustered = (np.concatenate(part) for part in zip(*parts, strict=True))
    if information[0] < 1e-6:
        return None
    studentised = score / np.sqrt(np.maximum(np.maximum(information, clustered), 1e-12))
    return Placebo(studentised, float(information[0]), max(1.0, float(clustered[0] / information[0])), null.drift)


def slow_waves(rows: int, waves: int) -> Floats:
    """The slowest cosines over the fitted steps, at most one for each STEPS_PER_WAVE of them: shape (rows, waves)."""
    at = (np.arange(rows) + 0.5) / max(rows, 1)
    return np.cos(np.pi * np.outer(at, np.arange(1, min(waves, rows // STEPS_PER_WAVE) + 1)))


@dataclass(frozen=True, slots=True, eq=False)
class _Row:
    """What one unit holds against any column: everything but the column itself."""

    unit: Unit
    others: Floats  # (rows, m): the other columns, then the waves
    at: NDArray[np.int64]  # (m,), their places in the solved matrix
    residual: Floats  # (rows,), score of each row once drift is out
    weight: Floats  # (rows,), information of each row
    others_residual: Floats  # (blocks, m), others * residual, added up by block


@dataclass(frozen=True, slots=True, eq=False)
class _Null:
    """The fit without a mechanism."""

    rows: tuple[_Row, ...]
    solved: Floats  # (m, m): inverse of the penalised information of the other columns and the waves, as far as needed
    edges: NDArray[np.int64]  # first row of each block of CLUSTER_DAYS
    drift: float  # score test of the waves, over its degrees of freedom, at least 1


def _null(fit: Fit, name: str, waves: int) -> _Null:
    """Take a mechanism out by one Newton step, and lay out what every shift is held against."""
    design = fit.design
    k = design.position(name)
    precision = penalty(fit)
    beta = fit.estimate - fit.covariance[:, k] * (fit.estimate[k] / fit.covariance[k, k])
    at = sums(design, beta, fit.theta)
    stays = np.arange(beta.size) != k
    place = np.cumsum(stays) - 1
    units = [unit for unit in design.units if k in unit.columns]
    wave = slow_waves(design.rows, waves)
    n_waves = wave.shape[1]
    level_and_waves = np.hstack([np.ones((design.rows, 1)), wave])
    drifts = list(dict.fromkeys((frozenset((u.source, u.target)), u.event_class) for u in units))
    p = int(stays.sum())
    first_level = p + n_waves * len(drifts)
    matrix = np.zeros((first_level + len(units),) * 2)
    matrix[:p, :p] = (at.information + np.diag(precision))[np.ix_(stays, stays)]
    gradient = np.zeros(len(matrix))
    gradient[:p] = (at.gradient - precision * beta)[stays]
    laid = []
    for number, unit in enumerate(units):
        eta = design.offset[unit.event_class] + unit.X @ beta[unit.columns]
        residual = counts.score(unit.y, eta, fit.theta[unit.event_class])
        weight = counts.information(unit.y, eta, fit.theta[unit.event_class])
        here = unit.columns != k
        others, columns = unit.X[:, here], place[unit.columns[here]]
        drift = drifts.index((frozenset((unit.source, unit.target)), unit.event_class))
        own = np.concatenate([[first_level + number], p + n_waves * drift + np.arange(n_waves)])
        weighted = level_and_waves * weight[:, None]
        cross = others.T @ weighted
        matrix[np.ix_(columns, own)] += cross
        matrix[np.ix_(own, columns)] += cross.T
        matrix[np.ix_(own, own)] += level_and_waves.T @ weighted
        gradient[own] += level_and_waves.T @ residual
        laid.append((unit, np.hstack([others, level_and_waves]), np.concatenate([columns, own]), residual, weight))
    matrix[np.arange(p, len(matrix)), np.arange(p, len(matrix))] += 1e-6  # a pair that never acts has no drift
    inverse = cho_solve(cho_factor(matrix), np.eye(len(matrix)))
    step = inverse @ gradient
    block = np.arange(design.rows) * design.steps.step_days // CLUSTER_DAYS
    edges = np.flatnonzero(np.diff(block, prepend=-1))
    needed, back = np.unique(np.concatenate([columns for _, _, columns, _, _ in laid]), return_inverse=True)
    rows, read = [], 0
    for unit, others, columns, residual, weight in laid:
        after = residual - weight * (others @ step[columns])
        by_block = np.add.reduceat(others * after[:, None], edges, axis=0)
        rows.append(_Row(unit, others, back[read : read + columns.size], after, weight, by_block))
        read += columns.size
    free = max(first_level - p, 1)
    drift = max(1.0, float(gradient[p:first_level] @ step[p:first_level]) / free)
    return _Null(tuple(rows), inverse[np.ix_(needed, needed)], edges, drift)


def _moved(fit: Fit, name: str, null: _Null, lags: Ints, by_day: ByDay) -> tuple[Floats, Floats, Floats]:
    """Score, information and clustered variance of the column under each lag: three of shape (lags,)."""
    design = fit.design
    columns = _columns(design, name, lags, by_day)
    score, square = np.zeros(lags.size), np.zeros(lags.size)
    against = np.zeros((len(null.solved), lags.size))
    for row in null.rows:
        x = columns[row.unit.source, row.unit.target]
        weighted = x * row.weight
        score += x @ row.residual
        square += np.einsum("st,st->s", weighted, x)
        against[row.at] += (weighted @ row.others).T
    taken_out = null.solved @ against
    information = square - np.einsum("ks,ks->s", against, taken_out)
    by_pair: dict[frozenset[str], Floats] = {}
    for row in null.rows:
        pair, x = (row.unit.source, row.unit.target), columns[row.unit.source, row.unit.target]
        blocks = np.add.reduceat(x * row.residual, null.edges, axis=1) - (row.others_residual @ taken_out[row.at]).T
        by_pair[frozenset(pair)] = by_pair.get(frozenset(pair), 0.0) + blocks
    clustered = np.sum([(blocks**2).sum(axis=1) for blocks in by_pair.values()], axis=0)
    return score, information, clustered


def _columns(design: Design, name: str, lags: Ints, by_day: ByDay) -> dict[tuple[str, str], Floats]:
    """The mechanism's column for each dyad it moves, under each lag: shape (lags, rows)."""
    steps = design.steps
    layers = MovedLayers(design.layers.acts, steps, slice(steps.burn_in, steps.count), lags, by_day)
    dyads = design.evaluator.mechanisms[name].checked.dyads
    return {
        dyad: design.evaluator.statistic(name, dyad, layers).reshape(lags.size, design.rows)  # type: ignore[arg-type]
        for dyad in dyads
    }
