"""What a time means: numbers, years or dates, judged by a whole column, and lengths of time in its unit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl

from lynchpin.days import format_duration, parse_duration
from lynchpin.engine.statistics.base import Floats
from lynchpin.errors import BadData, BadValue, UnknownName, suggest

_SECONDS_PER_DAY = 86_400.0
#: How many of a unit are in a day.
_PER_DAY = {
    "us": 86_400e6,
    "ms": 86_400e3,
    "s": _SECONDS_PER_DAY,
    "min": 1_440.0,
    "h": 24.0,
    "d": 1.0,
    "w": 1.0 / 7.0,
    "mo": 1.0 / 30.4375,
    "y": 1.0 / 365.25,
}
_SHORT = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?(us|ms|s|min)")

#: Four-digit numbers within these bounds look like years, and eight digits like the day that they spell.
_YEARS = (1500.0, 2200.0)
#: Seconds since 1970 from 1985 to 2096.
_EPOCH = (5e8, 4e9)
_EPOCH_UNITS = {"s": ("seconds", 1.0), "ms": ("milliseconds", 1e3), "us": ("microseconds", 1e6)}

#: Times are one time point when they lie within this share of the mean gap, or within a few roundings, of each other.
ROUNDING_GAP, ROUNDINGS = 1e-9, 8.0

_ZONED = r"^(.*\d\d:\d\d(?::\d\d(?:\.\d+)?)?)\s*(Z|z|UTC|[+-]\d\d(?::?\d\d)?)$"
_WRITE = "write numbers, or dates as 2012-07-09 or 2012-07-09T12:00"

Kind = Literal["dates", "years", "numbers", "points"]


@dataclass(frozen=True, slots=True)
class Clock:
    """What the times of a stream are.

    kind : dates, as days since 1970; years, as they are; other numbers; or time points, counted
    unit : of one; empty where the times do not say it
    epoch : the unit of which they look like a count since 1970 (s, ms, us), or empty
    """

    kind: Kind
    unit: str = ""
    epoch: str = ""

    @classmethod
    def of(cls, when: Floats, *, is_dated: bool = False, unit: str = "") -> Clock:
        """Judge times that are read already."""
        if is_dated:
            return cls("dates", "d")
        if unit:
            _check_unit(unit)
            return cls("numbers", unit)
        if when.size and _all_within(when, *_YEARS) and not np.mod(when, 1.0).any():
            return cls("years", "y")
        for short, (_, times) in _EPOCH_UNITS.items():
            if when.size and _all_within(when / times, *_EPOCH):
                return cls("numbers", "", short)
        return cls("numbers")

    def __str__(self) -> str:
        if self.epoch:
            return f"numbers that look like {_EPOCH_UNITS[self.epoch][0]} since 1970"
        return f"numbers (--time-unit {self.unit})" if self.kind == "numbers" and self.unit else self.kind

    def length(self, value: str | float, where: str = "") -> float:
        """A length of time in the unit of the times: a bare number is one, a text like 30d is turned into it.

        Raises
        ------
        BadValue : no length, or one with a unit where the times do not say theirs
        """
        try:
            number = float(value)
        except ValueError:
            number = self._of_unit(str(value).strip(), where)
        if not 0.0 < number < float("inf"):
            raise BadValue(
                f"a length of time must be more than zero and finite, not {value}", where, "write 30d, or a number"
            )
        return number

    def _of_unit(self, text: str, where: str) -> float:
        match = _SHORT.fullmatch(text)
        days = float(match[1]) / _PER_DAY[match[2]] if match else parse_duration(text, where=where)
        if self.kind == "points":
            raise BadValue(
                f"{text} is a length with a unit, and the clock counts time points",
                where,
                "write how many: a bare number",
            )
        if not self.unit:
            since = (
                f"{self.epoch}: they look like {_EPOCH_UNITS[self.epoch][0]} since 1970"
                if self.epoch
                else "s, h, d, ..."
            )
            raise BadValue(
                f"{text} is a length with a unit, and the times are numbers that do not say theirs",
                where,
                f"say of what unit they are (--time-unit {since}), or write a bare number in the unit of the times",
            )
        return days * _PER_DAY[self.unit]

    def span(self, length: float) -> str:
        """A length as it can be written again."""
        if self.kind == "dates":
            return format_duration(length)
        plain = f"{length:.12g}"
        return plain if "e" in plain else plain + self.unit

    def say(self, time: float) -> str:
        """A time as it was given, to the second where it is a date."""
        if self.kind != "dates":
            return f"{time:.12g}"
        try:
            second = np.datetime64(0, "s") + np.timedelta64(round(time * _SECONDS_PER_DAY), "s")
        except OverflowError:
            return f"day {time:g}"
        return f"{second}".removesuffix("T00:00:00")

    def read(self, column: pl.Series, where: str) -> tuple[Floats, list[str]]:
        """Times of another input of the same fit, which must speak of time as the events do; and what to say of it.

        Raises
        ------
        BadData : not times, or times of another kind
        """
        when, clock = read_times(column, where, unit=self.unit if self.kind == "numbers" else "")
        if self.kind == "dates" and clock.kind == "years":
            first = (when - 1970.0).astype("datetime64[Y]").astype("datetime64[D]").astype(float)
            return first, [f"{where}: years are read as the first of January"]
        is_year = self.kind == "years" and clock.kind == "numbers" and _all_within(when, *_YEARS)
        alike = is_year or (self.kind == clock.kind and clock.epoch in ("", self.epoch))
        number_alone = self.kind == "numbers" and clock.kind == "years" and not self.epoch
        if not alike and not number_alone:
            raise BadData(
                f"the times of the events are {self}, those of {where} are {clock} ({column.drop_nulls()[0]})",
                where,
                "write both in one way; --time-unit says that numbers are to stay numbers, and of what unit",
            )
        return when, []


#: What times are where nobody says otherwise, and where time points are counted.
DAYS, POINTS = Clock("dates", "d"), Clock("points")


def read_times(column: pl.Series, where: str, *, unit: str = "") -> tuple[Floats, Clock]:
    """A column of times as numbers, and what they are, which the whole column must agree on.

    Parameters
    ----------
    column : numbers, dates or text; no value may lack
    where : the file, for errors; `line_of` makes it a line
    unit : of one, where the times are to be taken as numbers whatever they look like

    Raises
    ------
    BadData : a value is no time, or two are times of different kinds
    """
    if column.dtype in (pl.Date, pl.Datetime):
        zone = getattr(column.dtype, "time_zone", None)
        plain = column.dt.convert_time_zone("UTC").dt.replace_time_zone(None) if zone else column
        return _days(plain.cast(pl.Datetime("us"))), Clock("dates", "d")
    text = column.cast(pl.String, strict=False).str.strip_chars()
    numbers = (column if column.dtype.is_numeric() else text).cast(pl.Float64, strict=False)
    is_number = numbers.is_finite().fill_null(False)
    if is_number.all():
        when = numbers.to_numpy().astype(float)
        days = None if unit else _eight_digits(when)
        return (when, Clock.of(when, unit=unit)) if days is None else (days, Clock("dates", "d"))
    dates, is_zoned = _dates(text)
    kind = pl.select(pl.when(is_number).then(1).when(dates.is_null()).then(0).when(is_zoned).then(3).otherwise(2))
    kinds = kind.to_series()
    if (bad := kinds == 0).any():
        raise BadData(f"{text.filter(bad)[0] or ''!r} is not a time", line_of(where, bad), _WRITE)
    if (other := kinds != kinds[0]).any():
        k = int(other.arg_true()[0])
        raise BadData(
            f"{text[0]!r} and {text[k]!r} are times of two kinds: {_KINDS[kinds[0]]} and {_KINDS[kinds[k]]}",
            f"{where}, lines {line_at(where, 0)} and {line_at(where, k)}",
            "write the whole column in one way",
        )
    return _days(dates), Clock("dates", "d")


_KINDS = {1: "a number", 2: "a date", 3: "an instant with a zone"}


def _days(dates: pl.Series) -> Floats:
    out: Floats = dates.cast(pl.Int64).to_numpy() / 1e6 / _SECONDS_PER_DAY
    return out


def _dates(text: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Dates and instants, null where there is none, and whether a zone is named; instants with a zone as of UTC."""
    text = text.str.replace("T", " ").str.replace(r"^(\d{4}-\d\d-\d\d)\s+", "${1} ")
    zone = text.str.extract(_ZONED, 2)
    local = pl.select(pl.when(zone.is_null()).then(text).otherwise(text.str.extract(_ZONED, 1))).to_series()
    local = local.str.strip_chars()
    local = pl.select(pl.when(local.str.contains(r"^\d{4}-\d\d-\d\d")).then(local)).to_series()
    dates = local.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", strict=False, time_unit="us")
    dates = dates.fill_null(local.str.to_datetime("%Y-%m-%d %H:%M", strict=False, time_unit="us"))
    dates = dates.fill_null(local.str.to_date("%Y-%m-%d", strict=False).cast(pl.Datetime("us")))
    hours, minutes = (zone.str.extract(r"^[+-](\d\d):?(\d\d)?$", part).cast(pl.Int64).fill_null(0) for part in (1, 2))
    sign = pl.select(pl.when(zone.str.starts_with("-").fill_null(False)).then(-1).otherwise(1)).to_series()
    shift = ((hours * 60 + minutes) * sign * 60_000_000).cast(pl.Duration("us"))
    return dates - shift, zone.is_not_null()


def is_blank(times: pl.Series) -> pl.Series:
    """Which cells hold nothing."""
    return times.is_null() | (times.cast(pl.String, strict=False).str.strip_chars() == "").fill_null(False)


def is_zoned(text: pl.Series) -> bool:
    """Whether instants name their zone."""
    return bool(text.str.strip_chars().str.contains(_ZONED).any())


def _eight_digits(when: Floats) -> Floats | None:
    """The days that eight digits spell (20120731), or None where some do not."""
    if not when.size or not _all_within(when, _YEARS[0] * 1e4, _YEARS[1] * 1e4) or np.mod(when, 1.0).any():
        return None
    dates = pl.Series(when.astype(np.int64)).cast(pl.String).str.to_date("%Y%m%d", strict=False)
    return None if dates.is_null().any() else _days(dates.cast(pl.Datetime("us")))


def _all_within(when: Floats, low: float, high: float) -> bool:
    return bool(((when >= low) & (when <= high)).all())


def _check_unit(unit: str) -> None:
    if unit not in _PER_DAY:
        raise UnknownName(f"no unit of time {unit!r}", "--time-unit", suggest(unit, _PER_DAY, noun="unit"))


def rounding(when: Floats) -> float:
    """How far apart two numbers of time may be and still be one time, but for rounding; zero for whole numbers.

    Parameters
    ----------
    when : ndarray, shape (events,), ascending
    """
    if when.size < 2 or not np.mod(when, 1.0).any():
        return 0.0
    largest = float(np.abs(when[[0, -1]]).max())
    near = ROUNDINGS * float(np.spacing(largest))
    apart = int(np.count_nonzero(np.diff(when) > near)) or 1
    return max(near, ROUNDING_GAP * float(when[-1] - when[0]) / apart)


def without_rounding(when: Floats) -> tuple[Floats, int, float]:
    """Times that are equal but for rounding, as their first; how many were moved, and the tolerance.

    Parameters
    ----------
    when : ndarray, shape (events,), ascending
    """
    near = rounding(when)
    step = np.diff(when, prepend=when[:1])
    joins = (step > 0) & (step <= near)
    if not joins.any():
        return when, 0, near
    first = np.maximum.accumulate(np.where(step > near, np.arange(when.size), 0))
    moved = when[first]
    return moved, int((moved != when).sum()), near


class Source(str):
    """The name of a table, which also knows the lines of its rows where they do not simply follow the header."""

    lines: pl.Series

    def __new__(cls, name: object, lines: pl.Series) -> Source:
        made = super().__new__(cls, name)
        made.lines = lines
        return made


class Table(pl.DataFrame):
    """A frame as it was read from a file, which knows the lines of its rows and what was mended; only whole.

    where : Source; mended : what is to be said of the reading
    """

    where: Source
    mended: tuple[str, ...]

    @classmethod
    def of(cls, frame: pl.DataFrame, where: Source, mended: Sequence[str]) -> Table:
        made = cls(frame)
        made.where, made.mended = where, tuple(mended)
        return made


def place_of(table: pl.DataFrame, otherwise: str, notes: list[str]) -> str:
    """What a table is called in errors and notes: its file, where it was read from one. What was mended is noted."""
    if not isinstance(table, Table):
        return otherwise
    notes += [f"{table.where}: {mended}" for mended in table.mended]
    return table.where


def line_of(where: str, bad: pl.Series) -> str:
    """The line of the first bad row, the header being the first line unless the table says otherwise."""
    return f"{where}, line {line_at(where, int(bad.arg_true()[0]))}"


def line_at(where: str, row: int) -> int:
    return int(where.lines[row]) if isinstance(where, Source) else row + 2


def time_of(value: Any, where: str, clock: Clock) -> tuple[float, list[str]]:
    """One time of a request on the clock of the events, and what to say of it.

    Raises
    ------
    BadData : as for `Clock.read`
    """
    try:
        column = pl.Series([value])
    except (TypeError, ValueError, pl.exceptions.PolarsError):
        raise BadData(f"{value!r} is not a time", where, _WRITE) from None
    when, notes = clock.read(column, where)
    return float(when[0]), notes


def half_life_words(best: float | None, interval: tuple[float, float], is_open: tuple[bool, bool], unit: str) -> str:
    """A half-life that was fitted, its interval, and which of its ends says no more than where the search ended.

    Examples
    --------
    >>> half_life_words(12.5, (4.0, 40.0), (False, False), "d")
    'half-life 12.5 d, fitted by profile likelihood: 90 % interval 4 to 40 d'
    """
    size = "" if best is None else f" {best:.3g} {unit}".rstrip()
    line = f"half-life{size}, fitted by profile likelihood: 90 % interval {interval[0]:.3g} to {interval[1]:.3g} {unit}"
    line = line.rstrip()
    for end, value, at_edge in zip(("lower", "upper"), interval, is_open, strict=True):
        if at_edge:
            line += f"; its {end} end, {value:.3g}, is the edge of what was searched: the record does not bound it"
    return line
