"""Mentions: how far the report of an event went, and how sure its coder was."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from lynchpin.record.store.filters import STATES_REASON

#: The feeds whose ids the mentions bear; no id is of two of them.
DATASETS = ("gdelt", "gdelt-translated")

#: What an event has beside its columns when its mentions are joined to it; null where none is known.
REACH: dict[str, pl.DataType] = {
    "mentions": pl.Int64(),  # pages that told of it
    "outlets": pl.Int64(),  # and how many papers or stations they were of
    "confidence": pl.Float64(),  # the greatest, 0..100
    "last_mention": pl.Date(),
}


#: The mentions of each event in numbers: the beginning of a query, which groups by `event_id`.
REACHED = (
    "SELECT event_id, count(*) AS mentions, count(DISTINCT outlet) AS outlets, max(confidence) AS confidence, "
    "max(date) AS last_mention"
)


def with_reach(events: pl.DataFrame, reached: pl.DataFrame) -> pl.DataFrame:
    """Events with the columns of `REACH` beside their own, by the id of GDELT; other feeds have none.

    Parameters
    ----------
    events : DataFrame of events
    reached : DataFrame, as `reach` gives it
    """
    told = pl.concat([reached.with_columns(dataset=pl.lit(name)) for name in DATASETS])
    return events.join(told, on=["dataset", "event_id"], how="left", maintain_order="left")


# -- Exposure: how much a feed reported on each day, whatever it was about.

#: Columns of what `Store.exposure` gives.
EXPOSURE: dict[str, pl.DataType] = {"dataset": pl.String(), "date": pl.Date(), "reports": pl.Int64()}

#: Columns of the store's own table of it, but for the file: by the day on which the reports became known, too.
VOLUMES: dict[str, pl.DataType] = {
    "dataset": pl.String(),
    "date": pl.Date(),
    "known_from": pl.Date(),
    "reports": pl.Int64(),
}

#: The sum over files, with the rows that a filter of states left out; `{where}` is a condition on the days.
SUM = (
    "SELECT dataset, date, sum(reports)::BIGINT AS reports FROM "
    "(SELECT dataset, date, known_from, reports FROM volume UNION ALL SELECT dataset, date, known_from, reports "
    f"FROM filtered WHERE reason = '{STATES_REASON}') WHERE {{where}} "
    "GROUP BY dataset, date ORDER BY dataset, date"
)


def volume(events: pl.DataFrame) -> pl.DataFrame:
    """Number of reports for each day, in the columns of `VOLUMES`.

    Parameters
    ----------
    events : DataFrame with `dataset`, `date` and `known_from`: the accepted rows of a file of one feed, or of a block
        of one
    """
    counted = events.group_by("date", "known_from").agg(pl.first("dataset"), reports=pl.len().cast(pl.Int64))
    return counted.select(*VOLUMES).sort("date", "known_from")


def total(volumes: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """The volumes of several blocks in one."""
    days = ["dataset", "date", "known_from"]
    return pl.concat(volumes).group_by(days).agg(pl.sum("reports")).sort(days)


def far_ahead(daily: pl.DataFrame) -> int:
    """How many reports are dated a year or more after all others of their file, being one in a hundred of them or less.

    Nothing but the file tells: no clock is read, so that the same file has the same answer on any day.

    Parameters
    ----------
    daily : DataFrame with `date` and `reports`

    Examples
    --------
    >>> from datetime import date
    >>> days = [date(2018, 1, 1), date(2018, 1, 2), date(2202, 1, 3)]
    >>> far_ahead(pl.DataFrame({"date": days, "reports": [80, 20, 1]}))
    1
    """
    days = daily.group_by("date").agg(pl.col("reports").sum()).sort("date", descending=True)
    gaps = days.with_columns(
        after=pl.col("reports").cum_sum(), gap=(pl.col("date") - pl.col("date").shift(-1)).dt.total_days()
    )
    most = max(int(days["reports"].sum()) // 100, 1)
    beyond = gaps.filter((pl.col("gap") >= 365) & (pl.col("after") <= most))["after"].to_list()
    return max(beyond, default=0)
