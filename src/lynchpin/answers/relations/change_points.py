"""Where a relation turned: breaks in the mean of its quarterly magnitudes."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

_FEWEST_QUARTERS = 4

_SCHEMA = {"pair": pl.String, "date": pl.Date, "before": pl.Float64, "after": pl.Float64}


def change_points(pair: str, acts: pl.DataFrame) -> pl.DataFrame:
    """Breaks in the mean magnitude of a pair's acts.

    The mean over each quarter that holds an act, over 10, is parted at the changes in mean that cost least, at least
    four such quarters apart. A break costs 2 s^2 log n, s^2 from the differences of neighbouring quarters. The decayed
    index itself is not searched: its memory would make breaks.

    Parameters
    ----------
    pair : str, its name
    acts : DataFrame with date and magnitude

    Returns
    -------
    DataFrame, columns pair, date (first day of the first quarter after the break), before, after (means in [-1, 1])
    """
    quarters = acts.group_by(pl.col("date").dt.truncate("1q")).agg(pl.col("magnitude").mean() / 10.0).sort("date")
    empty = pl.DataFrame(schema=_SCHEMA)
    n = quarters.height
    if n < 2 * _FEWEST_QUARTERS:
        return empty
    values = quarters["magnitude"].to_numpy()
    noise = float(np.median(np.abs(np.diff(values)))) / (0.6745 * np.sqrt(2.0))
    if noise == 0.0:
        return empty
    breaks = part(values, 2.0 * noise**2 * np.log(n), _FEWEST_QUARTERS)
    edges = [0, *breaks, n]
    rows = [
        (pair, quarters["date"][at], float(values[edges[k] : at].mean()), float(values[at : edges[k + 2]].mean()))
        for k, at in enumerate(breaks)
    ]
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row") if rows else empty


def part(values: NDArray[np.float64], penalty: float, shortest: int) -> list[int]:
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
    cuts, at = [], n
    while came_from[at] > 0:
        at = int(came_from[at])
        cuts.append(at)
    return cuts[::-1]
