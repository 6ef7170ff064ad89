"""Exposure: how much a feed reported on each day, whatever it was about.

Media volume drifts: feeds add sources, newspapers close, holidays are quiet. The volume is counted when a file is
read, over all of its accepted rows and not only over those of some case, and stays when reports are folded or
filtered. It rests on days of acts, so what is known before a day rests on the days before it alone.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

#: Columns of what `Store.exposure` gives.
EXPOSURE: dict[str, pl.DataType] = {"dataset": pl.String(), "date": pl.Date(), "reports": pl.Int64()}

#: The sum over files; `{where}` is a condition on the date.
SUM = (
    "SELECT dataset, date, sum(reports)::BIGINT AS reports FROM volume WHERE {where} "
    "GROUP BY dataset, date ORDER BY dataset, date"
)


def volume(events: pl.DataFrame) -> pl.DataFrame:
    """Number of reports for each day, in the columns of `EXPOSURE`.

    Parameters
    ----------
    events : DataFrame with `dataset` and `date`: the accepted rows of a file of one feed, or of a block of one
    """
    counted = events.group_by("date").agg(pl.first("dataset"), reports=pl.len().cast(pl.Int64))
    return counted.select(*EXPOSURE).sort("date")


def total(volumes: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """The volumes of several blocks in one."""
    return pl.concat(volumes).group_by("dataset", "date").agg(pl.sum("reports")).sort("dataset", "date")
