"""The ceiling: what rates seen from before and after a span would have gained. Nothing here forecasts: it has peeked.

No forecast knows what comes after, so a unit's level on both sides of a span bounds what its level can tell of it; the
rest of a count is chance. The spread is fitted as ours is, to spans that share no day with the one that is scored.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from lynchpin.answers.forecast.backtest import blocks
from lynchpin.answers.forecast.months import Panel
from lynchpin.answers.forecast.stack import ANSWER_DAYS, LEAST_RECORD_DAYS, SLICE_DAYS, fit_spread, remember
from lynchpin.crew import called, each
from lynchpin.engine.scoring.predictive import Counts, Predictive, negative_binomial, roughened
from lynchpin.engine.scoring.scores import crps, log_score
from lynchpin.engine.statistics.base import Floats, Ints

#: Weights of the levels, shortest first; how far before the first span and after the last the spread is learnt from.
_WEIGHTS, _AROUND = (0.4, 0.35, 0.25), 360

#: Spans of a task: each is some hundredths of a second.
_LEVELS_AT_ONCE, _SCORED_AT_ONCE = 12, 3


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """Spans of one length, or nearly.

    panel : Panel, the whole record
    starts, ends : day numbers of each span, the end left out; rising
    """

    panel: Panel
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @property
    def days(self) -> int:
        return self.ends[0] - self.starts[0]

    @property
    def around(self) -> Ints:
        """Day numbers on which the spans begin that the spread is learnt from."""
        least = max(self.starts[0] - _AROUND, self.panel.first + LEAST_RECORD_DAYS)
        most = min(self.starts[-1] + _AROUND, self.panel.end - self.days)
        return np.arange(least, most + 1, SLICE_DAYS)

    def level_tasks(self) -> list[tuple[Callable[[tuple[Panel, Ints, int]], Floats], tuple[Panel, Ints, int]]]:
        """Tasks for `crew.called`: levels around some of the spans to learn from, (levels, spans, units) each."""
        cuts = np.array_split(self.around, -(-self.around.size // _LEVELS_AT_ONCE))
        return [(_levels, (self.panel, days, self.days)) for days in cuts]

    def score_tasks(self, levels: Sequence[Floats]) -> list[tuple[Callable[[_Learnt], Floats], _Learnt]]:
        """Tasks that score some of the spans by what `level_tasks` gave: (2, spans, units) each, CRPS and log score."""
        panel, days, around = self.panel, self.days, self.around
        pooled = np.tensordot(_WEIGHTS, np.concatenate(levels, axis=1) * days, axes=1)
        counted = np.stack([panel.between(int(day), int(day) + days) for day in around])
        spans = list(zip(self.starts, self.ends, strict=True))
        cut = [spans[k : k + _SCORED_AT_ONCE] for k in range(0, len(spans), _SCORED_AT_ONCE)]
        return [(_scores, _Learnt(panel, around, counted, pooled, days, tuple(part))) for part in cut]


@dataclass(frozen=True, slots=True, eq=False)
class _Learnt:
    """Some spans, and what their spread is learnt from: what came (spans, units), and what was expected of it."""

    panel: Panel
    around: Ints
    came: Counts
    pooled: Floats
    days: int
    spans: tuple[tuple[int, int], ...]


def two_sided(panel: Panel, starts: Sequence[int], ends: Sequence[int]) -> dict[str, Floats]:
    """Scores of two-sided rates on spans as `Spans` has them: metric -> (spans, units)."""
    spans = Spans(panel, tuple(starts), tuple(ends))
    levels = each(called, spans.level_tasks())
    return by_metric(each(called, spans.score_tasks(levels)))


def by_metric(scores: Sequence[Floats]) -> dict[str, Floats]:
    """What `score_tasks` gave, put together: metric -> (spans, units)."""
    return dict(zip(("crps", "log_score"), np.concatenate(scores, axis=1), strict=True))


def _levels(task: tuple[Panel, Ints, int]) -> Floats:
    """Runs on a worker."""
    panel, starts, days = task
    return np.stack([levels_around(panel, int(day), int(day) + days) for day in starts], axis=1)


def _scores(learnt: _Learnt) -> Floats:
    """Runs on a worker."""
    return np.stack([_scored(learnt, start, end) for start, end in learnt.spans], axis=1)


def _scored(learnt: _Learnt, start: int, end: int) -> Floats:
    """CRPS and log score of one span, its spread learnt from the others: (2, units)."""
    panel, around, days = learnt.panel, learnt.around, learnt.days
    apart = (around + days <= start) | (around >= end)
    worth = apart * 2.0 ** (-np.abs(around - start) / ANSWER_DAYS) * min(1.0, SLICE_DAYS / days)
    spread = fit_spread(learnt.came, learnt.pooled, panel.class_of, worth, days)
    mean = levels_around(panel, start, end) * (end - start)
    size, wide = spread.size(mean), learnt.came[apart].max(axis=0, initial=0).astype(np.float64)
    observed, out = panel.between(start, end), np.zeros((2, wide.size))
    for rows in blocks(wide):
        top = int(4 * max(wide[rows].max(), 5))
        parts = zip(_WEIGHTS, mean[:, rows], size[:, rows], strict=True)
        mixed = np.asarray(sum(weight * negative_binomial(m, s, top).pmf for weight, m, s in parts))
        said = Predictive(roughened(mixed, wide[rows]))
        out[:, rows] = crps(said, observed[rows]), log_score(said, observed[rows])
    return out


def levels_around(panel: Panel, start: int, end: int) -> Floats:
    """Acts a day by every level: the mean of before a span and, where a month or more is known, after it."""
    sides = [panel.total[:, : start - panel.first + 1]]
    if panel.end - end >= 30:
        sides.append(panel.total[:, -1:] - panel.total[:, end - panel.first :][:, ::-1])
    nothing = np.zeros(panel.days + 1, dtype=np.int64)
    cut = (Panel(panel.units, 0, total, nothing[: total.shape[1]]) for total in sides)
    return np.asarray(np.mean([remember(side, 0).rate[:-1, 0] for side in cut], axis=0))
