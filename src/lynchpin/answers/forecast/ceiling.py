"""The ceiling: what rates seen from before and after a span would have gained. Nothing here forecasts: it has peeked.

No forecast knows what comes after, so a unit's level on both sides of a span bounds what its level can tell of it; the
rest of a count is chance. The spread is fitted as ours is, to spans that share no day with the one that is scored.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lynchpin.answers.forecast.backtest import blocks
from lynchpin.answers.forecast.months import Panel
from lynchpin.answers.forecast.stack import ANSWER_DAYS, LEAST_RECORD_DAYS, SLICE_DAYS, fit_spread, remember
from lynchpin.engine.scoring.predictive import Predictive, negative_binomial, roughened
from lynchpin.engine.scoring.scores import crps, log_score
from lynchpin.engine.statistics.base import Floats

#: Weights of the levels, shortest first; how far before the first span and after the last the spread is learnt from.
_WEIGHTS, _AROUND = (0.4, 0.35, 0.25), 360


def two_sided(panel: Panel, starts: Sequence[int], ends: Sequence[int]) -> dict[str, Floats]:
    """Scores of two-sided rates on spans of one length or nearly: metric -> (spans, units).

    Parameters
    ----------
    panel : Panel, the whole record
    starts, ends : day numbers of each span, the end left out; rising
    """
    days = ends[0] - starts[0]
    least = max(starts[0] - _AROUND, panel.first + LEAST_RECORD_DAYS)
    around = np.arange(least, min(starts[-1] + _AROUND, panel.end - days) + 1, SLICE_DAYS)
    levels = np.stack([levels_around(panel, int(day), int(day) + days) for day in around], axis=1) * days
    came = np.stack([panel.between(int(day), int(day) + days) for day in around])
    pooled = np.tensordot(_WEIGHTS, levels, axes=1)
    scored = [_scored(panel, start, end, around, came, pooled, days) for start, end in zip(starts, ends, strict=True)]
    return {name: np.stack([one[k] for one in scored]) for k, name in enumerate(("crps", "log_score"))}


def _scored(
    panel: Panel, start: int, end: int, around: np.ndarray, came: np.ndarray, pooled: Floats, days: int
) -> tuple[Floats, Floats]:
    """CRPS and log score of one span, its spread learnt from the others: both (units,)."""
    apart = (around + days <= start) | (around >= end)
    worth = apart * 2.0 ** (-np.abs(around - start) / ANSWER_DAYS) * min(1.0, SLICE_DAYS / days)
    spread = fit_spread(came, pooled, panel.class_of, worth, days)
    mean = levels_around(panel, start, end) * (end - start)
    size, wide = spread.size(mean), came[apart].max(axis=0, initial=0).astype(np.float64)
    observed, out = panel.between(start, end), np.zeros((2, wide.size))
    for rows in blocks(wide):
        top = int(4 * max(wide[rows].max(), 5))
        parts = zip(_WEIGHTS, mean[:, rows], size[:, rows], strict=True)
        mixed = np.asarray(sum(weight * negative_binomial(m, s, top).pmf for weight, m, s in parts))
        said = Predictive(roughened(mixed, wide[rows]))
        out[:, rows] = crps(said, observed[rows]), log_score(said, observed[rows])
    return out[0], out[1]


def levels_around(panel: Panel, start: int, end: int) -> Floats:
    """Acts a day by every level: the mean of before a span and, where a month or more is known, after it."""
    sides = [panel.total[:, : start - panel.first + 1]]
    if panel.end - end >= 30:
        sides.append(panel.total[:, -1:] - panel.total[:, end - panel.first :][:, ::-1])
    nothing = np.zeros(panel.days + 1, dtype=np.int64)
    cut = (Panel(panel.units, 0, total, nothing[: total.shape[1]]) for total in sides)
    return np.asarray(np.mean([remember(side, 0).rate[:-1, 0] for side in cut], axis=0))
