"""A relational event stream: who did what to whom, and when, as integer arrays by time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lynchpin.engine.rem.names import as_text, composed, first_lines, look_alikes, natural, read_names
from lynchpin.engine.rem.times import Clock, Source, Table, is_blank, is_zoned, line_of, read_times, without_rounding
from lynchpin.engine.statistics.base import Floats
from lynchpin.errors import BadData, UnknownName, suggest
from lynchpin.tabular import open_table

Index: TypeAlias = NDArray[np.int32]

#: What a column may be called, in order of preference.
COLUMN_NAMES: dict[str, tuple[str, ...]] = {
    "time": ("time", "date", "datetime", "timestamp", "t", "day"),
    "sender": ("sender", "source", "from", "actor1", "src", "ego"),
    "receiver": ("receiver", "recipient", "target", "to", "actor2", "dst", "alter"),
    "type": ("type", "class", "event_type", "event_class", "kind", "relation"),
    "weight": ("weight",),
}
_NEEDED = ("time", "sender", "receiver")
#: What looks like a weight and is read as one only when it is named.
WEIGHT_LIKE = ("value", "increment", "magnitude", "weights", "amount")
#: Weights of no column, though there is one.
NO_WEIGHT = "no"


@dataclass(frozen=True, slots=True, eq=False)
class EventStream:
    """Events by time. Events of one time are simultaneous: none is in the past of another.

    when : (events,), ascending; days since 1970 where the times were dates, else the numbers as given
    src, dst : (events,), positions in `actors`, never equal
    kind : (events,), positions in `kinds`
    weight : (events,), what the event adds to a weighted count
    unit : of a number of time (s, d, y, ...); empty where a file did not say it, so that only bare lengths go with it
    weighed_by : the column that the weights are from, or empty
    notes : what was mended or taken in one of two ways while the events were read
    left_out : actors of events that were left out, who are at no risk
    is_listed : whether the actors are those of a list, at risk whoever of them acts: see `actors`
    """

    when: Floats
    src: Index
    dst: Index
    kind: Index
    weight: Floats
    actors: tuple[str, ...]
    kinds: tuple[str, ...]
    is_dated: bool
    unit: str = "d"
    weighed_by: str = ""
    notes: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    is_listed: bool = False

    @property
    def count(self) -> int:
        return int(self.when.size)

    @property
    def clock(self) -> Clock:
        """What the times are."""
        return Clock.of(self.when, is_dated=self.is_dated, unit=self.unit)

    def of_pairs(self) -> EventStream:
        """The same without a direction: the actor that comes first in the list stands as the sender."""
        return replace(self, src=np.minimum(self.src, self.dst), dst=np.maximum(self.src, self.dst))

    def of_types(self, names: Sequence[str], where: str) -> NDArray[np.bool_]:
        """Which events are of one of some types: shape (events,).

        Raises
        ------
        UnknownName : no event is of such a type
        """
        for name in names:
            if name not in self.kinds:
                raise UnknownName(f"no event is of type {name!r}", where, suggest(name, self.kinds, noun="type"))
        return np.isin(self.kind, [self.kinds.index(name) for name in names])

    def before(self, time: float) -> EventStream:
        """The events strictly before a time, with the same actors."""
        return self._cut(slice(0, int(np.searchsorted(self.when, time, side="left"))))

    def until(self, time: float) -> EventStream:
        """The events up to a time, itself included; actors that act only later are left out, those of a list stay."""
        last = int(np.searchsorted(self.when, time, side="right"))
        if self.is_listed:
            return self._cut(slice(0, last))
        later = set(self.src[last:].tolist()) | set(self.dst[last:].tolist())
        gone = later - set(self.src[:last].tolist()) - set(self.dst[:last].tolist())
        kept = [k for k in range(len(self.actors)) if k not in gone]
        number = np.zeros(len(self.actors), np.int32)
        number[kept] = np.arange(len(kept), dtype=np.int32)
        cut = self._cut(slice(0, last))
        return replace(
            cut,
            src=number[cut.src],
            dst=number[cut.dst],
            actors=tuple(self.actors[k] for k in kept),
            left_out=(*self.left_out, *(self.actors[k] for k in sorted(gone))),
        )

    def _cut(self, cut: slice) -> EventStream:
        return replace(self, **{name: getattr(self, name)[cut] for name in ("when", "src", "dst", "kind", "weight")})


def read_events(
    path: str | Path, *, actors: tuple[str, ...] = (), weight: str | None = None, time_unit: str | None = None
) -> EventStream:
    """Read a CSV of events.

    Parameters
    ----------
    path : a file with a header row: time, sender, receiver, and if it has them type and weight. COLUMN_NAMES lists the
        headers that are known. Times are numbers, years, dates (2012-07-09, 20120709) or instants (2012-07-09T12:00Z).
    actors : names of actors that can act though they never do
    weight : the column that says how much an event counts, or "no"; None: `weight`, where there is one
    time_unit : of a number of time: us, ms, s, min, h, d, w, mo or y. Numbers then stay numbers, whatever they look
        like.

    Raises
    ------
    BadData : no such file, a column lacks, a cell is empty or cannot be read, an actor acts on itself
    """
    frame, lines, notes = _texts(path)
    where = Source(path, lines)
    return stream_of(frame, where=where, actors=actors, weight=weight, time_unit=time_unit, notes=notes)


def read_table(path: str | Path) -> Table:
    """A text table with a header row as a frame of text, null where a cell is empty; it knows its lines and its file.

    Raises
    ------
    BadData : no such file, or it is no table: see `lynchpin.tabular`
    """
    frame, lines, mended = _texts(path)
    return Table.of(frame, Source(path, lines), mended)


def _texts(path: str | Path) -> tuple[pl.DataFrame, pl.Series, tuple[str, ...]]:
    """The cells of a table as text, null where empty; the line of each row; and what was mended at reading."""
    try:
        if Path(path).exists() and not Path(path).is_file():
            raise BadData("cannot read it: not a file", str(path), "give a CSV file")
        frame, lines, notes = open_table(path, knows=_knows).frame()
    except (OSError, ValueError) as error:
        raise BadData(f"cannot read it: {error}", str(path)[:200], "give a CSV file") from None
    frame = frame.with_columns(pl.all().replace("", None))
    by_name = {name.lower(): name for name in frame.columns}
    if {"date", "time"} <= set(by_name):
        day, hour = frame[by_name["date"]], frame[by_name["time"]]
        if hour.str.contains(r"^\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$").all():
            instant = pl.Series(by_name["time"], day + pl.Series([" "]) + hour.str.replace(r"^(\d):", "0$1:"))
            frame = frame.with_columns(instant).drop(by_name["date"])
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
    weight: str | None = None,
    time_unit: str | None = None,
    notes: Sequence[str] = (),
) -> EventStream:
    """A frame of events as a stream: parameters as for `read_events`. Actors and types are numbered by name.

    `notes` are of what was mended before, when the frame was read.

    Raises
    ------
    BadData : as for `read_events`
    """
    notes = [f"{where}: {note}" for note in notes]
    column = {need: column_of(frame, need, where, notes) for need in COLUMN_NAMES}
    column["weight"] = _weight_column(frame, weight, column["weight"], where, notes)
    if not frame.height:
        raise BadData("there are no events", where, "give at least two")
    times = frame[column["time"]]
    if (empty := is_blank(times)).any():
        raise BadData("no time", line_of(where, empty), "fill it in or leave the row out")
    when, clock = read_times(times, where, unit=time_unit or "")
    if time_unit and clock.kind == "dates":
        raise BadData(f"the times are dates ({times[0]})", f"{where}, time unit", "leave it out: it is of numbers")
    notes += _said_of_times(times, clock, where)
    written = [frame[column[need]] for need in ("sender", "receiver")]
    sender, receiver = (
        read_names(names, where, need) for names, need in zip(written, ("sender", "receiver"), strict=True)
    )
    if (same := sender == receiver).any():
        raise BadData("an actor acts on itself", line_of(where, same), "leave such rows out: a dyad has two actors")
    lines = first_lines((sender, receiver), where)
    notes += composed(written, where) + look_alikes(lines, where)
    names = sorted({*lines, *actors}, key=natural)
    kind = as_text(frame[column["type"]]).fill_null("") if column["type"] else None
    kinds = sorted(set(kind)) if kind is not None else [""]
    if kind is not None:
        notes += look_alikes(first_lines((kind,), where), where, "type")
        if len(kinds) > 1 and (none := int((kind == "").sum())):
            notes.append(f"{where}: {none:,} events have no type and are one of their own")
    order = np.argsort(when, kind="stable")
    when, moved, near = without_rounding(when[order]) if clock.kind == "numbers" else (when[order], 0, 0.0)
    if moved:
        notes.append(f"{where}: times within {near:.2g} of one another are one time point ({moved:,} of {when.size:,})")
    return EventStream(
        when,
        _number(sender, names)[order],
        _number(receiver, names)[order],
        (np.zeros(when.size, np.int32) if kind is None else _number(kind, kinds))[order],
        _weights(frame[column["weight"]], where)[order] if column["weight"] else np.ones(when.size),
        tuple(names),
        tuple(kinds),
        clock.kind == "dates",
        "d" if clock.kind == "dates" else time_unit or "",
        column["weight"],
        tuple(notes),
    )


def _said_of_times(times: pl.Series, clock: Clock, where: str) -> list[str]:
    """What to say of a reading of times that could have been another."""
    first = times[0]
    if clock.kind == "years":
        return [f"{where}: the times are read as years ({first}); --time-unit says what else they are"]
    if clock.kind == "dates" and str(first).strip().removesuffix(".0").isdigit():
        return [f"{where}: the times are read as days ({first}); --time-unit keeps them numbers"]
    if clock.kind == "dates" and times.dtype == pl.String and is_zoned(times):
        return [f"{where}: the times name a zone and are taken to UTC"]
    return [f"{where}: the times are {clock}; say --time-unit {clock.epoch}"] if clock.epoch else []


def _weight_column(frame: pl.DataFrame, wanted: str | None, usual: str, where: str, notes: list[str]) -> str:
    """The column that events are weighed by; empty for none."""
    if wanted is None:
        like = [name for name in frame.columns if name.strip().lower() in WEIGHT_LIKE]
        if like and not usual:
            notes.append(f"{where}: column {like[0]!r} is not read; --weight {like[0]} weighs events by it")
        return usual
    if wanted == NO_WEIGHT:
        return ""
    if wanted not in frame.columns:
        raise UnknownName(f"no column {wanted!r}", f"{where}, weight", suggest(wanted, frame.columns, noun="column"))
    return wanted


def column_of(
    frame: pl.DataFrame,
    need: str,
    where: str,
    notes: list[str],
    names: Mapping[str, tuple[str, ...]] = COLUMN_NAMES,
    needed: tuple[str, ...] = _NEEDED,
) -> str:
    """The name of the column that holds it; empty when there is none and it can be done without.

    Parameters
    ----------
    frame, where, notes : the table, its name, and where to say that another column could have been meant
    need : a key of `names`, which says what its column may be called
    needed : what cannot be done without

    Raises
    ------
    BadData : there is no such column
    """
    by_name = {name.strip().lower(): name for name in reversed(frame.columns)}
    there = [by_name[known] for known in names[need] if known in by_name]
    if len(there) > 1:
        notes.append(f"{where}: the {need} is column {there[0]!r}, not {there[1]!r}")
    if not there and need in needed:
        known = ", ".join(names[need])
        has = ", ".join(frame.columns[:12])
        raise BadData(f"no column for the {need}", f"{where}, header: {has}", f"name one of its columns: {known}")
    return there[0] if there else ""


def _weights(column: pl.Series, where: str) -> Floats:
    plain = column.str.strip_chars() if column.dtype == pl.String else column
    numbers = plain.cast(pl.Float64, strict=False)
    if (bad := numbers.is_null() | ~numbers.is_finite()).any():
        raise BadData("a weight that is no number", line_of(where, bad), "write a number")
    return numbers.to_numpy().astype(float)


def _number(column: pl.Series, names: list[str]) -> Index:
    positions = column.replace_strict(names, list(range(len(names))), return_dtype=pl.Int32)
    return positions.to_numpy().astype(np.int32)
