"""A relational event stream: who did what to whom, and when, as integer arrays by time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lynchpin.engine.statistics.base import Floats
from lynchpin.errors import BadData
from lynchpin.tabular import open_table

Index: TypeAlias = NDArray[np.int32]

#: What a column may be called, in order of preference.
COLUMN_NAMES: dict[str, tuple[str, ...]] = {
    "time": ("time", "date", "datetime", "timestamp", "t", "day"),
    "sender": ("sender", "source", "from", "actor1", "src", "ego"),
    "receiver": ("receiver", "recipient", "target", "to", "actor2", "dst", "alter"),
    "type": ("type", "class", "event_type", "event_class", "kind", "relation"),
    "weight": ("weight", "value", "increment", "magnitude"),
}
_NEEDED = ("time", "sender", "receiver")
_SECONDS_PER_DAY = 86_400.0


@dataclass(frozen=True, slots=True, eq=False)
class EventStream:
    """Events by time. Events of one time are simultaneous: none is in the past of another.

    when : (events,), ascending; days since 1970 where the times were dates, else the numbers as given
    src, dst : (events,), positions in `actors`, never equal
    kind : (events,), positions in `kinds`
    weight : (events,), what the event adds to a weighted count
    """

    when: Floats
    src: Index
    dst: Index
    kind: Index
    weight: Floats
    actors: tuple[str, ...]
    kinds: tuple[str, ...]
    is_dated: bool
    notes: tuple[str, ...] = ()  # what was mended of the file at reading

    @property
    def count(self) -> int:
        return int(self.when.size)

    def before(self, time: float) -> EventStream:
        """The events strictly before a time, with the same actors."""
        return self._cut(slice(0, int(np.searchsorted(self.when, time, side="left"))))

    def _cut(self, cut: slice) -> EventStream:
        return EventStream(
            self.when[cut],
            self.src[cut],
            self.dst[cut],
            self.kind[cut],
            self.weight[cut],
            self.actors,
            self.kinds,
            self.is_dated,
            self.notes,
        )


def read_events(path: str | Path, *, actors: tuple[str, ...] = ()) -> EventStream:
    """Read a CSV of events.

    Parameters
    ----------
    path : a file with a header row: time, sender, receiver, and if it has them type and weight. COLUMN_NAMES lists the
        headers that are known. Times are numbers, dates (2012-07-09) or instants (2012-07-09T12:00:00).
    actors : names of actors that can act though they never do

    Raises
    ------
    BadData : no such file, a column lacks, a cell is empty or cannot be read, an actor acts on itself
    """
    frame, lines, notes = _texts(path)
    return stream_of(frame, where=str(path), actors=actors, lines=lines, notes=notes)


def read_table(path: str | Path) -> pl.DataFrame:
    """A text table with a header row as a frame; a column of numbers is one of numbers, an empty cell null.

    Raises
    ------
    BadData : no such file, or it is no table: see `lynchpin.tabular`
    """
    return pl.read_csv(_texts(path)[0].write_csv().encode(), infer_schema_length=None)


def _texts(path: str | Path) -> tuple[pl.DataFrame, pl.Series, tuple[str, ...]]:
    """The cells of a table as text, null where empty; the line of each row; and what was mended at reading."""
    frame, lines, notes = open_table(path, knows=_knows).frame()
    frame = frame.with_columns(pl.all().replace("", None))
    by_name = {name.lower(): name for name in frame.columns}
    if {"date", "time"} <= set(by_name):
        day, hour = frame[by_name["date"]], frame[by_name["time"]]
        if hour.str.contains(r"^\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$").all():
            instant = pl.Series(by_name["time"], day + pl.Series([" "]) + hour.str.replace(r"^(\d):", "0$1:"))
            frame = frame.with_columns(instant)
            notes = (*notes, f"{by_name['date']} and {by_name['time']} are one time")
    return frame, lines, notes


def _knows(header: Sequence[str]) -> bool:
    names = {name.strip().lower() for name in header}
    return all(names & set(COLUMN_NAMES[need]) for need in _NEEDED)


def stream_of(
    frame: pl.DataFrame,
    *,
    where: str = "events",
    actors: tuple[str, ...] = (),
    lines: pl.Series | None = None,
    notes: tuple[str, ...] = (),
) -> EventStream:
    """A frame of events as a stream: columns as for `read_events`. Actors and types are numbered by name.

    `lines` are those of the rows in their file, where it is not one after the header's; `notes` what was mended there.

    Raises
    ------
    BadData : as for `read_events`
    """
    column = {need: _column(frame, need, where) for need in COLUMN_NAMES}
    if not frame.height:
        raise BadData("there are no events", where, "give at least two")
    for need in _NEEDED:
        empty = frame[column[need]].is_null()
        if empty.any():
            raise BadData(f"no {need}", _line(where, empty, lines), "fill it in or leave the row out")
    when, is_dated = _times(frame[column["time"]], where, lines)
    sender, receiver = (frame[column[need]].cast(pl.String).str.strip_chars() for need in ("sender", "receiver"))
    if (same := sender == receiver).any():
        raise BadData(
            "an actor acts on itself", _line(where, same, lines), "leave such rows out: a dyad has two actors"
        )
    names = sorted({*sender.unique(), *receiver.unique(), *actors}, key=_natural)
    kind = frame[column["type"]].cast(pl.String).fill_null("") if column["type"] else None
    kinds = sorted(set(kind)) if kind is not None else [""]
    order = np.argsort(when, kind="stable")
    return EventStream(
        when[order],
        _number(sender, names)[order],
        _number(receiver, names)[order],
        (np.zeros(when.size, np.int32) if kind is None else _number(kind, kinds))[order],
        _weights(frame[column["weight"]], where, lines)[order] if column["weight"] else np.ones(when.size),
        tuple(names),
        tuple(kinds),
        is_dated,
        notes,
    )


def _column(frame: pl.DataFrame, need: str, where: str) -> str:
    """The name of the column that holds it; empty when there is none and it can be done without."""
    by_name = {name.strip().lower(): name for name in reversed(frame.columns)}
    for known in COLUMN_NAMES[need]:
        if known in by_name:
            return by_name[known]
    if need in _NEEDED:
        known = ", ".join(COLUMN_NAMES[need])
        has = ", ".join(frame.columns[:12])
        raise BadData(f"no column for the {need}", f"{where}, header: {has}", f"name one of its columns: {known}")
    return ""


def _times(column: pl.Series, where: str, lines: pl.Series | None = None) -> tuple[Floats, bool]:
    """Times as numbers, and whether they were dates (days since 1970)."""
    if column.dtype.is_temporal():
        return column.cast(pl.Datetime("us")).cast(pl.Int64).to_numpy() / 1e6 / _SECONDS_PER_DAY, True
    numbers = column.cast(pl.Float64, strict=False)
    if not numbers.is_null().any() and numbers.is_finite().all():
        return numbers.to_numpy().astype(float), False
    text = column.cast(pl.String).str.strip_chars().str.replace("T", " ")
    dates = text.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", strict=False, time_unit="us")
    dates = dates.fill_null(text.str.to_datetime("%Y-%m-%d %H:%M", strict=False, time_unit="us"))
    dates = dates.fill_null(text.str.to_date("%Y-%m-%d", strict=False).cast(pl.Datetime("us")))
    is_number = numbers.is_finite().fill_null(False)
    if (bad := dates.is_null() if not is_number[0] else ~is_number).any():
        shown = column.filter(bad)[0]
        raise BadData(
            f"{shown!r} is not a time",
            _line(where, bad, lines),
            "write numbers, or dates as 2012-07-09, or 2012-07-09T12:00",
        )
    return dates.cast(pl.Int64).to_numpy() / 1e6 / _SECONDS_PER_DAY, True


def _weights(column: pl.Series, where: str, lines: pl.Series | None = None) -> Floats:
    numbers = column.cast(pl.Float64, strict=False)
    if (bad := numbers.is_null() | ~numbers.is_finite()).any():
        raise BadData("a weight that is no number", _line(where, bad, lines), "write a number")
    return numbers.to_numpy().astype(float)


def _number(column: pl.Series, names: list[str]) -> Index:
    positions = column.replace_strict(names, list(range(len(names))), return_dtype=pl.Int32)
    return positions.to_numpy().astype(np.int32)


def _natural(name: str) -> tuple[float, str]:
    """Numbers in their own order, before names."""
    try:
        return (float(name), name)
    except ValueError:
        return (float("inf"), name)


def _line(where: str, bad: pl.Series, lines: pl.Series | None) -> str:
    """The line of the first bad row, the header being the first line."""
    at = int(bad.arg_true()[0])
    return f"{where}, line {at + 2 if lines is None else lines[at]}"
