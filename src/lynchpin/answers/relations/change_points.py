"""Where a relation turned: breaks in the mean of its quarterly magnitudes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl
from numba import njit
from numpy.typing import NDArray

from lynchpin.engine.statistics.base import Floats

_FEWEST_QUARTERS = 4

#: Records with the magnitudes of a pair's acts permuted, behind a p-value.
PERMUTED = 199

_SCHEMA = {"pair": pl.String, "date": pl.Date, "before": pl.Float64, "after": pl.Float64, "p": pl.Float64}


def change_points(pair: str, acts: pl.DataFrame, seed: int = 0) -> pl.DataFrame:
    """Breaks in the mean magnitude of a pair's acts.

    The mean over each quarter that holds an act, over 10, is parted at the changes in mean that cost least, at least
    four such quarters apart. A break costs 2 s^2 log n, s^2 from the differences of neighbouring quarters. The decayed
    index itself is not searched: its memory would make breaks.

    Any series of a few dozen noisy quarters has a break now and then. So each break comes with a p-value: the share of
    records, the true one among them, with a break as large, when the magnitudes of the pair's acts are permuted among
    their days. As large: the step between the two pieces over its error, and of a permuted record the largest of its
    breaks, so that several breaks of one pair are held against the same bar.

    Parameters
    ----------
    pair : str, its name
    acts : DataFrame with date and magnitude
    seed : int, of the permutations

    Returns
    -------
    DataFrame, columns pair, date (first day of the first quarter after the break), before, after (means in [-1, 1]), p
    """
    by_day = acts.filter(pl.col("magnitude").is_not_null()).sort("date")
    quarters, of = np.unique(by_day["date"].dt.truncate("1q").to_numpy(), return_inverse=True)
    empty = pl.DataFrame(schema=_SCHEMA)
    if quarters.size < 2 * _FEWEST_QUARTERS:
        return empty
    magnitude, counted = by_day["magnitude"].to_numpy().astype(np.float64), np.bincount(of)
    found = _breaks(np.bincount(of, weights=magnitude) / counted / 10.0)
    if not found:
        return empty
    rng = np.random.default_rng(seed)
    moved = [
        max((abs(one.step) for one in _breaks(np.bincount(of, weights=drawn) / counted / 10.0)), default=0.0)
        for drawn in (rng.permutation(magnitude) for _ in range(PERMUTED))
    ]
    days = quarters.astype("datetime64[D]").astype(object)
    rows = [
        (pair, days[one.at], one.before, one.after, (1 + sum(m >= abs(one.step) for m in moved)) / (1 + PERMUTED))
        for one in found
    ]
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")


class _Break(NamedTuple):
    """Where a piece begins, the means before and after, and the step between them over its error."""

    at: int
    before: float
    after: float
    step: float


def _breaks(values: Floats) -> list[_Break]:
    """The breaks of a series; none where its neighbours do not differ."""
    noise = float(np.median(np.abs(np.diff(values)))) / (0.6745 * np.sqrt(2.0))
    if noise == 0.0:
        return []
    came_from = part_kernel(values, 2.0 * noise**2 * np.log(values.size), _FEWEST_QUARTERS)
    edges = [0, *cuts_of(came_from), values.size]
    found = []
    for first, at, last in zip(edges, edges[1:-1], edges[2:], strict=False):
        before, after = float(values[first:at].mean()), float(values[at:last].mean())
        error = noise * np.sqrt(1.0 / (at - first) + 1.0 / (last - at))
        found.append(_Break(at, before, after, float((after - before) / error)))
    return found


def part(values: Floats, penalty: float, shortest: int) -> list[int]:
    """The least costly way to cut a series into pieces of constant mean.

    The cost is the sum of squares around each piece's mean plus a penalty per cut; the search is exact and takes n^2
    steps. PELT (Killick, Fearnhead and Eckley 2012, JASA 107) finds the same optimum faster on long series; a pair has
    some hundred quarters at most.

    Parameters
    ----------
    values : ndarray, shape (n,)
    penalty : float, > 0
    shortest : int, length of the shortest piece

    Returns
    -------
    list of int, where each piece but the first begins

    References
    ----------
    Jackson et al. (2005), An algorithm for optimal partitioning of data on an interval, IEEE Signal Proc. Letters 12.
    """
    return cuts_of(part_reference(values, penalty, shortest))


def cuts_of(came_from: NDArray[np.int64]) -> list[int]:
    """Where each piece but the first begins: `came_from[end]` is where the last piece of values[:end] begins."""
    cuts, at = [], came_from.size - 1
    while came_from[at] > 0:
        at = int(came_from[at])
        cuts.append(at)
    return cuts[::-1]


def part_reference(values: Floats, penalty: float, shortest: int) -> NDArray[np.int64]:
    """The kernel straight from the formula: shape (n + 1,)."""
    n = values.size
    total = np.concatenate([[0.0], np.cumsum(values)])
    square = np.concatenate([[0.0], np.cumsum(values**2)])
    best = np.full(n + 1, np.inf)
    best[0] = -penalty
    came_from = np.zeros(n + 1, dtype=np.int64)
    for end in range(shortest, n + 1):
        start = np.arange(end - shortest + 1)
        piece = square[end] - square[start] - (total[end] - total[start]) ** 2 / (end - start)
        cost = best[start] + piece + penalty
        came_from[end] = int(np.argmin(cost))
        best[end] = cost[came_from[end]]
    return came_from


@njit(cache=True, nogil=True)
def part_kernel(values, penalty, shortest):  # pragma: no cover - measured uncompiled
    """values: (n,) -> (n + 1,), where the last piece of the best way to cut values[:end] begins."""
    n = values.size
    total, square = np.zeros(n + 1), np.zeros(n + 1)
    for k in range(n):
        total[k + 1] = total[k] + values[k]
        square[k + 1] = square[k] + values[k] ** 2
    best = np.full(n + 1, np.inf)
    best[0] = -penalty
    came_from = np.zeros(n + 1, dtype=np.int64)
    for end in range(shortest, n + 1):
        for start in range(end - shortest + 1):
            piece = square[end] - square[start] - (total[end] - total[start]) ** 2 / (end - start)
            cost = best[start] + piece + penalty
            if cost < best[end]:
                best[end] = cost
                came_from[end] = start
    return came_from
