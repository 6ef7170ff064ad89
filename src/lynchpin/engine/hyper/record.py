"""A record of acts of many parties: who took part in what, and when, as integer arrays by time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from lynchpin.engine.rem.events import COLUMN_NAMES, column_of, read_table
from lynchpin.engine.rem.names import as_text, natural, read_names
from lynchpin.engine.rem.times import Clock, Source, is_blank, line_at, line_of, place_of, read_times
from lynchpin.engine.statistics.base import Floats, Ints
from lynchpin.errors import BadData

#: What a column may be called, in order of preference.
NAMES: dict[str, tuple[str, ...]] = {
    "time": COLUMN_NAMES["time"],
    "participants": ("participants", "members", "parties", "receivers", "recipients"),
    "event": ("event", "event_id", "id", "meeting"),
    "actor": ("actor", "participant", "member", "party", "node"),
    "sender": ("sender", "source", "from", "ego"),
}
#: What stands between participants in one cell.
BETWEEN = ";"


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """Events by time; those of one time are simultaneous: none is in the past of another.

    when : (events,), ascending
    ptr, who : who takes part in event e is who[ptr[e] : ptr[e + 1]], positions in `actors`, ascending, each once
    sender : (events,), who acts on them all, -1 where an event has none: an event has one, or none of them has
    clock : what the times are; notes : what was mended while it was read
    """

    when: Floats
    ptr: Ints
    who: Ints
    sender: Ints
    actors: tuple[str, ...]
    clock: Clock
    notes: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        return int(self.when.size)

    @property
    def has_sender(self) -> bool:
        return bool((self.sender >= 0).any())

    def members(self, e: int) -> Ints:
        """Who takes part in event e."""
        return self.who[self.ptr[e] : self.ptr[e + 1]]


def read_record(
    events: str | Path | pl.DataFrame, *, actors: Sequence[str] = (), time_unit: str | None = None
) -> Record:
    """Read a table of events of many parties.

    Parameters
    ----------
    events : a file or a frame: a row for each event with a column of participants, apart by `;`; or a row for each
        participant, with columns event and actor. A column sender says who acted on them all.
    actors : names of actors that could take part though they never do
    time_unit : of times that are numbers

    Raises
    ------
    BadData : a column lacks, a cell is empty, a participant is there twice, an event has two times or senders, or fewer
        than two take part (one, where there is a sender)
    """
    frame = events if isinstance(events, pl.DataFrame) else read_table(events)
    notes: list[str] = []
    where = place_of(frame, "events", notes)
    time = column_of(frame, "time", where, notes, NAMES, ("time",))
    if not frame.height:
        raise BadData("there are no events", where, "give at least two")
    if (empty := is_blank(frame[time])).any():
        raise BadData("no time", line_of(where, empty), "fill it in or leave the row out")
    when, clock = read_times(frame[time], where, unit=time_unit or "")
    together = column_of(frame, "participants", where, notes, NAMES, ())
    event = "" if together else column_of(frame, "event", where, notes, NAMES, ("event",))
    actor = "" if together else column_of(frame, "actor", where, notes, NAMES, ("actor",))
    sender = column_of(frame, "sender", where, notes, NAMES, ())
    rows = pl.DataFrame({"row": range(frame.height), "when": when})
    if together:
        rows = rows.with_columns(event=pl.col("row").cast(pl.String), who=as_text(frame[together]).str.split(BETWEEN))
        rows = rows.explode("who").with_columns(pl.col("who").str.strip_chars())
    else:
        rows = rows.with_columns(event=as_text(frame[event]), who=as_text(frame[actor]).str.strip_chars())
        if (blank := rows["event"].is_null()).any():
            raise BadData("no event", line_of(where, blank), "say which event the row is of")
    if sender:
        named = read_names(frame[sender], where, "sender")
        rows = rows.with_columns(sender=named.gather(rows["row"]))
    else:
        rows = rows.with_columns(sender=pl.lit("", pl.String))
    lines = where.lines if isinstance(where, Source) else pl.Series(range(2, frame.height + 2))
    rows = rows.with_columns(who=read_names(rows["who"], Source(where, lines.gather(rows["row"])), "participant"))
    return _record(rows, where, sorted({*rows["who"], *rows["sender"], *actors} - {""}, key=natural), clock, notes)


def _record(rows: pl.DataFrame, where: str, actors: list[str], clock: Clock, notes: list[str]) -> Record:
    """Rows of row, when, event, sender, who: one for each participant."""
    twice = rows.group_by("event", "who").agg(pl.len(), pl.col("row").min()).filter(pl.col("len") > 1).sort("row")
    if twice.height:
        raise BadData(
            f"{twice['who'][0]} takes part twice", f"{where}, line {line_at(where, twice['row'][0])}", "name each once"
        )
    events = rows.group_by("event").agg(
        pl.col("when").n_unique().alias("times"),
        pl.col("sender").n_unique().alias("senders"),
        pl.col("when").first(),
        pl.col("sender").first(),
        pl.col("row").min(),
        pl.col("who"),
    )
    for column, what in (("times", "two times"), ("senders", "two senders")):
        if (bad := events.filter(pl.col(column) > 1).sort("row")).height:
            raise BadData(
                f"event {bad['event'][0]} has {what}", f"{where}, line {line_at(where, bad['row'][0])}", "give it one"
            )
    events = events.sort("when", "row")
    number = {name: k for k, name in enumerate(actors)}
    members = [np.sort([number[name] for name in names]) for names in events["who"].to_list()]
    sender = np.array([number.get(name, -1) for name in events["sender"]], np.int64)
    least = 1 if (sender >= 0).any() else 2
    for row, some, acts in zip(events["row"], members, sender.tolist(), strict=True):
        if some.size < least:
            mend = "leave it out" if least == 1 else "leave it out, or name those who took part, apart by ;"
            raise BadData(f"fewer than {least} take part", f"{where}, line {line_at(where, row)}", mend)
        if acts in some:
            raise BadData(
                f"{actors[acts]} acts on itself",
                f"{where}, line {line_at(where, row)}",
                "leave it out of the participants",
            )
    return Record(
        events["when"].to_numpy().astype(float),
        np.concatenate([[0], np.cumsum([some.size for some in members])]).astype(np.int64),
        np.concatenate(members).astype(np.int64),
        sender,
        tuple(actors),
        clock,
        tuple(notes),
    )
