"""Mentions: how far the report of an event went, and how sure its coder was."""

from __future__ import annotations

import polars as pl


def reach(mentions: pl.DataFrame) -> pl.DataFrame:
    """The mentions of each event, in numbers.

    Parameters
    ----------
    mentions : DataFrame with `event_id`, `date`, `outlet` and `confidence`, one row for each mention

    Returns
    -------
    DataFrame by `event_id`, with `mentions` (how many), `sources` (how many outlets), `confidence` (the greatest, 0
    to 100: a reader who finds one clear sentence needs no other) and `last_mention` (day of the latest)

    Examples
    --------
    >>> from datetime import date
    >>> told = {"event_id": ["7", "7"], "outlet": ["a", "b"], "confidence": [20.0, 80.0]}
    >>> reach(pl.DataFrame({**told, "date": [date(2017, 7, 1), date(2017, 7, 3)]})).row(0)
    ('7', 2, 2, 80.0, datetime.date(2017, 7, 3))
    """
    return (
        mentions.group_by("event_id")
        .agg(
            mentions=pl.len().cast(pl.Int64),
            sources=pl.col("outlet").n_unique().cast(pl.Int64),
            confidence=pl.col("confidence").max(),
            last_mention=pl.col("date").max(),
        )
        .sort("event_id")
    )
