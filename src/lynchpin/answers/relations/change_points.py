"""Where a relation turned: spells in which a pair's acts were warmer or colder than before and after."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from lynchpin.answers.relations.blocks import MOST_PERSISTENT, block_length, moved_orders, persistence_within
from lynchpin.engine.compiled import njit
from lynchpin.engine.statistics.base import Floats, Ints

#: The shortest spell, in quarters that hold an act.
FEWEST_QUARTERS: Final = 4

#: A turn is told where chance makes as large a one in at most this share of records.
TOLD_P: Final = 0.05

#: Records with a pair's acts moved about in blocks, behind a p-value.
MOVED: Final = 199

#: Lengths of blocks that are tried, under persistence from none to the most, and records moved in each.
LENGTHS: Final = tuple(block_length(f) for f in (0.0, 0.2, 0.4, 0.6, MOST_PERSISTENT))
TRIED: Final = 40

_SCHEMA = {"pair": pl.String, "date": pl.Date, "before": pl.Float64, "after": pl.Float64, "p": pl.Float64}


def change_points(pair: str, acts: pl.DataFrame, seed: int = 0) -> pl.DataFrame:
    """Turns in the mean magnitude of a pair's acts.

    The acts stand in quarters; a quarter weighs as many acts as it is worth, n / (1 + (n - 1) r) with r the correlation
    within quarters. In the whole record the spell is sought, of four quarters or more, whose mean differs most from all
    the rest; a spell may begin or end with the record. It is real where as large a one comes in at most one in twenty
    records whose acts have been moved among their days, in blocks as long as signs persist beside the spell
    (`_Record._length`). Its ends part the record, and each part is searched in the same way. Last, each turn is held
    against its two neighbours alone, at the same bar, and the weakest goes while it fails. The decayed index is not
    searched: its memory would make turns.

    Parameters
    ----------
    pair : str, its name
    acts : DataFrame with date and magnitude
    seed : int, of the moving

    Returns
    -------
    DataFrame, columns pair, date (first day of the first quarter after the turn), before, after (mean magnitude / 10 of
    the acts up to the turns on either side, in [-1, 1]), p (the larger of its two tests, at most TOLD_P)

    References
    ----------
    Olshen, Venkatraman, Lucito and Wigler (2004), Circular binary segmentation, Biostatistics 5(4).
    """
    by_day = acts.filter(pl.col("magnitude").is_not_null()).sort("date")
    quarters, of = np.unique(by_day["date"].dt.truncate("1q").to_numpy(), return_inverse=True)
    record = _Record(by_day["magnitude"].to_numpy().astype(np.float64), of.astype(np.int64), seed)
    found: dict[int, float] = {}
    record.search(0, quarters.size, found)
    record.prune(quarters.size, found)
    days = quarters.astype("datetime64[D]").astype(object)
    edges = [0, *sorted(found), quarters.size]
    rows = [
        (pair, days[at], record.mean(first, at) / 10.0, record.mean(at, last) / 10.0, found[at])
        for first, at, last in zip(edges, edges[1:-1], edges[2:], strict=False)
    ]
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")


class _Record:
    """A pair's acts by quarter: magnitude (acts,), in the order of time, and of (acts,), the quarter of each."""

    def __init__(self, magnitude: Floats, of: Ints, seed: int) -> None:
        self.magnitude, self.of, self.rng = magnitude, of, np.random.default_rng(seed)

    def mean(self, first: int, last: int) -> float:
        """The mean magnitude of the acts of some quarters, the last left out."""
        return float(self.magnitude[self._acts(first, last)].mean())

    def search(self, first: int, last: int, found: dict[int, float]) -> None:
        """Find the turns among some quarters, with the p of each."""
        if last - first < 2 * FEWEST_QUARTERS:
            return
        values, weight = self._series(first, last)
        best = spell_kernel(values, weight, FEWEST_QUARTERS)
        p = _p_value(best[:, 0])
        if p > TOLD_P:
            return
        ends = [first + int(at) for at in best[0, 1:] if 0 < at < last - first]
        found.update(dict.fromkeys(ends, p))
        for begin, end in zip([first, *ends], [*ends, last], strict=True):
            self.search(begin, end, found)

    def prune(self, quarters: int, found: dict[int, float]) -> None:
        """Leave out turns that do not stand against their two neighbours alone, the weakest first."""
        while found:
            edges = [0, *sorted(found), quarters]
            tests = [
                (self._step_p(first, at, last), at)
                for first, at, last in zip(edges, edges[1:-1], edges[2:], strict=False)
            ]
            weakest, at = max(tests)
            if weakest <= TOLD_P:
                found.update({at: max(p, found[at]) for p, at in tests})
                return
            del found[at]

    def _acts(self, first: int, last: int) -> slice:
        return slice(*np.searchsorted(self.of, [first, last]))

    def _series(self, first: int, last: int) -> tuple[Floats, Floats]:
        """Means by quarter as they are and with the acts moved, (1 + MOVED, quarters), and weights (quarters,)."""
        here = self._acts(first, last)
        magnitude, of = self.magnitude[here], self.of[here] - first
        count = np.bincount(of)
        starts = np.concatenate([[0], np.cumsum(count)[:-1]])
        weight = count / (1.0 + (count - 1.0) * within(magnitude, of))
        orders = moved_orders(of.size, self._length(magnitude, of, starts, weight), MOVED, self.rng)
        orders = np.vstack([np.arange(of.size), orders])
        return np.add.reduceat(magnitude[orders], starts, axis=1) / count, weight

    def _length(self, magnitude: Floats, of: Ints, starts: Ints, weight: Floats) -> float:
        """Acts to a block, such that records moved in blocks of that length persist as this one does beside its spell.

        A spell that was sought takes some of the persistence with it. So it is sought in the moved records too, and
        what is left there is held against what is left here.
        """
        count = np.diff([*starts, of.size])
        parts = [moved_orders(of.size, length, TRIED, self.rng) for length in LENGTHS]
        orders = np.vstack([np.arange(of.size), *parts])
        means = np.add.reduceat(magnitude[orders], starts, axis=1) / count
        spell = spell_kernel(means, weight, FEWEST_QUARTERS)[:, 1:]
        piece = (of >= spell[:, :1]).astype(np.int64) + (of >= spell[:, 1:])
        left = persistence_within(magnitude[orders], piece)
        shown = np.maximum.accumulate(np.median(left[1:].reshape(len(LENGTHS), TRIED), axis=1))
        return float(np.interp(left[0], shown, LENGTHS))

    def _step_p(self, first: int, at: int, last: int) -> float:
        """How often the means before and after a turn differ as much with the acts of its two sides moved about."""
        values, weight = self._series(first, last)
        cut = at - first
        before = values[:, :cut] @ weight[:cut] / weight[:cut].sum()
        after = values[:, cut:] @ weight[cut:] / weight[cut:].sum()
        return _p_value(np.abs(after - before))


def _p_value(statistic: Floats) -> float:
    """The share of records, the first and true one among them, with a statistic as large as the first's."""
    return float(np.mean(statistic >= statistic[0] - 1e-9))


def within(magnitude: Floats, of: Ints) -> float:
    """How alike acts of one quarter are: their intraclass correlation by analysis of variance, in [0, 1].

    Parameters
    ----------
    magnitude : (acts,); of : (acts,), the quarter of each, from 0 without a gap

    Returns
    -------
    float; 0 where no quarter holds two acts, or all acts are alike

    References
    ----------
    Donner (1986), A review of inference procedures for the intraclass correlation coefficient, Int. Stat. Review 54.

    Examples
    --------
    >>> within(np.array([1.0, 1.0, -1.0, -1.0]), np.array([0, 0, 1, 1]))
    1.0
    >>> within(np.array([1.0, -1.0, 1.0, -1.0]), np.array([0, 0, 1, 1]))
    0.0
    """
    count = np.bincount(of)
    acts, quarters = magnitude.size, count.size
    if acts <= quarters or quarters < 2:
        return 0.0
    mean = np.bincount(of, weights=magnitude) / count
    inside = float(np.square(magnitude - mean[of]).sum()) / (acts - quarters)
    between = float(count @ np.square(mean - magnitude.mean())) / (quarters - 1)
    usual = (acts - float(count @ count) / acts) / (quarters - 1)
    spread = between + (usual - 1.0) * inside
    return float(np.clip((between - inside) / spread, 0.0, 1.0)) if spread > 0.0 else 0.0


def spell_reference(values: Floats, weight: Floats, shortest: int) -> Floats:
    """The kernel straight from the formula: of one series (quarters,), statistic, begin and end of its best spell."""
    n, best = values.size, (0.0, 0, 0)
    for begin in range(n):
        for end in range(begin + shortest, n + 1):
            outside = np.r_[0:begin, end:n]
            if outside.size < shortest or 0 < begin < shortest or 0 < n - end < shortest:
                continue
            w_in, w_out = weight[begin:end].sum(), weight[outside].sum()
            apart = values[begin:end] @ weight[begin:end] / w_in - values[outside] @ weight[outside] / w_out
            statistic = apart**2 * w_in * w_out / (w_in + w_out)
            if statistic > best[0] + 1e-12:
                best = (float(statistic), begin, end)
    return np.array(best)


@njit(cache=True, nogil=True)
def spell_kernel(values, weight, shortest):  # pragma: no cover - measured uncompiled
    """values: (rows, n), weight: (n,) -> (rows, 3): the fall in squares by the best spell, its begin and its end.

    A spell is [begin, end) of at least `shortest` quarters; what is before it and after it is none or at least as long.
    """
    rows, n = values.shape
    out = np.zeros((rows, 3))
    of_weight = np.zeros(n + 1)
    for k in range(n):
        of_weight[k + 1] = of_weight[k] + weight[k]
    total = np.zeros(n + 1)
    for row in range(rows):
        for k in range(n):
            total[k + 1] = total[k] + weight[k] * values[row, k]
        for begin in range(n - shortest + 1):
            if 0 < begin < shortest:
                continue
            for end in range(begin + shortest, n + 1):
                if (begin == 0 and end == n) or 0 < n - end < shortest:
                    continue
                w_in = of_weight[end] - of_weight[begin]
                w_out = of_weight[n] - w_in
                s_in = total[end] - total[begin]
                apart = s_in / w_in - (total[n] - s_in) / w_out
                statistic = apart * apart * w_in * w_out / of_weight[n]
                if statistic > out[row, 0] + 1e-12:
                    out[row, 0], out[row, 1], out[row, 2] = statistic, begin, end
    return out
