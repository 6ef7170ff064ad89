"""The plain forecasts that ours must beat: each gives the chance of every count, for every dyad and class.

Each is a function `(history, ahead, rows, top) -> pmf` of whole months: shape (rows, top + 1). They follow the ViEWS
prediction challenge where it has them. Months ahead are independent draws, so a span of several is an exact
convolution. A share `EPSILON` of each is spread wide (see `predictive.roughened`), or one surprise would cost an
endless log score.

Ours is held to the seven of `BASELINES`. Those of `FURTHER` are scored beside them in a backtest; each knows how spans
of the length that is asked have varied, which the seven leave to their months.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np

from lynchpin.answers.forecast.months import Panel
from lynchpin.days import day_number, edges, month_start
from lynchpin.engine.scoring.predictive import Counts, negative_binomial, power, roughened
from lynchpin.engine.statistics.base import Floats, Ints

#: Past months that a forecast shows and that the baselines read; and the most that any reads.
HISTORY_MONTHS, LONG_MONTHS = 36, 240

_YEAR = 12
_EWMA_HALF_LIFE_MONTHS = 6.0


@dataclass(frozen=True, slots=True, eq=False)
class PastMonths:
    """Whole months before the end of what is known, oldest first.

    counts : (units, months), volume : (months,), events of the whole record
    long : (units, months), the same counts as far back as LONG_MONTHS
    """

    counts: Counts
    volume: Floats
    long: Counts


@dataclass(frozen=True, slots=True)
class MonthsAhead:
    """Months that are summed: from `first` (1 is the next) on, `months` of them."""

    first: int
    months: int


def past_months(panel: Panel, end: date) -> PastMonths:
    """The months before the end of what is known: all whole ones, at most LONG_MONTHS, at least one."""
    months = 1
    while months < LONG_MONTHS and day_number(month_start(end, -(months + 1))) >= panel.first:
        months += 1
    boundaries = [day_number(day) for day in edges(end, -months, -1)]
    kept, long = boundaries[-HISTORY_MONTHS - 1 :], panel.at(boundaries)
    return PastMonths(long[:, -HISTORY_MONTHS:], panel.volume_at(kept), long)


Baseline = Callable[[PastMonths, MonthsAhead, Ints, int], Floats]


def own_last_year(history: PastMonths, ahead: MonthsAhead, rows: Ints, top: int) -> Floats:
    """Conflictology: each month is one of the unit's own last twelve."""
    year = history.counts[rows, -_YEAR:]
    pmf = np.zeros((rows.size, int(year.max(initial=0)) + 1))
    for month in year.T:
        pmf[np.arange(rows.size), month] += 1.0 / year.shape[1]
    return power(pmf, ahead.months, top)


def ewma(history: PastMonths, ahead: MonthsAhead, rows: Ints, top: int) -> Floats:
    """Negative binomial: mean and spread from the unit's own past, a month counting half after six months."""
    mean, size = ewma_parameters(history.counts)
    return negative_binomial(mean[rows] * ahead.months, size[rows] * ahead.months, top).pmf


def ewma_parameters(counts: Counts) -> tuple[Floats, Floats]:
    """Mean and size of a month, by unit.

    A sixth of a month of the pooled mean is added, so that a unit without events can have some.
    """
    weight = 2.0 ** (-np.arange(counts.shape[1])[::-1] / _EWMA_HALF_LIFE_MONTHS)
    mean = (counts @ weight + counts.mean() / 6.0) / (weight.sum() + 1.0 / 6.0)
    variance = ((counts - mean[:, None]) ** 2) @ weight / weight.sum()
    excess = np.maximum(variance - mean, 1e-9)
    return mean, np.clip(mean**2 / excess, 1e-2, 1e4)


def last_month(history: PastMonths, ahead: MonthsAhead, rows: Ints, top: int) -> Floats:
    """Poisson around the last observed month."""
    return _poisson(history.counts[rows, -1] * float(ahead.months), top)


def seasonal(history: PastMonths, ahead: MonthsAhead, rows: Ints, top: int) -> Floats:
    """Poisson around the same months of past years, averaged; around the mean month where there is no year yet."""
    counts = history.counts[rows]
    mean = np.zeros(rows.size)
    for month in range(ahead.first, ahead.first + ahead.months):
        back = (month - 1) % _YEAR - _YEAR
        same = counts[:, back::-_YEAR] if counts.shape[1] >= -back else counts
        mean += same.mean(axis=1)
    return _poisson(mean, top)


def pooled_bootstrap(history: PastMonths, ahead: MonthsAhead, rows: Ints, top: int) -> Floats:
    """Each month is one of the last twelve of all units together."""
    one = np.bincount(history.counts[:, -_YEAR:].ravel()).astype(np.float64)
    pmf = power((one / one.sum())[None, :], ahead.months, top)
    return np.repeat(pmf, rows.size, axis=0)


def volume_only(history: PastMonths, ahead: MonthsAhead, rows: Ints, top: int) -> Floats:
    """Poisson: the unit's long share of the whole record, times the record's volume in the last month."""
    share = history.counts[rows].sum(axis=1) / max(float(history.volume.sum()), 1.0)
    return _poisson(share * float(history.volume[-1]) * ahead.months, top)


def zero(history: PastMonths, ahead: MonthsAhead, rows: Ints, top: int) -> Floats:
    """Nothing ever happens."""
    return _poisson(np.zeros(rows.size), top)


def own_long_past(history: PastMonths, ahead: MonthsAhead, rows: Ints, top: int) -> Floats:
    """Each span is one of those of its length in the unit's own last 240 months, months that follow each other."""
    spans = _spans(history.long[rows], ahead.months)
    pmf = np.zeros((rows.size, top + 1))
    for span in np.minimum(spans, top).T:
        pmf[np.arange(rows.size), span] += 1.0 / spans.shape[1]
    return pmf


def tempered_zero(history: PastMonths, ahead: MonthsAhead, rows: Ints, top: int) -> Floats:
    """Nothing, but as often as spans of all units held something, a geometric count of their mean."""
    spans = _spans(history.counts, ahead.months)
    some = spans[spans > 0]
    ratio = 1.0 - some.size / max(int(some.sum()), 1)
    pmf = np.append(0.0, (1.0 - ratio) * ratio ** np.arange(top)) * (some.size / spans.size)
    pmf[0] = 1.0 - some.size / spans.size
    return np.repeat(pmf[None, :], rows.size, axis=0)


def _spans(counts: Counts, months: int) -> Counts:
    """Sums over so many months that follow each other, all there are: shape (units, spans); fewer months are scaled."""
    if counts.shape[1] < months:
        return np.asarray(counts.sum(axis=1, keepdims=True) * months / counts.shape[1] + 0.5, dtype=np.int64)
    total = np.concatenate([np.zeros((counts.shape[0], 1), dtype=np.int64), counts.cumsum(axis=1)], axis=1)
    return np.asarray(total[:, months:] - total[:, :-months])


def _poisson(mean: Floats, top: int) -> Floats:
    return negative_binomial(mean, np.full(mean.shape, np.inf), top).pmf


#: Name shown -> baseline, in the order shown.
BASELINES: dict[str, Baseline] = {
    "own last 12 months": own_last_year,
    "EWMA negative binomial": ewma,
    "last month (Poisson)": last_month,
    "seasonal": seasonal,
    "pooled bootstrap": pooled_bootstrap,
    "volume only": volume_only,
    "zero": zero,
}

#: Further ones, which are told and gate nothing. The stack adds EWMA with a spread by maximum likelihood.
FURTHER: dict[str, Baseline] = {"own last 240 months": own_long_past, "tempered zero": tempered_zero}


def baseline_pmf(name: str, history: PastMonths, ahead: MonthsAhead, rows: Ints, top: int) -> Floats:
    """A baseline's pmf with its share spread wide: shape (rows, top + 1)."""
    return roughened((BASELINES | FURTHER)[name](history, ahead, rows, top), spread_of(history, ahead)[rows])


def spread_of(history: PastMonths, ahead: MonthsAhead) -> Floats:
    """What is large for each unit: its largest month times the months ahead."""
    return np.asarray(history.counts.max(axis=1) * float(ahead.months))
