"""How much there is and what a change does: the default forecast's levels, and simulated paths that stand on them.

The mechanism model says what a change does, as a ratio; how many acts there are to be changed the default forecast says
better (decision 0018). So paths are played with every rate multiplied, by dyad, class and period, by what makes their
mean that of the default forecast; what a mechanism multiplies a rate by stays as it was fitted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from scipy.special import gammaincinv

from lynchpin.answers.forecast.baselines import MonthsAhead, past_months
from lynchpin.answers.forecast.grid import top_of
from lynchpin.answers.forecast.months import Panel, make_panel, unit_names
from lynchpin.answers.forecast.stack import CLASS_LEANS, HALF_LIVES, WEIGHTS, DaysAhead, Stack, lengths_of, stacks
from lynchpin.answers.simulate import simulate
from lynchpin.answers.simulate.moves import Moves, no_moves
from lynchpin.days import DAYS_PER_MONTH
from lynchpin.engine.scoring.predictive import Predictive, negative_binomial, roughened
from lynchpin.engine.statistics.base import Floats
from lynchpin.model import Fit

#: Paths, and rounds, that the factors are found by; what is left after them is small and is taken off the means.
_PATHS, _ROUNDS = 200, 3

#: A rate is multiplied by a factor between these.
_SMALLEST, _LARGEST = 1e-3, 1e3


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """The default forecast of the days between some edges ahead, and of all of them together.

    edges : days from the origin
    whole : Stack of the days from the first edge to the last; top : of the grid that it is read on
    periods : (periods, units), expected counts, which add up to those of the whole
    shape : (units,), acts that the level of a unit rests on: decayed counts, and what it leans on
    """

    edges: tuple[int, ...]
    panel: Panel
    whole: Stack
    top: int
    periods: Floats
    shape: Floats

    @property
    def predictive(self) -> Predictive:
        """Chances of counts of every unit over the whole, as a forecast prints them."""
        return Predictive(self.whole.pmf(np.arange(len(self.panel.units)), self.top))

    @property
    def mean(self) -> Floats:
        """Expected counts over the whole, (units,)."""
        return self.predictive.mean

    def none(self, ratio: Floats | float = 1.0) -> Floats:
        """The chance of no act over the whole, (units,), where expected counts are multiplied by a ratio (units,)."""
        parts = zip(WEIGHTS.values(), self.whole.mean * ratio, self.whole.size, strict=True)
        pmf = sum(weight * negative_binomial(mean, size, 0).pmf for weight, mean, size in parts)
        return np.asarray(roughened(np.asarray(pmf), self.whole.wide)[:, 0])

    def doubt(self, chosen: Sequence[int]) -> tuple[float, float]:
        """What the 90 % interval of the level of some units together multiplies it by: of a gamma posterior."""
        mean, shape = self.mean[list(chosen)], self.shape[list(chosen)]
        together = float(mean.sum() ** 2 / (mean**2 / shape).sum())
        lower, upper = gammaincinv(together, [0.05, 0.95]) / together
        return float(lower), float(upper)


def levels_of(fit: Fit, edges: Sequence[int]) -> Levels:
    """The default forecast between edges, days from a fit's origin; the first is 0."""
    panel = make_panel(fit.events, unit_names(fit.case), fit.origin)
    spans = [DaysAhead(a, b - a) for a, b in pairwise(edges)]
    spans.append(DaysAhead(edges[0], edges[-1] - edges[0]))
    *periods, whole = stacks(panel, spans, lengths=lengths_of(panel, fit.case.calendar, edges[-1]))
    months = max(1, round(edges[-1] / DAYS_PER_MONTH))
    top = top_of(past_months(panel, fit.origin), MonthsAhead(1, months))
    weights = np.array(list(WEIGHTS.values()))
    parts = np.stack([weights @ stack.mean for stack in periods])
    mean = Predictive(whole.pmf(np.arange(len(panel.units)), top)).mean
    return Levels(tuple(edges), panel, whole, top, parts * mean / np.maximum(parts.sum(axis=0), 1e-12), _shape(panel))


def _shape(panel: Panel) -> Floats:
    """Acts of each unit, counting half after the longest memory of the stack, and those of the class it leans on."""
    age = panel.days - np.arange(panel.days) - 0.5
    acts = np.diff(panel.total, axis=1) @ 2.0 ** (-age / max(HALF_LIVES))
    return np.asarray(acts + np.interp(panel.days, (0.0, 365.0), CLASS_LEANS))


def at_level(fit: Fit, levels: Levels, steps: int, seed: int) -> Floats:
    """What each rate is multiplied by so that paths expect what the default forecast does: shape (steps, units).

    Found by playing: acts feed later ones, so a factor on a rate is not one on the mean.
    """
    width, edges = fit.case.step_days, np.array(levels.edges)
    day = np.arange(steps * width)
    period = np.minimum(np.searchsorted(edges, day, side="right") - 1, edges.size - 2)
    factor = np.ones_like(levels.periods)
    for _ in range(_ROUNDS):
        moves = scaled(no_moves(fit, steps), _by_step(factor, period, width))
        played = simulate(fit, steps, _PATHS, seed, edges=levels.edges, moves=moves, expected=True).expected
        assert played is not None
        factor *= levels.periods / np.maximum(played.mean(axis=0, dtype=np.float64), 1e-9)
        factor = np.clip(factor, _SMALLEST, _LARGEST)
    return _by_step(factor, period, width)


def _by_step(factor: Floats, period: np.ndarray[tuple[int], np.dtype[np.int64]], width: int) -> Floats:
    """The mean factor of the days of each step."""
    return np.asarray(factor[period].reshape(-1, width, factor.shape[1]).mean(axis=1))


def scaled(moves: Moves, level: Floats) -> Moves:
    """Moves with every rate multiplied by (steps, units); what is given outright stays as it is given."""
    kept, given, factor = (
        np.broadcast_to(part, level.shape).copy() for part in (moves.kept, moves.given, moves.factor)
    )
    return replace(moves, kept=kept * level, given=given, factor=factor)
