"""The weights of a stack: those under which the answers known by now would have been likeliest, held near a start.

Weights are found for all units together, then for each class near those, then for each pair of states near its
class's: a pair in a crisis may need a shorter memory than its class. What a step starts from counts for some answers
itself, so a few surprises move little. All by a fixed number of EM steps, which stay on the simplex.
Hall and Mitchell (2007), Combining density forecasts, Int. J. Forecasting 23(1); Geweke and Amisano (2011), Optimal
prediction pools, J. Econometrics 164(1).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lynchpin.answers.forecast.months import Counts, Panel
from lynchpin.engine.statistics.base import Floats

Groups = NDArray[np.int64]

#: EM steps of each kind.
_STEPS, _CLASS_STEPS, _PAIR_STEPS = 60, 40, 20

#: What a start counts for, in answers: of the weights fixed beforehand, the common ones, and the class's for each unit.
_PRIOR_WORTH, _COMMON_WORTH, _CLASS_WORTH = 200.0, 200.0, 4.0


def stacked(chances: Floats, worth: Floats, class_of: Groups, before: Floats) -> Floats:
    """Weights of each class.

    Parameters
    ----------
    chances : ndarray, shape (members, anchors, units), what each member gave to what came, > 0
    worth : ndarray, shape (anchors,), what each answer counts for
    class_of : ndarray, shape (units,)
    before : ndarray, shape (members,), on the simplex

    Returns
    -------
    ndarray, shape (members, classes), columns on the simplex
    """
    common = _em(chances, worth, before, before * _PRIOR_WORTH, _STEPS)
    found = [
        _em(chances[:, :, class_of == c], worth, common, common * _COMMON_WORTH, _CLASS_STEPS)
        for c in range(int(class_of.max()) + 1)
    ]
    return np.stack(found, axis=1)


def by_pair(chances: Floats, worth: Floats, pair_of: Groups, start: Floats) -> Floats:
    """Weights of each unit, moved by what would have done well for all units of its pair.

    Parameters
    ----------
    chances, worth : as for `stacked`
    pair_of : ndarray, shape (units,), which pair each unit is of
    start : ndarray, shape (members, units), columns on the simplex

    Returns
    -------
    ndarray, shape (members, units), columns on the simplex
    """
    together = np.eye(int(pair_of.max()) + 1)[pair_of]
    per_unit = np.ascontiguousarray(chances.transpose(2, 0, 1))  # (units, members, anchors)
    weight, prior = start.T, start.T * _CLASS_WORTH
    for _ in range(_PAIR_STEPS):
        given = (weight[:, None, :] @ per_unit)[:, 0]
        credit = (per_unit @ (worth / given)[:, :, None])[:, :, 0] * weight
        credit = (together.T @ credit)[pair_of] + prior
        weight = credit / credit.sum(axis=1, keepdims=True)
    return np.asarray(weight.T)


def _em(chances: Floats, worth: Floats, start: Floats, prior: Floats, steps: int) -> Floats:
    weight, flat = start, chances.reshape(chances.shape[0], -1)
    each = np.repeat(worth, chances.shape[2])
    for _ in range(steps):
        credit = flat @ (each / (weight @ flat)) * weight + prior
        weight = credit / credit.sum()
    return weight


# -- Past days on which the same question could have been asked, and the answers that are known by now.


#: Days between anchors, how many at most, and how much record one needs behind it.
STRIDE_DAYS, MOST, LEAST_RECORD_DAYS = 15, 72, 60


@dataclass(frozen=True, slots=True)
class DaysAhead:
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

    span: DaysAhead
    at: Counts
    y: Counts
    seen: Floats

    def faded(self, half_life_days: float) -> Floats:
        """`seen`, an answer counting half as much for every half-life between the two anchors."""
        age = np.maximum(self.at[:, None] - self.at[None, :-1], 0)
        return np.asarray(self.seen * 2.0 ** (-age / half_life_days))


def lay_anchors(past: Panel, span: DaysAhead) -> Anchors:
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
