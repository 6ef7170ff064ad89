"""Are chances as good as they say? The line between the odds issued and the odds that came, and what it would correct.

A logistic line is drawn through the log odds: intercept 0 and slope 1 where chances are right, a slope below one where
they are bolder than they should be. Chances are corrected by the line of all *other* agreements, each agreement left
out in turn, so that no outcome corrects itself. Moments of one agreement are not independent: intervals redraw whole
agreements, 2,000 times.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from lynchpin.engine.statistics.base import Floats, Ints

#: Chances are told no nearer to the ends than this, and are held to no more.
NEAREST: Final = 0.005

_BOOTSTRAPS: Final = 2000
_STEPS: Final = 30


@dataclass(frozen=True, slots=True)
class Calibration:
    """How one set of chances did: each number with its 90 % interval, as (value, lower, upper).

    intercept, slope : of the logistic line; brier : mean squared error
    saved : the share of the Brier score that the chances save of the base rate's
    """

    intercept: tuple[float, float, float]
    slope: tuple[float, float, float]
    brier: tuple[float, float, float]
    saved: tuple[float, float, float]
    n: int
    n_agreements: int


def log_odds(chance: Floats) -> Floats:
    """The log odds of chances, none nearer to the ends than NEAREST."""
    p = np.clip(chance, NEAREST, 1.0 - NEAREST)
    odds: Floats = np.log(p / (1.0 - p))
    return odds


def calibration_line(odds: Floats, came: Floats, weight: Floats) -> tuple[float, float]:
    """Intercept and slope of the logistic line of what came on the log odds that were issued, by Newton's steps.

    Parameters
    ----------
    odds : (moments,), log odds; came : (moments,), 0 or 1, both of them there; weight : (moments,), >= 0

    Returns
    -------
    (intercept, slope). Where a line parts the outcomes without an error, it is held by a thousandth of an observation

    References
    ----------
    Cox (1958), Two further applications of a model for binary regression, Biometrika 45.
    """
    x = np.column_stack([np.ones_like(odds), odds])
    beta = np.array([0.0, 1.0])
    hold = np.diag([1e-3, 1e-3])  # toward (0, 1)
    for _ in range(_STEPS):
        p = 1.0 / (1.0 + np.exp(-np.clip(x @ beta, -30.0, 30.0)))
        gradient = x.T @ (weight * (came - p)) - hold @ (beta - [0.0, 1.0])
        step = np.linalg.solve((x.T * (weight * p * (1.0 - p))) @ x + hold, gradient)
        beta = beta + np.clip(step, -1.0, 1.0)
        if np.abs(step).max() < 1e-8:
            break
    return float(beta[0]), float(beta[1])


def recalibrated(chance: Floats, came: Floats, agreement: Ints) -> Floats:
    """Chances corrected by the line of all other agreements.

    Parameters
    ----------
    chance : (moments,), in [0, 1]; came : (moments,), 0 or 1
    agreement : (moments,), which agreement each moment is of

    Returns
    -------
    ndarray, shape (moments,)
    """
    odds, out = log_odds(chance), np.empty_like(chance)
    for one in np.unique(agreement):
        mine = agreement == one
        intercept, slope = calibration_line(odds, came, (~mine).astype(float))
        out[mine] = 1.0 / (1.0 + np.exp(-(intercept + slope * odds[mine])))
    return out


def calibration(chance: Floats, came: Floats, agreement: Ints, rival: Floats, seed: int) -> Calibration:
    """The line, the Brier score and what is saved of a rival's, with intervals that redraw agreements.

    Parameters
    ----------
    chance, rival : (moments,), in [0, 1]; came : (moments,), 0 or 1; agreement : (moments,), which it is of
    seed : int, of the redrawing
    """
    names, of = np.unique(agreement, return_inverse=True)
    odds, wrong, theirs = log_odds(chance), np.square(chance - came), np.square(rival - came)
    drawn = np.random.default_rng(seed).multinomial(len(names), [1.0 / len(names)] * len(names), _BOOTSTRAPS)
    rows = []
    for counts in (np.ones(len(names)), *drawn.astype(float)):
        weight = counts[of]
        line = calibration_line(odds, came, weight)
        brier = float(weight @ wrong / weight.sum())
        rows.append((*line, brier, 1.0 - brier / float(weight @ theirs / weight.sum())))
    table = np.array(rows)
    ends = np.quantile(table[1:], [0.05, 0.95], axis=0)
    told = [(float(table[0, k]), float(ends[0, k]), float(ends[1, k])) for k in range(4)]
    return Calibration(told[0], told[1], told[2], told[3], len(chance), len(names))


def calibration_table(issued: pl.DataFrame, seed: int) -> dict[str, Calibration]:
    """Chances as issued and corrected, each beside the base rate.

    Parameters
    ----------
    issued : DataFrame, a row for each moment: agreement, chance, base_rate, succeeded

    Returns
    -------
    dict with "as issued", "corrected" and "base rate"
    """
    chance, base = issued["chance"].to_numpy(), issued["base_rate"].to_numpy()
    came = issued["succeeded"].to_numpy().astype(float)
    of = np.unique(issued["agreement"].to_numpy().astype(str), return_inverse=True)[1].astype(np.int64)
    kinds = {"as issued": chance, "corrected": recalibrated(chance, came, of), "base rate": base}
    return {name: calibration(values, came, of, base, seed) for name, values in kinds.items()}
