"""Counts by day of every dyad and class: what a forecast of counts is made from and scored against."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lynchpin.account.cases import Case
from lynchpin.days import day_number
from lynchpin.engine.scoring.predictive import Counts
from lynchpin.engine.statistics.base import Floats
from lynchpin.events import first_day, volume_of


def unit_names(case: Case) -> list[tuple[str, str, str]]:
    """Source, target and class of every dyad and class, in the order of a design's units."""
    return [(i, j, c) for c in case.class_names for i in case.states for j in case.states if i != j]


UnitName = tuple[str, str, str]  # source, target, class


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Counts of every unit (a dyad and class) on every day of a record.

    units : source, target and class of each
    first : day number of the first day
    total : (units, days + 1), counts on all days before each day
    volume : (days + 1,), events of the whole record, the units' or not, on all days before each day
    late : (n, 4), what became known later than it happened: the unit (-1 for the volume), the day numbers on which it
        happened and became known, and how often. It counts on the day on which it happened
    """

    units: tuple[UnitName, ...]
    first: int
    total: Counts
    volume: Counts
    late: Counts = field(default_factory=lambda: np.empty((0, 4), dtype=np.int64))

    def __reduce__(self) -> tuple[Callable[[Cells], Panel], tuple[Cells]]:
        """To a worker goes a cell for each day with acts, and not one for each day: mostly there is none."""
        return Cells.panel, (Cells.of(self),)

    @property
    def days(self) -> int:
        return int(self.volume.size - 1)

    @property
    def end(self) -> int:
        """Day number of the first day that is not known."""
        return self.first + self.days

    @property
    def class_of(self) -> NDArray[np.int64]:
        """Which class each unit is of, shape (units,), counted in order of appearance."""
        names = list(dict.fromkeys(c for _, _, c in self.units))
        return np.array([names.index(c) for _, _, c in self.units], dtype=np.int64)

    def before(self, day: int) -> Panel:
        """What had happened and was known on the morning of a day: the one gate between a panel and a forecast.

        Parameters
        ----------
        day : int, day number; a day past the end of the record cuts nothing
        """
        kept = min(max(day - self.first, 0), self.days)
        total, volume = self.total[:, : kept + 1], self.volume[: kept + 1]
        late = self.late[(self.late[:, 1] < min(day, self.end)) & (self.late[:, 2] >= day)]
        if not late.size:
            return replace(self, total=total, volume=volume)
        hidden = np.zeros((len(self.units) + 1, kept + 1), dtype=np.int64)
        np.add.at(hidden, (late[:, 0], late[:, 1] - self.first + 1), late[:, 3])  # the last row, -1, is the volume
        hidden = hidden.cumsum(axis=1)
        total, volume = total - hidden[:-1], volume - hidden[-1]
        begin = max(int(np.argmax(volume > 0)) - 1, 0)  # a record begins with the first event that is known
        return replace(self, first=self.first + begin, total=total[:, begin:], volume=volume[begin:])

    def without(self, holes: Sequence[tuple[date, date]]) -> Panel:
        """The same without the days of some spans (first day, first day after): days before one move up to its end.

        Parameters
        ----------
        holes : pairs of days; what lies outside the panel cuts nothing
        """
        kept = np.ones(self.days, dtype=bool)
        for a, b in holes:
            low, high = (min(max(day_number(day) - self.first, 0), self.days) for day in (a, b))
            kept[low:high] = False
        if kept.all():
            return self
        begin = self.end - int(kept.sum())
        places = begin + np.concatenate([[0], kept.cumsum()])  # the new number of each day, and of the end
        late = self.late.copy()
        inside = (late[:, 1] >= self.first) & (late[:, 1] < self.end)
        late = late[inside]
        late[:, 1] = places[late[:, 1] - self.first]
        late[:, 2] = np.where(late[:, 2] < self.end, places[np.minimum(late[:, 2], self.end) - self.first], late[:, 2])
        total, volume = (
            np.concatenate([np.zeros_like(rows[..., :1]), np.diff(rows)[..., kept].cumsum(axis=-1)], axis=-1)
            for rows in (self.total, self.volume)
        )
        return replace(self, first=begin, total=total, volume=volume, late=late)

    def between(self, start: int, end: int) -> Counts:
        """Counts on the days from `start` to the one before `end` (day numbers): shape (units,)."""
        low, high = (min(max(day - self.first, 0), self.days) for day in (start, end))
        return self.total[:, high] - self.total[:, low]

    def at(self, boundaries: Sequence[int]) -> Counts:
        """Counts between neighbouring boundaries (day numbers, rising): shape (units, boundaries - 1)."""
        return np.diff(self.total[:, np.clip(np.array(boundaries) - self.first, 0, self.days)], axis=1)

    def volume_at(self, boundaries: Sequence[int]) -> Floats:
        """The same of the whole record's events: shape (boundaries - 1,)."""
        return np.asarray(np.diff(self.volume[np.clip(np.array(boundaries) - self.first, 0, self.days)]), np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """A panel as it travels: the cells that are not empty.

    units, first, late : as of `Panel`; days : how many days there are
    unit, day, n : (cells,), the unit (-1 for the volume), the place of the day, and the count on it
    """

    units: tuple[UnitName, ...]
    first: int
    days: int
    unit: NDArray[np.signedinteger[Any]]
    day: NDArray[np.signedinteger[Any]]
    n: NDArray[np.signedinteger[Any]]
    late: Counts = field(default_factory=lambda: np.empty((0, 4), dtype=np.int64))

    @classmethod
    def of(cls, panel: Panel) -> Cells:
        """The cells of a panel; what it counts before its first day stands on the day before."""
        both: Counts = np.vstack([panel.total, panel.volume])
        daily = np.concatenate([both[:, :1], both[:, 1:] - both[:, :-1]], axis=1)
        unit, day = np.nonzero(daily)
        n = daily[unit, day]
        unit[unit == len(panel.units)] = -1
        return cls(panel.units, panel.first, panel.days, _small(unit), _small(day - 1), _small(n), panel.late)

    def panel(self) -> Panel:
        """The panel that these are the cells of."""
        counts = np.zeros((len(self.units) + 1, self.days + 1), dtype=np.int64)
        np.add.at(counts, (self.unit.astype(np.int64), self.day.astype(np.int64) + 1), self.n)  # -1 is the last row
        counts = counts.cumsum(axis=1)
        return Panel(self.units, self.first, counts[:-1], counts[-1], self.late)


def _small(numbers: Counts) -> NDArray[np.signedinteger[Any]]:
    """The same in half the bytes, where they fit."""
    fits = not numbers.size or max(-int(numbers.min()), int(numbers.max())) < 2**31
    return numbers.astype(np.int32) if fits else numbers


def make_panel(events: pl.DataFrame, units: Sequence[UnitName], end: date, *, start: date | None = None) -> Panel:
    """Count events by unit and day.

    Parameters
    ----------
    events : DataFrame with date, known_from, source, target and event_class; a joint act counts once for each ordered
        pair
    units : source, target and class of every unit
    end : date, the first day that is not counted
    start : date, the first day; None for the first event's

    Returns
    -------
    Panel
    """
    known = events.filter(pl.col("date") < end)
    earliest = start or (first_day(known) if known.height else end)
    first, days = day_number(earliest), day_number(end) - day_number(earliest)
    known = known.filter(pl.col("date") >= earliest)
    days_of = [pl.col(name).cast(pl.Int32).cast(pl.Int64).alias(name) for name in ("date", "known_from")]
    names = pl.DataFrame(
        {
            "source": [i for i, _, _ in units],
            "target": [j for _, j, _ in units],
            "event_class": [c for _, _, c in units],
            "unit": np.arange(len(units)),
        },
        schema={"source": pl.String, "target": pl.String, "event_class": pl.String, "unit": pl.Int64},
    )
    told = pairs(known if units else known.clear())
    acts = told.join(names, on=["source", "target", "event_class"]).select("unit", *days_of, n=1)
    volume = known.select(*days_of, n=volume_of(known)).select(pl.lit(-1, pl.Int64).alias("unit"), pl.all())
    cells = (
        pl.concat([acts.cast(pl.Int64), volume])
        .group_by("unit", "date", "known_from")
        .agg(pl.col("n").sum())
        .sort("unit", "date", "known_from")
    )
    counts = np.zeros((len(units) + 1, days + 1), dtype=np.int64)
    unit, day, since, n = (cells[name].to_numpy() for name in ("unit", "date", "known_from", "n"))
    np.add.at(counts, (unit, day - first + 1), n)  # the last row, -1, is the volume
    counts = counts.cumsum(axis=1)
    late = cells.select("unit", "date", "known_from", "n").to_numpy()[since > day]
    return Panel(tuple(units), first, counts[:-1], counts[-1], late)


def pairs(events: pl.DataFrame, *more: str) -> pl.DataFrame:
    """A row for each event of a class and ordered pair of different states: its days, source, target, event_class.

    `more` names columns that go with it.
    """
    return (
        events.filter(pl.col("event_class").is_not_null())
        .select("date", "known_from", "source", "target", "event_class", *more)
        .explode("source")
        .explode("target")
        .filter((pl.col("source") != pl.col("target")).fill_null(False))
    )
