"""What an event is: the names, types and units of its columns, and what was known on a day.

An event is one row. It holds who did what to whom and when, what the feed said about it, and where it was read.
A joint act (`USA;JPN;KOR`) is one row; it expands to dyads only when a design is built.
"""

from __future__ import annotations

from datetime import date
from typing import cast

import polars as pl

#: Column name -> type, in the order of the store. Written here once; every reader and query uses these names.
SCHEMA: dict[str, pl.DataType] = {
    "event_id": pl.String(),  # unique within one feed
    "date": pl.Date(),  # local day of the act (coded feeds: day of the story)
    "known_from": pl.Date(),  # day from which the act could be known: the same, or later
    "precision": pl.String(),  # "day"; "month" or "year": then the day is nominal
    "source": pl.List(pl.String()),  # ISO3 codes, sorted, no repeats; empty when no state is known
    "source_sector": pl.String(),  # GOV, MIL, LEG, ...; "" when unknown
    "source_name": pl.String(),  # as written in the feed
    "target": pl.List(pl.String()),
    "target_sector": pl.String(),
    "target_name": pl.String(),
    "type": pl.String(),  # one of the 16 PLOVER types, or OTHER
    "mode": pl.String(),  # detail within the type; "" when none
    "contexts": pl.List(pl.String()),  # issue tags, sorted; may be empty
    "code": pl.String(),  # the feed's own code, as text ("0314"); "" when none
    "code_scheme": pl.String(),  # the code's scheme and version ("cameo-icews"); "" when none
    "magnitude_shipped": pl.Float64(),  # cooperation (+) to conflict (-) as the feed gives it; null when absent
    "magnitude": pl.Float64(),  # -10..10, recomputed under `scale`
    "scale": pl.String(),  # the named, versioned scale behind `magnitude`
    "agreement": pl.String(),  # agreement id, or ""
    "summary": pl.String(),  # one sentence, or the feed's label
    "url": pl.String(),  # page address or record reference; "" when none
    "status": pl.String(),  # "verified", "recalled" (hand-coded) or "coded" (by machine)
    "dataset": pl.String(),  # the feed's name
    "file": pl.String(),  # file name, without its folder
    "row": pl.Int64(),  # 1-based line number in that file
}

COLUMNS: tuple[str, ...] = tuple(SCHEMA)

#: How many reports a row adds to the volume of its record on its day (Int64). Only a record that was cut to the acts
#: of a case has it: they add nothing, and each day has a row of its own, nobody's act, with the reports of that day.
VOLUME = "volume"


def empty_events() -> pl.DataFrame:
    """An event table without rows."""
    return pl.DataFrame(schema=SCHEMA)


def volume_rows(volume: pl.DataFrame) -> pl.DataFrame:
    """A row for each day, and day of becoming known, that holds its volume and nothing else.

    Parameters
    ----------
    volume : DataFrame with `date`, `known_from` and the count of reports, named `VOLUME`
    """
    return pl.concat([empty_events().drop("date", "known_from"), volume], how="diagonal").select(*COLUMNS, VOLUME)


def acts_of(events: pl.DataFrame) -> pl.DataFrame:
    """The rows that are acts: without those that hold the volume of a day, and without the column."""
    return events.filter(pl.col("event_id").is_not_null()).drop(VOLUME) if VOLUME in events.columns else events


def volume_of(events: pl.DataFrame) -> pl.Series:
    """What each row adds to the volume of the record on its day: one where nothing else is said."""
    whole = pl.Series(VOLUME, [1], dtype=pl.Int64).new_from_index(0, events.height)
    return events[VOLUME] if VOLUME in events.columns else whole


def first_day(events: pl.DataFrame) -> date:
    """The day of the earliest event.

    Parameters
    ----------
    events : DataFrame with a `date` column without nulls, at least one row
    """
    return cast(date, events["date"].min())


def last_day(events: pl.DataFrame) -> date:
    """The day of the latest event; `events` as for `first_day`."""
    return cast(date, events["date"].max())


def before(events: pl.DataFrame, as_of: date | None) -> pl.DataFrame:
    """The events that were known on the morning of `as_of`: they happened, and became known, strictly before it.

    This is the one gate between a record and everything that fits, draws or scales: whatever is blind to the future
    calls it first. What a store is asked for says the same in SQL (`lynchpin.record.store.Selection.known_before`).

    Parameters
    ----------
    events : DataFrame with the columns `date` and `known_from`, neither null
    as_of : date, or None for the whole record
    """
    if as_of is None:
        return events
    return events.filter((pl.col("date") < as_of) & (pl.col("known_from") < as_of))
