"""A feed as it was told on each of several days: what is folded on a day rests on the reports known by then.

Reports that come late change episodes that were told before, so each day has a record of its own. A part of the pairs
of actors is a task: it carries its reports once, for all days, and from one day to the next only the clusters
(`lynchpin.record.store.clusters`) are folded anew that a report has come to. What comes back are counts that changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from lynchpin.answers.forecast.months import Cells, UnitName, pairs
from lynchpin.crew import each
from lynchpin.days import day_number
from lynchpin.record.store import Store, clusters, fold
from lynchpin.session.dyads import no_event, with_class

#: What a task carries of a report: all that a fold looks at.
CARRIED = (
    *("date", "known_from", "source", "source_sector", "source_name", "target", "target_sector", "target_name"),
    *("type", "mode", "contexts", "code", "code_scheme", "agreement", "status", "dataset"),
)

#: Reports of a part, about: some seconds of work, and some megabytes to carry.
AT_ONCE = 40_000

_CELL = ["source", "target", "event_class", "date"]
CHANGE = pl.Schema(
    {
        "at": pl.Int32(),  # which of the days
        "source": pl.String(),  # of an act; null where the volume of the record changes
        "target": pl.String(),
        "event_class": pl.String(),
        "date": pl.Date(),
        "n": pl.Int64(),  # how many more, or fewer, than on the day before
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class Feed:
    """A store, cut by pairs of actors, and the record that it makes.

    parts : reports of some pairs of actors each; none where nothing is folded
    record : DataFrame, the events with their class as known by now
    """

    parts: tuple[pl.DataFrame, ...]
    record: pl.DataFrame

    @property
    def is_told_late(self) -> bool:
        """Whether reports that became known later may be in its episodes: then each day has a record of its own."""
        return is_told_late(self.record)

    def retold(self, days: Sequence[date], executor: Executor | None = None) -> pl.DataFrame:
        """How its counts change from each of some rising days to the next, in the columns of `CHANGE`."""
        largest = sorted((part.select(CARRIED) for part in self.parts), key=lambda part: -part.height)
        return pl.concat(each(retold, [Part(part, tuple(days)) for part in largest], executor))


def is_told_late(record: pl.DataFrame) -> bool:
    """Whether reports that became known later may be in the episodes of a record."""
    return "reports" in record.columns and bool((record["known_from"] > record["date"]).any())


def read_feed(store: str | Path, *, episodes: bool | None = None) -> Feed:
    """Read all reports of a store, and fold them where any was coded by machine, or as `episodes` has it.

    Raises
    ------
    BadData : the store holds no event
    """
    with Store.open(Path(store), read_only=True) as opened:
        parts = opened.parted(AT_ONCE)
    if not sum(part.height for part in parts):
        raise no_event(store)
    if not episodes and (episodes is False or not any((part["status"] == "coded").any() for part in parts)):
        return Feed((), with_class(pl.concat(parts)))
    return Feed(tuple(parts), with_class(pl.concat([fold(part).events for part in parts])))


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Reports of some pairs of actors, in the order of the record, and the days on which they are told; rising."""

    reports: pl.DataFrame
    days: tuple[date, ...]


def retold(part: Part) -> pl.DataFrame:
    """How the counts of a part change from each day to the next, in the columns of `CHANGE`; it runs on a worker.

    Episodes count on their first day, once for each ordered pair of their states, and once for the volume. A day knows
    what happened and became known strictly before it; before the first there is nothing.
    """
    edges = np.array([day_number(day) for day in part.days])
    known = part.reports.select(pl.max_horizontal("date", "known_from").cast(pl.Int32)).to_series().to_numpy()
    since = np.searchsorted(edges, known, side="right")  # the first day that is later
    reports = part.reports.with_columns(_since=since, _cluster=clusters(part.reports))
    reports = reports.filter(pl.col("_since") < edges.size)
    held = _cells(reports.clear())
    changes = [pl.DataFrame(schema=CHANGE)]
    for at in sorted(set(reports["_since"].to_list())):
        touched = reports.filter(pl.col("_since") == at)["_cluster"].unique()
        is_touched = pl.col("_cluster").is_in(touched.implode())
        told = with_class(fold(reports.filter(is_touched & (pl.col("_since") <= at))).events)
        now, was, left = _cells(told), held.filter(is_touched), held.filter(~is_touched)
        both = pl.concat([now, was.with_columns(n=-pl.col("n"))])
        change = both.group_by(_CELL).agg(pl.col("n").sum()).filter(pl.col("n") != 0)
        changes.append(change.select(pl.lit(at, pl.Int32).alias("at"), *_CELL, "n"))
        held = pl.concat([left, now])
    return pl.concat(changes)


def _cells(events: pl.DataFrame) -> pl.DataFrame:
    """Counts of episodes by cluster, ordered pair, class and day; and of all of them by day, without a pair."""
    if "event_class" not in events.columns:
        events = with_class(events)
    kept = events.select("_cluster", "date", "source", "target", "event_class", known_from="date")
    acts = pairs(kept, "_cluster").select("_cluster", *_CELL)
    volume = kept.select("_cluster", *(pl.lit(None, pl.String).alias(name) for name in _CELL[:3]), "date")
    return pl.concat([acts, volume]).group_by("_cluster", *_CELL).agg(n=pl.len().cast(pl.Int64))


def ordered_pairs(changes: pl.DataFrame, at: int) -> pl.DataFrame:
    """How many acts each ordered pair of states had by one of the days: source, target, n."""
    by_then = changes.filter((pl.col("at") <= at) & pl.col("source").is_not_null())
    return by_then.group_by("source", "target").agg(pl.col("n").sum()).filter(pl.col("n") > 0)


def panels(changes: pl.DataFrame, days: Sequence[date], units: Sequence[UnitName]) -> Iterator[Cells]:
    """The counts of some units as known on each day, cell by cell: a panel that ends on that day."""
    names = pl.DataFrame(
        {"source": [i for i, _, _ in units], "target": [j for _, j, _ in units], "event_class": [c for *_, c in units]},
        schema={name: pl.String() for name in _CELL[:3]},
    ).with_columns(unit=pl.int_range(pl.len(), dtype=pl.Int64))
    acts = changes.join(names, on=_CELL[:3]).select("at", "unit", "date", "n")
    volume = changes.filter(pl.col("source").is_null()).select("at", pl.lit(-1, pl.Int64).alias("unit"), "date", "n")
    both, held = pl.concat([acts, volume]), pl.DataFrame(schema={"unit": pl.Int64, "date": pl.Date, "n": pl.Int64})
    for at, day in enumerate(days):
        more = both.filter(pl.col("at") == at).select(held.columns)
        held = pl.concat([held, more]).group_by("unit", "date").agg(pl.col("n").sum()).filter(pl.col("n") != 0)
        held = held.sort("unit", "date")
        end = day_number(day)
        first = _first(held, end)
        unit, when, n = (held[name].to_physical().to_numpy().astype(np.int32) for name in held.columns)
        yield Cells(tuple(units), first, end - first, unit, when - first, n)


def _first(cells: pl.DataFrame, end: int) -> int:
    day: date | None = cells["date"].min()  # type: ignore[assignment]
    return end if day is None else day_number(day)
