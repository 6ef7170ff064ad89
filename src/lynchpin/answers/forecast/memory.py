"""What the count models remember: decayed counts of every unit, and the rates they speak for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lynchpin.answers.forecast.months import Counts, Panel
from lynchpin.answers.forecast.weights import STRIDE_DAYS, Anchors
from lynchpin.engine.likelihoods.counts import log_chance
from lynchpin.engine.statistics.base import Floats

#: Memories in days, short to long: a day counts half after so many.
HALF_LIVES = (20.0, 60.0, 180.0, 540.0, 1620.0)

#: Which of them a class mean is taken from, and where "lately" ends: positions in HALF_LIVES.
CLASS_MEMORY, LATELY = 3, 1


@dataclass(frozen=True, slots=True, eq=False)
class Remembered:
    """Decayed counts of every unit at some days; nothing from a day on is in it.

    count : (memories, anchors, units), decayed counts
    days : (memories, anchors, 1), decayed days of record
    class_rate : (anchors, units), events a day of the mean unit of the unit's class
    rate : (memories, anchors, units), events a day; each memory leans on the next longer one with one event's worth,
        and the longest on the class
    """

    count: Floats
    days: Floats
    class_rate: Floats
    rate: Floats


def remember(past: Panel, at: Counts) -> Remembered:
    """What is remembered on each of some days.

    Parameters
    ----------
    past : Panel
    at : ndarray, shape (anchors,), rising day numbers
    """
    count, days = decayed(past.total, past.first, at, HALF_LIVES)
    class_rate = np.zeros(count.shape[1:])
    for c in np.unique(past.class_of):
        inside = past.class_of == c
        events = count[CLASS_MEMORY][:, inside].sum(axis=1) + 0.5
        class_rate[:, inside] = (events / (days[CLASS_MEMORY, :, 0] * inside.sum() + 30.0))[:, None]
    rate, longer = np.zeros_like(count), class_rate
    for memory in range(len(HALF_LIVES) - 1, -1, -1):
        rate[memory] = longer = (count[memory] + 1.0) / (days[memory] + 1.0 / longer)
    return Remembered(count, days, class_rate, rate)


def decayed(total: Counts, first: int, at: Counts, half_lives: tuple[float, ...]) -> tuple[Floats, Floats]:
    """Decayed counts, and decayed days of record, in one pass over the days.

    A day counts 2 ** (-age / half-life), its age being counted to its middle.

    Parameters
    ----------
    total : ndarray, shape (rows, days + 1), counts on all days before each day
    first : int, day number of the first day
    at : ndarray, shape (anchors,), rising day numbers
    half_lives : tuple of float, days

    Returns
    -------
    ndarrays, shapes (half-lives, anchors, rows) and (half-lives, anchors, 1)
    """
    daily = np.diff(total, axis=1)
    known = np.clip(at - first, 0, daily.shape[1])
    count = np.zeros((len(half_lives), at.size, total.shape[0]))
    days = np.zeros((len(half_lives), at.size, 1))
    for h, half_life in enumerate(half_lives):
        so_far, long, last = np.zeros(total.shape[0]), 0.0, 0
        for k, day in enumerate(known):
            weight = 2.0 ** (-(day - np.arange(last, day) - 0.5) / half_life)
            fade = 2.0 ** (-(day - last) / half_life)
            so_far = so_far * fade + daily[:, last:day] @ weight
            long = long * fade + float(weight.sum())
            count[h, k], days[h, k], last = so_far, long, int(day)
    return count, days


# -- The level model: each unit has a rate that is forgotten at a steady pace, one model for each memory.

#: Events' worth of the longer memory, and sizes of the spread between spans: searched, with a mild preference.
LEANS = (0.25, 1.0, 4.0, 16.0)
SPREADS = (0.4, 1.0, 2.5, 6.0, 15.0, 1e6)
USUAL_LEAN, USUAL_SPREAD = 4.0, 6.0

#: How long an answer counts in choosing: half-life in days.
CHOICE_DAYS = 730.0


def levels(anchors: Anchors, memory: Remembered, of: int, class_of: np.ndarray) -> tuple[Floats, Floats]:
    """Mean and size of the count ahead of every anchor, by one memory.

    Parameters
    ----------
    anchors : Anchors
    memory : Remembered, at the days of the anchors
    of : int, which memory
    class_of : ndarray, shape (units,)

    Returns
    -------
    ndarrays, both (anchors + 1, units)
    """
    member = np.eye(int(class_of.max()) + 1)[class_of]  # (units, classes)
    choice = anchors.faded(CHOICE_DAYS)
    worth = min(1.0, STRIDE_DAYS / anchors.span.days)  # spans of neighbouring anchors overlap
    longer = memory.rate[of + 1] if of + 1 < len(HALF_LIVES) else memory.class_rate
    best = np.full((anchors.at.size, member.shape[1]), -np.inf)
    mean, size = np.zeros_like(longer), np.zeros_like(longer)
    for lean in LEANS:
        shape = memory.count[of] + lean
        mu = shape / (memory.days[of] + lean / longer) * anchors.span.days
        for spread in SPREADS:
            theta = 1.0 / (1.0 / shape + 1.0 / spread)
            found = choice @ (log_chance(anchors.y, mu[:-1], theta[:-1]) @ member) * worth
            found += _preference(lean, spread)
            better = (found > best + 1e-9)[:, class_of]
            best = np.maximum(best, found)
            mean, size = np.where(better, mu, mean), np.where(better, theta, size)
    return mean, size


def _preference(lean: float, spread: float) -> float:
    """The log prior of a choice: what is taken before there is anything to choose by."""
    return float(-0.2 * abs(np.log(lean / USUAL_LEAN)) - 0.3 * abs(np.log(min(spread, 50.0) / USUAL_SPREAD)))
