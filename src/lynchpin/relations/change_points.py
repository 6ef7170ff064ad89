"""Where a relation turned: breaks in the mean of its quarterly magnitudes."""

from __future__ import annotations

import numpy as np
import polars as pl

_FEWEST_QUARTERS = 4

_SCHEMA = {"pair": pl.String, "date": pl.Date, "before": pl.Float64, "after": pl.Float64}


def change_points(pair: str, acts: pl.DataFrame) -> pl.DataFrame:
    """Breaks in the mean magnitude of a pair's acts.

    The mean over each quarter that holds an act, over 10, is searched by PELT (Killick, Fearnhead and Eckley 2012,
    JASA 107) for changes in mean, at least four such quarters apart. A break costs 2 s^2 log n, s^2 from
    the differences of neighbouring quarters. The decayed index itself is not searched: its memory would make breaks.

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
    from ruptures import Pelt  # a second to import, and only here

    found = Pelt(model="l2", min_size=_FEWEST_QUARTERS, jump=1).fit(values).predict(pen=2.0 * noise**2 * np.log(n))
    edges = [0, *found]
    rows = [
        (
            pair,
            quarters["date"][at],
            float(values[edges[k] : at].mean()),
            float(values[at : edges[k + 2]].mean()),
        )
        for k, at in enumerate(found[:-1])
    ]
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row") if rows else empty
