"""The chance of at least one act: what the record leaves open about it, and how often there was one before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaincinv

from lynchpin.answers.forecast.months import Panel
from lynchpin.answers.forecast.stack import CLASS_LEANS, HALF_LIVES, WEIGHTS, Stack
from lynchpin.engine.scoring.predictive import negative_binomial, roughened
from lynchpin.engine.statistics.base import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Doubt:
    """What stands beside the chance of at least one act in a span of days, each of shape (units,).

    lower, upper : 90 % interval of the chance, from what the record leaves open about how much there usually is
    base_rate : share of the windows as long, side by side before the origin, that held one; see `base_rate`
    """

    lower: Floats
    upper: Floats
    base_rate: Floats


def doubt_of(panel: Panel, stack: Stack) -> Doubt:
    """Interval and base rate of the chance of at least one act of every unit in the span of a stack."""
    rests_on = worth(panel)
    lower, upper = (1.0 - none_of(stack, gammaincinv(rests_on, share) / rests_on) for share in (0.05, 0.95))
    held, windows = windows_with_any(panel, stack.span.days)
    return Doubt(lower, upper, base_rate(held, windows))


def none_of(stack: Stack, ratio: Floats | float = 1.0) -> Floats:
    """The chance of no act in the span of a stack, where expected counts are multiplied by a ratio, (units,)."""
    parts = zip(WEIGHTS.values(), stack.mean * ratio, stack.size, strict=True)
    pmf = sum(weight * negative_binomial(mean, size, 0).pmf for weight, mean, size in parts)
    return np.asarray(roughened(np.asarray(pmf), stack.wide)[:, 0])


def worth(panel: Panel) -> Floats:
    """Acts that the level of each unit rests on, (units,): what the longest memory holds, and what it leans on."""
    age = panel.days - np.arange(panel.days) - 0.5
    acts = np.diff(panel.total, axis=1) @ 2.0 ** (-age / max(HALF_LIVES))
    return np.asarray(acts + np.interp(panel.days, (0.0, 365.0), CLASS_LEANS))


def together(mean: Floats, rests_on: Floats) -> tuple[float, float]:
    """What the ends of the 90 % interval of the level of some units together multiply it by: of a gamma posterior.

    Parameters
    ----------
    mean, rests_on : (units,), expected acts, and acts that each level rests on
    """
    shape = float(mean.sum() ** 2 / (mean**2 / rests_on).sum())
    lower, upper = gammaincinv(shape, [0.05, 0.95]) / shape
    return float(lower), float(upper)


def windows_with_any(panel: Panel, days: int, chosen: Sequence[int] | None = None) -> tuple[Floats, int]:
    """Of the whole windows of so many days before the end, side by side: how many held an act, and how many there are.

    Parameters
    ----------
    chosen : units that count together; None for each by itself

    Returns
    -------
    ndarray, shape (units,), or (1,) where some are chosen; and the number of windows

    Examples
    --------
    >>> panel = Panel((("A", "B", "c"),), 0, np.array([[0, 1, 1, 1, 2, 2]]), np.array([0, 1, 1, 1, 2, 2]))
    >>> windows_with_any(panel, 2)  # days 1 and 2 hold none, days 3 and 4 one; day 0 is no whole window
    (array([1]), 2)
    """
    windows = panel.days // days
    counts = panel.at([panel.end - days * k for k in range(windows, -1, -1)])
    if chosen is not None:
        counts = counts[list(chosen)].sum(axis=0, keepdims=True)
    return (counts > 0).sum(axis=1), windows


def base_rate(held: Floats, windows: int) -> Floats:
    """The share of windows that held an act, half a window with and half one without added."""
    return np.asarray((held + 0.5) / (windows + 1.0))
