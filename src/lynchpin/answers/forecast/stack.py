"""The stacked forecast: what each unit has lately done, remembered at three lengths, and a spread fitted for the span.

The members are negative binomials with fixed weights: three levels (decayed counts, each leaning on the next longer
one, the longest on the class) and the best of the baselines. Levels hardly differ in what they are worth; what pays is
the spread, which is fitted by maximum likelihood to answers known by now, for the very span that is asked:

    log size = class + slope * log mean + unit

the last shrunk toward none. Everything is read off the record cut into slices of days, counted back from its end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lynchpin.account.cases.calendar import Announced, days_of
from lynchpin.answers.forecast.baselines import HISTORY_MONTHS, ewma_parameters
from lynchpin.answers.forecast.months import Panel
from lynchpin.days import DAYS_PER_MONTH
from lynchpin.engine.likelihoods.counts import size_terms
from lynchpin.engine.scoring.predictive import Counts, negative_binomial, roughened
from lynchpin.engine.statistics.base import Floats, Ints

#: Memories of the levels in days: a day counts half after so many.
HALF_LIVES = (60.0, 180.0, 365.0)

#: Member -> its weight. Chosen on 2013 of one feed and on Januaries of the embedded record; no score moves them.
EWMA = "EWMA negative binomial"
EWMA_BY_SPAN = "EWMA, spread of the span"
LEVELS: tuple[str, ...] = tuple(f"level, {days:.0f} days" for days in HALF_LIVES)
WEIGHTS: dict[str, float] = {**dict(zip(LEVELS, (0.30, 0.25, 0.20), strict=True)), EWMA: 0.25}

#: Acts' worth of the class in the longest level (with no record behind a day, and with a year of it or more), and of
#: the longer level in a shorter one.
CLASS_LEANS, LEAN = (1.0, 0.3), 8.0

#: Days of a slice; past days whose answers are learnt from, at most; days of record that one needs behind it.
SLICE_DAYS, MOST, LEAST_RECORD_DAYS = 15, 72, 60

#: An answer counts half after so many days.
ANSWER_DAYS = 365.0

#: Log sizes lie between these.
_SMALLEST, _LARGEST = -6.0, 8.0


@dataclass(frozen=True, slots=True)
class DaysAhead:
    """Days ahead that are counted: from `gap` days after the end of what is known, for `days` days."""

    gap: int
    days: int


@dataclass(frozen=True, slots=True, eq=False)
class Remembered:
    """Rates of every unit, in acts a day, on the end of a record and on days before it, a slice apart.

    at : (days,), day numbers, falling: the first is the end of the record
    rate : (members, days, units), of the levels and of the EWMA; nothing from a day on is in it
    """

    at: Counts
    rate: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """Log size of a unit's count by its log mean: base (units,), class and unit together, and the slope."""

    base: Floats
    slope: float

    def size(self, mean: Floats) -> Floats:
        """Sizes of means, shape (..., units)."""
        log_size = self.base + self.slope * np.log(np.maximum(mean, 1e-6))
        return np.asarray(np.exp(np.clip(log_size, _SMALLEST, _LARGEST)))


@dataclass(frozen=True, slots=True, eq=False)
class Stack:
    """The stacked forecast of one span.

    mean, size : (members, units), in the order of WEIGHTS; ewma_size : (units,), of the EWMA with a fitted spread
    wide : (units,), what is large for each unit
    spread : Spread of the levels; answers : past days that it was learnt from
    """

    span: DaysAhead
    mean: Floats
    size: Floats
    ewma_size: Floats
    wide: Floats
    spread: Spread
    answers: int

    def pmf(self, rows: Ints, top: int) -> Floats:
        """The chance of 0 .. top for some units: shape (rows, top + 1)."""
        weights = WEIGHTS.values()
        parts = zip(weights, self.mean[:, rows], self.size[:, rows], strict=True)
        mixed = sum(weight * negative_binomial(mean, size, top).pmf for weight, mean, size in parts)
        return roughened(np.asarray(mixed), self.wide[rows])

    def ewma_pmf(self, rows: Ints, top: int) -> Floats:
        """The same of the EWMA baseline with a spread fitted for the span."""
        return roughened(negative_binomial(self.mean[-1, rows], self.ewma_size[rows], top).pmf, self.wide[rows])


def stacks(
    past: Panel, spans: Sequence[DaysAhead], *, lengths: Floats | None = None, beside: bool = False
) -> list[Stack]:
    """The stacked forecast of each span; of a panel nothing is seen but what it holds.

    Parameters
    ----------
    past : Panel, what is known
    spans : what is counted
    lengths : ndarray, shape (units, days) from the first day of the panel to the end of the last span, or None: how
        many plain days each day counts for, see `lengths_of`
    beside : bool, fit a spread to the EWMA baseline alone too, else it has its own
    """
    memory = remember(past, max((_first(span) for span in spans), default=0) + MOST, lengths)
    reach = past.days + max(span.gap + span.days for span in spans)
    run = _run(np.ones((1, reach)) if lengths is None else lengths)
    weights = np.array(list(WEIGHTS.values()))
    pooled = np.tensordot(weights, memory.rate, axes=1)
    mean, size = recent(past)
    found = []
    for span in spans:
        known, came, worth = answers(past, memory, span)
        start = memory.at[known] + span.gap - past.first
        then = (run[:, start + span.days] - run[:, start]).T
        ahead = run[:, past.days + span.gap + span.days] - run[:, past.days + span.gap]
        spread = fit_spread(came, pooled[known] * then, past.class_of, worth, span.days)
        levels, months = memory.rate[:-1, 0] * ahead, span.days / DAYS_PER_MONTH
        ewma_mean, ewma_size = mean * months, size * months
        if lengths is not None:  # a unit with announced days ahead or behind it
            ewma_mean = np.where((lengths != 1.0).any(axis=1), memory.rate[-1, 0] * ahead, ewma_mean)
        if beside:
            alone = fit_spread(came, memory.rate[-1, known] * then, past.class_of, worth, span.days)
        found.append(
            Stack(
                span,
                np.concatenate([levels, ewma_mean[None]]),
                np.concatenate([spread.size(levels), ewma_size[None]]),
                alone.size(ewma_mean) if beside else ewma_size,
                came.max(axis=0, initial=0).astype(np.float64),
                spread,
                int(known.size),
            )
        )
    return found


def answers(past: Panel, memory: Remembered, span: DaysAhead) -> tuple[Ints, Counts, Floats]:
    """The past days whose answer is known by the end of a panel: their places in memory, what came, and their worth.

    Returns
    -------
    ndarrays of shapes (days,), (days, units) and (days,)
    """
    known = np.arange(_first(span), memory.at.size)[:MOST]
    start = memory.at[known] + span.gap - past.first
    came = (past.total[:, start + span.days] - past.total[:, start]).T
    overlap = min(1.0, SLICE_DAYS / span.days)  # spans of neighbouring days share days
    return known, came, overlap * 2.0 ** (-(past.end - memory.at[known]) / ANSWER_DAYS)


def _first(span: DaysAhead) -> int:
    """How many slices back the last day stands whose answer is known."""
    return -(-(span.gap + span.days) // SLICE_DAYS)


def remember(past: Panel, most: int, lengths: Floats | None = None) -> Remembered:
    """What is remembered on the end of a panel and on days before it.

    Parameters
    ----------
    past : Panel
    most : int, days before the end, at most; each has LEAST_RECORD_DAYS behind it
    lengths : as for `stacks`
    """
    slices = -(-past.days // SLICE_DAYS)
    days = min(most, max((past.days - LEAST_RECORD_DAYS) // SLICE_DAYS, 0)) + 1
    edges = np.maximum(past.days - SLICE_DAYS * np.arange(slices + 1), 0)
    cells = (past.total[:, edges[:-1]] - past.total[:, edges[1:]]).astype(np.float64)
    run = _run(np.ones((1, past.days)) if lengths is None else lengths)
    long = run[:, edges[:-1]] - run[:, edges[1:]]
    age = np.arange(slices)[:, None] - np.arange(days)  # (slices, days): of each slice on each day
    kernels = np.stack([_faded(np.arange(max(slices, 1)), half) for half in HALF_LIVES] + list(_monthly(slices)))
    weight = np.where(age >= 0, kernels[:, np.maximum(age, 0)], 0.0)  # (memories, slices, days)
    count = (cells @ weight).transpose(0, 2, 1)  # (memories, days, units)
    lived = (long @ weight).transpose(0, 2, 1)  # the same of plain days, of all units or of each
    record = past.days - SLICE_DAYS * np.arange(days)
    lean = np.interp(record, (0.0, 365.0), CLASS_LEANS)[:, None]
    return Remembered(past.end - SLICE_DAYS * np.arange(days), _rates(count, lived, lean, past.class_of))


def _run(lengths: Floats) -> Floats:
    """Plain days before each day: (units, days + 1)."""
    return np.concatenate([np.zeros((lengths.shape[0], 1)), lengths.cumsum(axis=1)], axis=1)


def _rates(count: Floats, lived: Floats, class_lean: Floats, class_of: Ints) -> Floats:
    """Decayed counts and decayed days to acts a day: (memories, days, units) to (members, days, units)."""
    member = np.eye(int(class_of.max(initial=-1)) + 1)[class_of]
    acts = count[len(HALF_LIVES) - 1] @ member + 0.5
    of_class = np.broadcast_to(lived[len(HALF_LIVES) - 1], count.shape[1:]) @ member
    longer = (acts / (of_class + 30.0))[:, class_of]
    rate: list[Floats] = []
    for k in range(len(HALF_LIVES) - 1, -1, -1):
        lean = class_lean if k == len(HALF_LIVES) - 1 else LEAN
        longer = (count[k] + lean) / (lived[k] + lean / longer)
        rate.insert(0, longer)
    faded, all_counts = count[len(HALF_LIVES) :]
    months, all_days = lived[len(HALF_LIVES)] / 30.0, np.maximum(lived[len(HALF_LIVES) + 1], 1.0)
    of_all = all_counts.mean(axis=1, keepdims=True) / all_days * 30.0  # the mean month of all units
    return np.stack([*rate, (faded + of_all / 6.0) / (months + 1.0 / 6.0) / 30.0])


def _faded(age: Ints, half_life_days: float) -> Floats:
    """The mean weight of the days of slices: a day counts 2 ** (-age / half-life), its age counted to its middle."""
    day = SLICE_DAYS * age[:, None] + np.arange(SLICE_DAYS) + 0.5
    return np.asarray((2.0 ** (-day / half_life_days)).mean(axis=1))


def _monthly(slices: int) -> tuple[Floats, Floats]:
    """The weights of the EWMA baseline, which counts by months (of two slices here), and the months it sees."""
    month = np.arange(max(slices, 1)) // 2
    seen = (month < HISTORY_MONTHS).astype(np.float64)
    return seen * 2.0 ** (-month / 6.0), seen


def recent(past: Panel) -> tuple[Floats, Floats]:
    """The EWMA baseline's mean and size of a month, on months of equal length counted back from the end: (units,)."""
    kept = min(max(int(past.days / DAYS_PER_MONTH), 1), HISTORY_MONTHS)
    edges = np.round(past.end - np.arange(kept, -1, -1) * DAYS_PER_MONTH).astype(np.int64)
    return ewma_parameters(past.at(edges.tolist()))


# -- The spread: pooled over the units of a class, then each unit's own, shrunk.

#: The prior of a class's log size (at a mean of one act, for a span of a month and per log month) and of the slope, as
#: mean and standard deviation; and the standard deviation of a unit's own.
#: Learnt on 2013 of one feed and on Januaries of the embedded record; they matter where a record is short.
BASE, BASE_BY_SPAN, BASE_SD = 0.6, -0.2, 0.5
SLOPE, SLOPE_SD, UNIT_SD = 0.6, 0.15, 1.0

_STEPS, _LONGEST, _UNIT_STEPS = 12, 1.0, 4


def fit_spread(came: Counts, mean: Floats, class_of: Ints, worth: Floats, days: int) -> Spread:
    """Class sizes and slope of highest posterior by Newton's steps, then each unit's by its own.

    Parameters
    ----------
    came, mean : ndarrays, shape (days, units), answers and what was expected of them
    class_of : ndarray, shape (units,)
    worth : ndarray, shape (days,), what each answer counts for
    days : int, length of the span
    """
    classes = int(class_of.max(initial=-1)) + 1
    prior = np.append(np.full(classes, BASE + BASE_BY_SPAN * np.log(days / DAYS_PER_MONTH)), SLOPE)
    precision = np.append(np.full(classes, BASE_SD**-2.0), SLOPE_SD**-2.0)
    beta, log_mean, w = prior.copy(), np.log(np.maximum(mean, 1e-6)), worth[:, None]
    member = np.eye(classes)[class_of]
    for _ in range(_STEPS if came.size else 0):
        slope, bend = (w * part for part in size_terms(came, mean, _log_size(beta, log_mean, class_of)))
        gradient = np.append(slope.sum(axis=0) @ member, (slope * log_mean).sum())
        information = np.zeros((classes + 1, classes + 1))
        np.fill_diagonal(information, np.append(bend.sum(axis=0) @ member, (bend * log_mean**2).sum()))
        information[-1, :-1] = information[:-1, -1] = (bend * log_mean).sum(axis=0) @ member
        gradient -= precision * (beta - prior)
        step = np.linalg.solve(_safe(np.diag(precision) - information), gradient)
        step *= min(1.0, _LONGEST / np.abs(step).max())
        beta = beta + step
        if np.abs(step).max() < 1e-3:
            break
    unit = np.zeros(class_of.size)
    for _ in range(_UNIT_STEPS if came.size else 0):
        log_size = _log_size(beta, log_mean, class_of) + unit
        slope, bend = ((w * part).sum(axis=0) for part in size_terms(came, mean, log_size))
        step = (slope - unit / UNIT_SD**2) / np.maximum(UNIT_SD**-2.0 - bend, UNIT_SD**-2.0)
        unit = unit + np.clip(step, -_LONGEST, _LONGEST)
    return Spread(beta[class_of] + unit, float(beta[-1]))


def _log_size(beta: Floats, log_mean: Floats, class_of: Ints) -> Floats:
    return np.asarray(beta[class_of] + beta[-1] * log_mean)


def _safe(information: Floats) -> Floats:
    """The information with its negative directions turned: a step along them climbs too."""
    values, vectors = np.linalg.eigh(information)
    return np.asarray((vectors * np.maximum(np.abs(values), 1e-6)) @ vectors.T)


# -- Announced days have a rate of their own: a rate learnt so leaves them out of what is usual, and puts them in ahead.

#: Acts' worth of no effect, in how much thicker acts are.
_LEAN = 5.0


def lengths_of(past: Panel, calendar: Sequence[Announced], ahead: int) -> Floats | None:
    """How many plain days each day counts for: (units, days of the panel and `ahead` more); None for all alike.

    Parameters
    ----------
    past : Panel, what is known; a day counts as announced only if it was before the end of the panel
    """
    if not calendar:
        return None
    out = np.ones((len(past.units), past.days + ahead))
    daily = np.diff(past.total, axis=1)
    for entry in calendar:
        units = np.array([entry.is_of(unit) for unit in past.units], dtype=bool)
        announced = np.zeros(past.days + ahead, dtype=bool)
        for first, last in days_of(entry, past.first, past.end + ahead, known=past.end):
            announced[max(first - past.first, 0) : last - past.first] = True
        behind = announced[: past.days]
        if not units.any() or not behind.any() or behind.all():
            continue
        on, usual = daily[np.ix_(units, behind)].sum(), daily[np.ix_(units, ~behind)].sum(axis=1)
        expected = float((usual / (~behind).sum()).sum() * behind.sum())
        out[np.ix_(units, announced)] *= (float(on) + _LEAN) / (expected + _LEAN)
    return out if (out != 1.0).any() else None
