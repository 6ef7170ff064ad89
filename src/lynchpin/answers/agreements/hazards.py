"""The competing hazards of an agreement's next move: what a fit says of an agreement.

Each move m has a hazard of its own, per week, in every row r of `spells`:

    log h[m, r] = base[m, standing] + clock[m, piece] + setbacks + fresh + new leader + outside + b[m] . x[r]
                  + kind[m, kind] + own[m, agreement]

Hazards are constant within a row, so the likelihood of a row of w weeks that ends with move m is h[m] exp(-w sum h),
and the moves part: each is a Poisson regression of its own with offset log w (Holford 1980, The analysis of rates and
of survivorship using log-linear models, Biometrics 36(2)). In a step of one week at most one move is made, with the
chance

    P(m) = h[m] / H * (1 - exp(-H)),    H = sum of the hazards

which is grouped-time competing risks (Prentice and Gloeckler 1978, Regression analysis of grouped survival data,
Biometrics 34(1)).

`hazard_fit` fits them, with shrinkage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.linalg import solve_triangular
from scipy.special import wrightomega

from lynchpin.answers.agreements.covariates import MEANINGS, Mask
from lynchpin.answers.agreements.spells import CLOCK_WEEKS, Spells
from lynchpin.answers.agreements.stages import MOVES, STANDINGS, is_possible
from lynchpin.engine.statistics.base import Floats, Ints
from lynchpin.numbers import Z90

#: The columns beside the bases: these are what a force is.
COLUMNS: Final = (
    *(f"clock_{week}_weeks" for week in CLOCK_WEEKS),
    "setbacks",
    "fresh_setback",
    "new_leader",
    "outside",
    *MEANINGS,
)


#: Whether a move may be made from a standing: shape (moves, standings).
POSSIBLE = np.array([[is_possible(standing, step) for standing in STANDINGS] for step in MOVES])


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """A move's coefficients: mode and Laplace precision, in the order mean, bases, COLUMNS, kinds, agreements."""

    mode: Floats  # (p,)
    factor: Floats  # (p, p), lower Cholesky factor of the precision

    def draws(self, normals: Floats) -> Floats:
        """Coefficients from the posterior: normals (p, draws) -> (p, draws)."""
        spread: Floats = solve_triangular(self.factor, normals, lower=True, trans="T")
        return self.mode[:, None] + spread


@dataclass(frozen=True, slots=True, eq=False)
class Hazards:
    """A fit of all moves.

    moves : a Posterior for each of MOVES
    kinds, ids : names behind the last blocks of coefficients
    centre, scale : (len(MEANINGS),), what the covariates were standardised with, from the rows at hand
    coefficient_sd, kind_sd, agreement_sd : float, the prior's standard deviations, estimated
    n_moves : (len(MOVES),), moves in the rows; weeks : float, at risk in all
    """

    moves: tuple[Posterior, ...]
    kinds: tuple[str, ...]
    ids: tuple[str, ...]
    centre: Floats
    scale: Floats
    coefficient_sd: float
    kind_sd: float
    agreement_sd: float
    n_moves: Ints
    weeks: float

    def standardised(self, x: Floats) -> Floats:
        """Covariates in the fit's units; zero, the mean, where the record does not follow the parties."""
        return np.where(np.isnan(x), 0.0, (x - self.centre) / self.scale)


def column_values(hazards: Hazards, x: Floats, piece: Ints, setbacks: Ints, fresh: Mask, new: Mask) -> Floats:
    """The values of COLUMNS, row by row: shape (rows, len(COLUMNS)). x: (rows, len(MEANINGS)), raw."""
    return np.column_stack(
        [
            *(piece >= k + 1 for k in range(len(CLOCK_WEEKS))),
            setback_size(setbacks),
            fresh,
            new,
            np.isnan(x).any(axis=1),
            hazards.standardised(x),
        ]
    ).astype(float)


def setback_size(setbacks: Ints) -> Floats:
    """What past setbacks count: log2(1 + n), so that the first counts one and three count two."""
    return np.log2(1.0 + np.asarray(setbacks, dtype=float))


def log_hazards(hazards: Hazards, coefficients: Sequence[Floats], agreement: str, kind: str) -> tuple[Floats, Floats]:
    """The parts of the log hazards of one agreement, on every draw.

    Parameters
    ----------
    coefficients : for each of MOVES (p, draws), from its Posterior
    agreement, kind : an agreement or a kind that is not among the fit's has no effect of its own here

    Returns
    -------
    base : (moves, standings, draws), -inf where a move is not possible
    slope : (moves, len(COLUMNS), draws)
    """
    q, c, kinds = len(STANDINGS), len(COLUMNS), len(hazards.kinds)
    base, slope = [], []
    for k, b in enumerate(coefficients):
        level = b[0] + b[1 : 1 + q]
        if kind in hazards.kinds:
            level = level + b[1 + q + c + hazards.kinds.index(kind)]
        if agreement in hazards.ids:
            level = level + b[1 + q + c + kinds + hazards.ids.index(agreement)]
        base.append(np.where(POSSIBLE[k][:, None], level, -np.inf))
        slope.append(b[1 + q : 1 + q + c])
    return np.array(base), np.array(slope)


def draw_coefficients(hazards: Hazards, draws: int, seed: int) -> list[Floats]:
    """Coefficients of every move from the posterior: a list of (p, draws). `draws` 0 gives the modes, (p, 1)."""
    if draws == 0:
        return [posterior.mode[:, None] for posterior in hazards.moves]
    rng = np.random.default_rng(seed)
    return [p.draws(rng.standard_normal((p.mode.size, draws))) for p in hazards.moves]


def with_own_past(
    hazards: Hazards, coefficients: Sequence[Floats], rows: Spells, agreement: str, kind: str
) -> list[Floats]:
    """Coefficients in which an agreement that the fit has not seen has its effects from its own past.

    All else stays as it was fitted to the others. Each move's effect u has the posterior under its prior and the
    agreement's own rows, sum(count) u - sum(weeks exp(eta + u)) - u^2 / (2 sd^2), taken as Gaussian at its mode; eta is
    at the others' mode. An agreement that has been quiet for years has shown that it is one of the quiet ones.

    Parameters
    ----------
    coefficients : from `draw_coefficients`
    rows : Spells of this agreement alone, up to the origin
    agreement, kind : of this agreement; its id must be among the fit's

    Returns
    -------
    list of (p, draws), as `coefficients`
    """
    base, slope = log_hazards(hazards, [p.mode[:, None] for p in hazards.moves], "", kind)
    x = column_values(hazards, rows.x, rows.piece, rows.setbacks, rows.is_fresh, rows.is_new)
    place = 1 + len(STANDINGS) + len(COLUMNS) + len(hazards.kinds) + hazards.ids.index(agreement)
    sd, out = hazards.agreement_sd, []
    for k, drawn in enumerate(coefficients):
        eta = base[k, rows.standing, 0] + x @ slope[k, :, 0]
        at_risk = np.isfinite(eta)
        expected, made = float((rows.weeks[at_risk] * np.exp(eta[at_risk])).sum()), float((rows.move == k).sum())
        weight = np.log(np.maximum(expected * sd**2, 1e-300))
        u = made * sd**2 - float(wrightomega(weight + made * sd**2))  # where made - expected * exp(u) = u / sd^2
        changed = drawn.copy()
        changed[place] = u + drawn[place] / sd / np.sqrt(expected * np.exp(u) + sd**-2)
        out.append(changed)
    return out


def hazard_ratios(hazards: Hazards, column: str) -> dict[str, tuple[float, float, float]]:
    """What one unit of a column multiplies the hazard of each move by: estimate and 90 % interval.

    A unit is a standard deviation of a force, one step of `setback_size` (from none to one setback, from one to three),
    or a yes. Shrunk, so nearer to one than the rows alone would say.

    Parameters
    ----------
    column : one of COLUMNS

    Returns
    -------
    move -> (ratio, lower, upper)
    """
    at = 1 + len(STANDINGS) + COLUMNS.index(column)
    found = {}
    for step, posterior in zip(MOVES, hazards.moves, strict=True):
        unit = np.zeros(posterior.mode.size)
        unit[at] = 1.0
        spread = float(np.linalg.norm(solve_triangular(posterior.factor, unit, lower=True)))
        middle = float(posterior.mode[at])
        found[step] = (
            float(np.exp(middle)),
            float(np.exp(middle - Z90 * spread)),
            float(np.exp(middle + Z90 * spread)),
        )
    return found
