"""What a cause does to the moves of agreements: its timing, told apart from differences between agreements.

The outcome is a move of agreements (setbacks, signatures) in the rows of `answers.agreements.spells`, of those
agreements whose parties the case follows. How likely the move is anyway, by standing, clock, past setbacks, new leaders
and kind, is the multi-state hazard fitted to *all* agreements without any covariate of the record
(`hazard_fit`): its expected number of moves stands as each row's offset. On top of it

    log rate[r] = offset[r] + level[agreement of r] + slow waves of the calendar + b * log(1 + trace[r])

With a free level for each agreement only its own course tells: that an agreement with much friction around it has many
setbacks is a difference between agreements, and is told beside it (`between`). The timing is then held against itself:
all acts of the cause are moved by one random lag, round the record, as for every other mechanism (`placebo`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve

from lynchpin.account.cases import Mechanism, StageMechanism
from lynchpin.answers.agreements import read_agreements
from lynchpin.answers.agreements.covariates import read_record
from lynchpin.answers.agreements.hazard_fit import fit_hazards
from lynchpin.answers.agreements.hazards import Hazards, column_values, log_hazards
from lynchpin.answers.agreements.spells import Spells, known, spells
from lynchpin.answers.agreements.stages import MOVES
from lynchpin.answers.evidence.shifts import MovedLayers
from lynchpin.answers.evidence.sides import Asked
from lynchpin.engine.statistics.base import Floats, Ints
from lynchpin.errors import DidNotConverge
from lynchpin.events import before
from lynchpin.model import Fit
from lynchpin.model.design.evaluate import Evaluator
from lynchpin.results import AgreementLife, Effect
from lynchpin.results.agreements import StageEffect

#: Slow waves of the calendar that are taken out, one for each so many moves at the most.
WAVES, MOVES_PER_WAVE = 4, 10

#: Rows of one agreement within so many days tell of one another: errors are clustered in them.
CLUSTER_DAYS = 365

#: Prior of the coefficient around no effect: one in twenty lies beyond a doubling that multiplies a rate by fifteen.
#: It keeps an estimate finite where every move came without the cause.
PRIOR_SD = 2.0

#: Information below which a record says next to nothing.
SMALLEST_INFORMATION = 0.5

_STEPS, _LONGEST = 60, 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Rows at risk: agreement, (rows,); day of its beginning; offset, moves expected of the hazards; made, 0 or 1."""

    lives: tuple[AgreementLife, ...]
    agreement: Ints
    day: Ints
    offset: Floats
    made: Floats

    def where(self, keep: NDArray[np.bool_]) -> Rows:
        return Rows(self.lives, self.agreement[keep], self.day[keep], self.offset[keep], self.made[keep])


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """What is known of agreements at the origin of a fit: read and fitted once for all mechanisms on them.

    lives : agreements with a history; rows : their Spells, without covariates of the record; hazards : of all their
    moves, or why they could not be fitted; follows : whether the case follows the parties of each
    """

    lives: tuple[AgreementLife, ...]
    rows: Spells
    hazards: Hazards | str
    follows: tuple[bool, ...]


def past_of(fit: Fit) -> Past:
    """What is known of agreements at the origin of a fit."""
    case, origin = fit.case, fit.origin
    assert case.agreements_file is not None and case.stages_file is not None
    read = read_agreements(case.agreements_file, case.stages_file, before=fit.known.as_of, among=None)
    lives = tuple(one for life in read if (one := known(life, origin)).history)
    record = read_record(before(fit.events, origin), case.states, case.roles.get("adversary", ()))
    rows = spells(lives, record, origin)
    bare = replace(rows, x=np.where(np.isnan(rows.x), np.nan, 0.0))
    try:
        hazards: Hazards | str = fit_hazards(bare)
    except DidNotConverge as error:
        hazards = error.what
    return Past(lives, bare, hazards, tuple(record.follows(life.parties) for life in lives))


def stage_timing(fit: Fit, mechanism: StageMechanism, past: Past, shifts: int, seed: int) -> StageEffect | str:
    """What doubling a cause does to the hazard of a move of agreements, within them and between them.

    Parameters
    ----------
    fit : Fit, of the case that the mechanism is of: its events, its origin, its record
    mechanism : StageMechanism
    past : Past, from `past_of`
    shifts : int, random lags of the cause
    seed : int, of the lags

    Returns
    -------
    StageEffect, or why there is none
    """
    rows = rows_at_risk(fit, mechanism, past)
    if isinstance(rows, str):
        return rows
    steps = fit.design.steps
    days = steps.origin_day - steps.first_day
    half_life = mechanism.half_life_days if np.isfinite(mechanism.half_life_days) else 0.0
    nearest = min(half_life, days / 4.0)
    drawn = np.random.default_rng(seed).random(shifts)
    lags = np.concatenate([[0], np.floor(nearest + drawn * (days - 2.0 * nearest)).astype(np.int64)])
    causes, x = cause_values(fit, mechanism, rows, lags)
    if causes == 0:
        return "the record holds no act of its cause around these agreements before this day"
    moving = np.bincount(rows.agreement, weights=rows.made, minlength=len(rows.lives)) > 0
    keep = moving[rows.agreement]
    timing = measure(rows.where(keep), x[keep])
    counted = {"n_agreements": int(np.unique(rows.agreement).size), "n_moves": int(rows.made.sum()), "n_causes": causes}
    if timing is None:
        return "what is left of its cause within agreements, once slow drift is out, says next to nothing"
    effect, studentised = timing
    return StageEffect(
        mechanism=mechanism.name,
        stage=mechanism.checked.stage,
        effect=effect,
        between=between(rows, x[:, 0]),
        timing_z=float(studentised[0] / max(1.0, np.std(studentised[1:]))),
        placebo_p=_share(studentised),
        placebo_p_against=_share(-studentised),
        placebo_shifts=shifts,
        **counted,
    )


def _share(studentised: Floats) -> float:
    """Share of records, the true one among them, with a statistic as large."""
    return float(np.mean(studentised >= studentised[0] - 1e-12))


def rows_at_risk(fit: Fit, mechanism: StageMechanism, past: Past) -> Rows | str:
    """The rows in which the agreements of a mechanism could have made its move; or why there are none."""
    checked, lives, every, hazards = mechanism.checked, past.lives, past.rows, past.hazards
    if isinstance(hazards, str):
        return hazards
    chosen = [k for k, life in enumerate(lives) if past.follows[k] and checked.takes(life.kind, life.contexts)]
    if not chosen:
        return "the case follows the parties of no such agreement before this day"
    first = fit.design.steps.starts[fit.design.steps.burn_in]
    moves = [MOVES.index(name) for name in checked.moves]
    offset = _expected(hazards, every, lives, moves)
    made = np.isin(every.move, moves).astype(float)
    keep = np.isin(every.agreement, chosen) & (every.first_day >= first) & ((offset > 0.0) | (made > 0.0))
    place = np.full(len(lives), -1)
    place[chosen] = np.arange(len(chosen))
    rows = Rows(
        tuple(lives[k] for k in chosen), place[every.agreement[keep]], every.first_day[keep], offset[keep], made[keep]
    )
    if rows.made.sum() == 0:
        return f"no such agreement had a {checked.stage.replace('_', ' ')} before this day"
    return rows


def _expected(hazards: Hazards, rows: Spells, lives: Sequence[AgreementLife], moves: Sequence[int]) -> Floats:
    """Moves that the hazards expect in each row, whichever agreement of its kind it is."""
    x = column_values(hazards, rows.x, rows.piece, rows.setbacks, rows.is_fresh, rows.is_new)
    modes = [posterior.mode[:, None] for posterior in hazards.moves]
    kind = np.array([life.kind for life in lives])[rows.agreement]
    out = np.zeros(rows.weeks.size)
    for name in dict.fromkeys(kind.tolist()):
        base, slope = log_hazards(hazards, modes, "", name)
        here = kind == name
        for k in moves:
            out[here] += rows.weeks[here] * np.exp(base[k, rows.standing[here], 0] + x[here] @ slope[k, :, 0])
    return out


# -- The cause, around the parties of each agreement, where it was and moved in time.


class AtDays(MovedLayers):
    """A look-up of moved layers on any days, in place of the steps of the grid."""

    def __init__(self, fit: Fit, days: Ints, lags: Ints) -> None:
        super().__init__(fit.design.layers.acts, fit.design.steps, slice(0, 0), lags, {})
        self.at = days - fit.design.steps.first_day


def cause_values(fit: Fit, mechanism: StageMechanism, rows: Rows, lags: Ints) -> tuple[int, Floats]:
    """How many acts the cause takes in, and its log(1 + trace) in each row under each lag: shape (rows, lags)."""
    acts, out = fit.design.layers.acts, np.zeros((rows.day.size, lags.size))
    taken = np.zeros(len(acts.contexts), dtype=bool)
    nodes = {node: position for position, node in enumerate(acts.nodes)}
    for k, life in enumerate(rows.lives):
        here = np.flatnonzero(rows.agreement == k)
        if here.size == 0:
            continue
        said = _as_mechanism(mechanism, life, fit.case.states)
        evaluator = Evaluator({said.name: said}, {said.name: mechanism.half_life_days}, nodes)
        dyad = said.checked.dyads[0]
        asked = Asked(len(acts.nodes))
        evaluator.statistic(said.name, dyad, asked)  # type: ignore[arg-type]
        taken |= asked.events(acts)
        days, back = np.unique(rows.day[here], return_inverse=True)
        value = evaluator.statistic(said.name, dyad, AtDays(fit, days, lags))  # type: ignore[arg-type]
        out[here] = value.reshape(lags.size, days.size).T[back]
    return int(taken.sum()), out


def _as_mechanism(mechanism: StageMechanism, life: AgreementLife, states: Sequence[str]) -> Mechanism:
    return Mechanism(
        name=mechanism.name,
        claim=mechanism.claim,
        says=mechanism.says,
        expect=mechanism.expect,
        half_life_days=mechanism.half_life_days,
        note=mechanism.note,
        checked=mechanism.checked.of(life.parties, states),
        window_days=mechanism.window_days,
        lag_days=mechanism.lag_days,
    )


# -- The estimate within agreements, its error, and what it would be had the cause come at other times.


def measure(rows: Rows, x: Floats) -> tuple[Effect, Floats] | None:
    """The timing effect and the studentised statistic under each lag.

    Parameters
    ----------
    rows : Rows, of agreements that made the move at least once
    x : (rows, lags), the cause; the first lag is none

    Returns
    -------
    Effect, log rate ratio per unit of x; and (lags,); None where the unmoved cause says next to nothing
    """
    others = _levels_and_waves(rows)
    gamma = _poisson(others, rows, np.full(others.shape[1], 1e-6))
    mean = rows.offset * np.exp(np.clip(others @ gamma, -30.0, 30.0))
    cluster = _clusters(rows)
    residual = rows.made - mean
    weighted = others * mean[:, None]
    solved = cho_solve(cho_factor(others.T @ weighted + 1e-9 * np.eye(others.shape[1])), weighted.T @ x)
    apart = x - others @ solved
    information = np.einsum("rs,r,rs->s", apart, mean, apart)
    if information[0] < SMALLEST_INFORMATION:
        return None
    by_cluster = np.zeros((int(cluster.max()) + 1, x.shape[1]))
    np.add.at(by_cluster, cluster, apart * residual[:, None])
    studentised = by_cluster.sum(axis=0) / np.sqrt(np.maximum(np.maximum(information, (by_cluster**2).sum(0)), 1e-12))
    whole = np.column_stack([x[:, 0], others])
    precision = np.append(PRIOR_SD**-2, np.full(others.shape[1], 1e-6))
    beta = _poisson(whole, rows, precision)
    variance = _variance(whole, rows, beta, precision, cluster)
    wander = max(1.0, float(np.var(studentised[1:])))  # where cause and outcome wander for years, shifts show it
    return Effect.of(float(beta[0]), float(np.sqrt(variance * wander))), studentised


def between(rows: Rows, x: Floats) -> Effect | None:
    """What doubling the mean cause of an agreement goes with, from one agreement to another; None for too few."""
    n = len(rows.lives)
    expected = np.bincount(rows.agreement, weights=rows.offset, minlength=n).astype(np.float64)
    made = np.bincount(rows.agreement, weights=rows.made, minlength=n).astype(np.float64)
    seen = expected > 0.0
    mean = np.bincount(rows.agreement, weights=rows.offset * x, minlength=n)[seen] / expected[seen]
    if seen.sum() < 4 or np.ptp(mean) < 1e-9:
        return None
    table = Rows(
        rows.lives, np.flatnonzero(seen), np.zeros(int(seen.sum()), dtype=np.int64), expected[seen], made[seen]
    )
    design, precision = np.column_stack([mean, np.ones(mean.size)]), np.array([PRIOR_SD**-2, 1e-6])
    beta = _poisson(design, table, precision)
    variance = _variance(design, table, beta, precision, np.arange(mean.size))
    return Effect.of(float(beta[0]), float(np.sqrt(variance)))


def _levels_and_waves(rows: Rows) -> Floats:
    """A level for each agreement and slow waves of the calendar: shape (rows, columns)."""
    ids, place = np.unique(rows.agreement, return_inverse=True)
    levels = np.eye(ids.size)[place]
    span = max(int(np.ptp(rows.day)), 1)
    count = min(WAVES, int(rows.made.sum()) // MOVES_PER_WAVE)
    at = (rows.day - rows.day.min()) / span
    waves = [np.cos(np.pi * (k + 1) * at) for k in range(count)]
    return np.column_stack([levels, *waves])


def _clusters(rows: Rows) -> Ints:
    year = (rows.day - rows.day.min()) // CLUSTER_DAYS
    _, cluster = np.unique(rows.agreement * (year.max() + 1) + year, return_inverse=True)
    found: Ints = cluster.ravel()
    return found


def _poisson(design: Floats, rows: Rows, precision: Floats) -> Floats:
    """The mode of a Poisson regression with offset, under independent Gaussian priors: shape (columns,)."""
    beta = np.zeros(design.shape[1])
    for _ in range(_STEPS):
        mean = rows.offset * np.exp(np.clip(design @ beta, -30.0, 30.0))
        slope = design.T @ (rows.made - mean) - precision * beta
        curvature = (design * mean[:, None]).T @ design + np.diag(precision + 1e-9)
        step = cho_solve(cho_factor(curvature), slope)
        step *= min(1.0, _LONGEST / max(float(np.abs(step).max()), 1e-12))
        beta = beta + step
        if float(np.abs(step).max()) < 1e-9:
            break
    return beta


def _variance(design: Floats, rows: Rows, beta: Floats, precision: Floats, cluster: Ints) -> float:
    """Variance of the first coefficient: the larger of the model's and the clustered one."""
    mean = rows.offset * np.exp(np.clip(design @ beta, -30.0, 30.0))
    curvature = (design * mean[:, None]).T @ design + np.diag(precision + 1e-9)
    row = cho_solve(cho_factor(curvature), np.eye(design.shape[1])[0])
    scores = np.zeros(int(cluster.max()) + 1)
    np.add.at(scores, cluster, (design @ row) * (rows.made - mean))
    return float(max(row[0], (scores**2).sum()))
