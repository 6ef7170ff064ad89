"""Past days on which the same question could have been asked, and the answers that are known by now.

Everything that the pool learns, it learns at anchors: days of the past, evenly spaced, with the count of the same span
ahead of them. What is learnt at an anchor rests on the anchors whose answers were known on that day; so every choice
made for today was made in the same way on every day before it, and can be scored there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lynchpin.forecast.panel import Panel
from lynchpin.statistics._base import Floats

Counts = NDArray[np.int64]

#: Days between anchors, how many at most, and how much record one needs behind it.
STRIDE_DAYS, MOST, LEAST_RECORD_DAYS = 15, 72, 60


@dataclass(frozen=True, slots=True)
class Span:
    """Days ahead that are counted: from `gap` days after the end of what is known, for `days` days."""

    gap: int
    days: int


@dataclass(frozen=True, slots=True, eq=False)
class Anchors:
    """Days with what was counted ahead of them; the last is the end of the panel, whose span is still to come.

    at : (anchors + 1,), day numbers, rising
    y : (anchors, units), counts of the span ahead of each
    seen : (anchors + 1, anchors), 1 where the answer of an anchor (column) was known at another (row), else 0
    """

    span: Span
    at: Counts
    y: Counts
    seen: Floats

    def faded(self, half_life_days: float) -> Floats:
        """`seen`, an answer counting half as much for every half-life between the two anchors."""
        age = np.maximum(self.at[:, None] - self.at[None, :-1], 0)
        return np.asarray(self.seen * 2.0 ** (-age / half_life_days))


def lay_anchors(past: Panel, span: Span) -> Anchors:
    """The anchors of a panel for one span: whole strides before its end, as far as their answers are known.

    A record shorter than two spans has none, and what stands on them falls back to its prior. Spans of one panel share
    their days.
    """
    last = past.end + (-(span.gap + span.days) // STRIDE_DAYS) * STRIDE_DAYS
    before = np.arange(last, past.first + LEAST_RECORD_DAYS - 1, -STRIDE_DAYS)[:MOST][::-1]
    at = np.append(before, past.end).astype(np.int64)
    y = np.zeros((before.size, len(past.units)), dtype=np.int64)
    for k, day in enumerate(before):
        y[k] = past.between(int(day) + span.gap, int(day) + span.gap + span.days)
    seen = (before[None, :] + span.gap + span.days <= at[:, None]).astype(np.float64)
    return Anchors(span, at, y, seen)
