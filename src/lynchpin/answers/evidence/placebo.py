"""The placebo: what the estimate would be worth had the cause come at another time.

All acts of a cause are moved by one random lag, round the record, and the mechanism's statistic is made anew; outcome,
controls and exposure stay where they were. Were the cause's timing of no matter, its own place in time would be one
lag among many. Two things keep the share of false alarms where it is said to be:

- *drift is taken out*, and so are the acts that a calendar of the case announced. Where cause and outcome both rise
  for a decade, every lag but none breaks the likeness, and the unmoved cause would look special. So the statistic,
  moved or not, is measured from what the other columns, the level of each dyad and class, and the slowest waves of
  each pair and class can tell: only what is faster than the drift counts. (The level too: a pooled dyad effect leaves
  part of it over, which any cause would pick up.)
- *each shift is studentised* with its own standard error, the larger of the model's and the clustered one, since a
  burst of causes that lands on a quiet time says less than one that lands on a busy time.

Refitting for each shift would take hours. One Newton step from the fit without the mechanism takes dot products, and
tests hold it against full refits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve

from lynchpin.account.cases.calendar import shares
from lynchpin.answers.evidence.shifts import ByDay, moved_columns
from lynchpin.days import day_number
from lynchpin.defaults import SHIFTS
from lynchpin.engine.likelihoods import counts
from lynchpin.engine.likelihoods.rows import Sums
from lynchpin.engine.statistics.base import Floats, Ints
from lynchpin.model import Fit
from lynchpin.model.design import Design, Unit
from lynchpin.model.fit import penalty
from lynchpin.model.newton import CLUSTER_DAYS, sums
from lynchpin.results import Effect

#: Slowest waves of a pair and class that are taken out; never more than one for each so many steps.
WAVES, STEPS_PER_WAVE = 4, 20

#: No lag is nearer to none than so many half-lives, or than a quarter of the record where that is less.
NEAREST_HALF_LIVES = 1.0

#: Shifts at a time: what they need stays in the cache.
BLOCK = 48


#: A p-value is settled once so many shifts lie as far as the true record, and no later than after so many shifts.
SETTLED_BY, MOST_SHIFTS = 20, 9_999


@dataclass(frozen=True, slots=True, eq=False)
class Placebo:
    """One mechanism under shifts of its cause: what its timing says.

    studentised : (shifts + 1,), the one-step statistic of the unmoved cause, then of each shift
    information : float, what the record holds on the coefficient of the unmoved cause once drift is out
    inflation : float, clustered over model variance of the unmoved cause's score, at least 1
    """

    studentised: Floats
    information: float
    inflation: float

    @property
    def spread(self) -> float:
        """Standard deviation of the studentised shifts, at least 1.

        Were rows of other quarters strangers to one another it would be 1. Where cause and outcome wander for years,
        it is more.
        """
        return max(1.0, float(np.std(self.studentised[1:])))

    @property
    def clustered_error(self) -> float:
        """Of the timing effect, the larger of the model's and the clustered one."""
        return float(np.sqrt(self.inflation / self.information))

    @property
    def z(self) -> float:
        """The timing effect over its error: the unmoved statistic over the spread of the shifts."""
        return float(self.studentised[0]) / self.spread

    @property
    def estimate(self) -> float:
        """The timing effect, a log rate ratio per unit: score over information, not shrunk."""
        return float(self.studentised[0]) * self.clustered_error

    @property
    def effect(self) -> Effect:
        """The timing effect with its interval, whose error carries clustering and the spread of the shifts."""
        return Effect.of(self.estimate, self.clustered_error * self.spread)

    def p_value(self, side: float) -> float:
        """Share of records, the true one among them, with a statistic as far on a side (+1, -1; 0: either).

        Half of the shifts lie about as far as none; so that the p-value cannot point to another side than the effect,
        it is at most a half on the side of the effect and at least that on the other.
        """
        if side == 0.0:
            return min(1.0, 2.0 * min(self.p_value(1.0), self.p_value(-1.0)))
        rank = (1 + self._as_far(side)) / self.studentised.size
        here = side * float(self.studentised[0])
        return min(rank, 0.5) if here > 0.0 else max(rank, 0.5) if here < 0.0 else rank

    def _as_far(self, side: float) -> int:
        return int(np.sum(side * self.studentised[1:] >= side * self.studentised[0] - 1e-12))

    @property
    def is_settled(self) -> bool:
        """Whether enough shifts lie as far on the nearer side."""
        return min(self._as_far(1.0), self._as_far(-1.0)) >= SETTLED_BY


def draw_lags(fit: Fit, name: str, shifts: int, seed: int) -> Ints:
    """Random lags in days for a mechanism, the first of them none: shape (shifts + 1,).

    More of them begin with the same ones.
    """
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
    return under(fit, name, lay_null(fit, name, waves), lags)


def settled_placebo(
    fit: Fit, name: str, shifts: int, seed: int, null: Null | None = None, by_day: ByDay | None = None
) -> Placebo | None:
    """The same, whose shifts go on until a small p-value is settled, where no fewer than the default are asked for.

    `null` and `by_day` are as for `under`, where they are known.

    They double until SETTLED_BY lie as far as the true record on the nearer side, or there are MOST_SHIFTS.

    References
    ----------
    Besag and Clifford (1991), Sequential Monte Carlo p-values, Biometrika 78(2); here stopped between batches, and the
    true record is counted whenever it stops, so that a p-value is never too small.
    """
    null, by_day = null or lay_null(fit, name), {} if by_day is None else by_day
    most = MOST_SHIFTS if shifts >= SHIFTS else shifts
    every = draw_lags(fit, name, max(shifts, most), seed)
    found = under(fit, name, null, every[: shifts + 1], by_day)
    while found is not None and found.studentised.size - 1 < most and not found.is_settled:
        done = found.studentised.size
        seen, lags = every[:done], every[done : min(2 * done, most + 1)]
        fresh = np.setdiff1d(lags, seen)  # a lag that came before says what it said then
        more = under(fit, name, null, np.append(0, fresh), by_day)
        assert more is not None
        known, first = np.unique(np.append(seen, fresh), return_index=True)
        said = np.append(found.studentised, more.studentised[1:])[first[np.searchsorted(known, lags)]]
        found = replace(found, studentised=np.append(found.studentised, said))
    return found


def under(fit: Fit, name: str, null: Null, lags: Ints, by_day: ByDay | None = None) -> Placebo | None:
    """A laid out null under each lag; the first is 0. `by_day`: traces by the day of its design, from earlier calls."""
    by_day = {} if by_day is None else by_day
    each, back = np.unique(lags, return_inverse=True)  # lags are whole days, and many of them are drawn again
    parts = [_moved(fit, name, null, each[at : at + BLOCK], by_day) for at in range(0, each.size, BLOCK)]
    score, information, clustered = (np.concatenate(part) for part in zip(*parts, strict=True))
    if information[0] < 1e-6:
        return None
    studentised = score / np.sqrt(np.maximum(np.maximum(information, clustered), 1e-12))
    return Placebo(studentised[back], float(information[0]), max(1.0, float(clustered[0] / information[0])))


def slow_waves(rows: int, waves: int) -> Floats:
    """The slowest cosines over the fitted steps, at most one for each STEPS_PER_WAVE of them: shape (rows, waves)."""
    at = (np.arange(rows) + 0.5) / max(rows, 1)
    return np.cos(np.pi * np.outer(at, np.arange(1, min(waves, rows // STEPS_PER_WAVE) + 1)))


@dataclass(frozen=True, slots=True, eq=False)
class NullRow:
    """What one unit holds against any column: everything but the column itself."""

    unit: Unit
    others: Floats  # (rows, m): the other columns, then the waves
    at: NDArray[np.int64]  # (m,), their places in the solved matrix
    residual: Floats  # (rows,), score of each row once drift is out
    weight: Floats  # (rows,), information of each row
    mean: Floats  # (rows,), expected acts before drift is taken out
    others_residual: Floats  # (blocks, m), others * residual, added up by block


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """What a null is made of before any prior is put on it.

    units : of each unit that the mechanism moves: itself, the other columns and waves, their places, score, information
        and mean of each row
    matrix, gradient : information and slope of the other columns and the waves
    beta : (columns,), where it stands; stays : (columns,), which columns are the others
    first_entry : place of the first entry of the case's calendar, behind the waves and levels
    """

    units: tuple[tuple[Unit, Floats, NDArray[np.int64], Floats, Floats, Floats], ...]
    matrix: Floats
    gradient: Floats
    beta: Floats
    stays: NDArray[np.bool_]
    first_entry: int


@dataclass(frozen=True, slots=True, eq=False)
class Null:
    """The fit without a mechanism."""

    rows: tuple[NullRow, ...]
    solved: Floats  # (m, m): inverse of the penalised information of the other columns and the waves, as far as needed
    edges: NDArray[np.int64]  # first row of each block of CLUSTER_DAYS
    laid: Laid  # what it was made of, whatever the priors


def without(fit: Fit, columns: Sequence[int]) -> Floats:
    """The coefficients were some of them nothing, the others where one Newton step takes them: shape (columns,)."""
    at = list(columns)
    pulled = np.linalg.solve(fit.covariance[np.ix_(at, at)], fit.estimate[at])
    beta = fit.estimate - fit.covariance[:, at] @ pulled
    beta[at] = 0.0
    return np.asarray(beta)


def lay_null(
    fit: Fit,
    name: str,
    waves: int = WAVES,
    *,
    beta: Floats | None = None,
    precision: Floats | None = None,
    at: Sums | None = None,
    steps_up: Floats | None = None,
) -> Null:
    """Take a mechanism out by one Newton step, and lay out what every shift is held against.

    Parameters
    ----------
    fit : Fit
    name : str, the mechanism
    waves : int, slow waves of each pair and class to take out
    beta : (columns,), where to stand instead; None: the fit without the mechanism
    precision : (columns,), of other priors; None: the fit's
    at : the sums of the design there, where they are known
    steps_up : (rows, more), further columns of which each unit has its own coefficients; None for none
    """
    return with_prior(
        fit,
        lay_out(fit, name, waves, beta=beta, at=at, steps_up=steps_up),
        penalty(fit) if precision is None else precision,
    )


def lay_out(
    fit: Fit,
    name: str,
    waves: int = WAVES,
    *,
    beta: Floats | None = None,
    at: Sums | None = None,
    steps_up: Floats | None = None,
) -> Laid:
    """What nulls of a mechanism share, whatever the priors; parameters as for `lay_null`."""
    design = fit.design
    k = design.position(name)
    beta = without(fit, [k]) if beta is None else beta
    at = sums(design, beta, fit.theta) if at is None else at
    stays = np.arange(beta.size) != k
    place = np.cumsum(stays) - 1
    units = [unit for unit in design.units if k in unit.columns]
    wave = slow_waves(design.rows, waves)
    n_waves = wave.shape[1]
    level = np.hstack([np.ones((design.rows, 1)), *(() if steps_up is None else (steps_up,))])
    n_levels = level.shape[1]
    level_and_waves = np.hstack([level, wave])
    drifts = list(dict.fromkeys((frozenset((u.source, u.target)), u.event_class) for u in units))
    p = int(stays.sum())
    first_level = p + n_waves * len(drifts)
    first_entry = first_level + n_levels * len(units)
    entries = announced(design, units)
    matrix = np.zeros((first_entry + len(entries),) * 2)
    matrix[:p, :p] = at.information[np.ix_(stays, stays)]
    gradient = np.zeros(len(matrix))
    gradient[:p] = at.gradient[stays]
    laid = []
    for number, unit in enumerate(units):
        eta = design.offset[unit.event_class] + unit.X @ beta[unit.columns]
        mean = np.exp(eta)
        residual, weight = counts.score_and_information(unit.y, mean, fit.theta[unit.event_class])
        here = unit.columns != k
        others, columns = unit.X[:, here], place[unit.columns[here]]
        drift = drifts.index((frozenset((unit.source, unit.target)), unit.event_class))
        levels = first_level + n_levels * number + np.arange(n_levels)
        said = np.flatnonzero(entries[:, number].any(axis=1))
        own = np.concatenate([levels, p + n_waves * drift + np.arange(n_waves), first_entry + said])
        more = np.hstack([level_and_waves, entries[said, number].T]) if said.size else level_and_waves
        weighted = more * weight[:, None]
        cross = others.T @ weighted
        matrix[np.ix_(columns, own)] += cross
        matrix[np.ix_(own, columns)] += cross.T
        matrix[np.ix_(own, own)] += more.T @ weighted
        gradient[own] += more.T @ residual
        laid.append((unit, np.hstack([others, more]), np.concatenate([columns, own]), residual, weight, mean))
    return Laid(tuple(laid), matrix, gradient, beta, stays, first_entry)


def with_prior(fit: Fit, laid: Laid, precision: Floats) -> Null:
    """A null under the priors whose precision is given: shape (columns,)."""
    design, p = fit.design, int(laid.stays.sum())
    matrix, gradient = laid.matrix.copy(), laid.gradient.copy()
    own, rest = np.arange(p), np.arange(p, len(matrix))
    matrix[own, own] += precision[laid.stays]
    gradient[:p] -= (precision * laid.beta)[laid.stays]
    matrix[rest, rest] += 1e-6  # a pair that never acts has no drift
    announces = np.arange(laid.first_entry, len(matrix))
    matrix[announces, announces] += design.case.prior_sd**-2  # a control like any other
    block = np.arange(design.rows) * design.steps.step_days // CLUSTER_DAYS
    edges = np.flatnonzero(np.diff(block, prepend=-1))
    needed, back = np.unique(np.concatenate([columns for _, _, columns, *_ in laid.units]), return_inverse=True)
    asked = np.zeros((len(matrix), needed.size + 1))  # columns of the inverse, and the step: no more is used
    asked[needed, np.arange(needed.size)], asked[:, -1] = 1.0, gradient
    solved = cho_solve(cho_factor(matrix), asked)
    step, rows, read = solved[:, -1], [], 0
    for unit, others, columns, residual, weight, mean in laid.units:
        after = residual - weight * (others @ step[columns])
        by_block = np.add.reduceat(others * after[:, None], edges, axis=0)
        rows.append(NullRow(unit, others, back[read : read + columns.size], after, weight, mean, by_block))
        read += columns.size
    return Null(tuple(rows), solved[needed, :-1], edges, laid)


def announced(design: Design, units: Sequence[Unit]) -> Floats:
    """What part of each fitted step the days of each calendar entry cover: shape (entries, units, rows), in [0, 1].

    Entries that were known before the origin, each for the dyads and classes that it tells of and from the day on which
    it was known: a yearly day was no occasion before it was announced. None where the case has no calendar.
    """
    steps, calendar = design.steps, design.case.calendar
    if not calendar:
        return np.zeros((0, len(units), design.rows))
    edges = [*steps.starts[steps.burn_in : steps.count].tolist(), steps.origin_day]
    named = [(unit.source, unit.target, unit.event_class) for unit in units]
    covered = shares(calendar, named, edges, known=steps.origin_day)
    for entry, days in zip(calendar, covered, strict=True):
        days[:, np.array(edges[1:]) <= day_number(entry.since)] = 0.0
    return covered


def column_of(unit: Unit, k: int) -> Floats:
    """The column of a coefficient in a unit that has it: shape (rows,)."""
    return np.asarray(unit.X[:, unit.columns == k][:, 0])


def _moved(fit: Fit, name: str, null: Null, lags: Ints, by_day: ByDay) -> tuple[Floats, Floats, Floats]:
    """Score, information and clustered variance of the column under each lag: three of shape (lags,)."""
    design = fit.design
    columns = moved_columns(design, name, lags, by_day)
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
