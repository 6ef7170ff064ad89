"""Events that last: when they start, and when those that are going on end, as two processes with a clock.

What can start is every dyad that has no event going on, and what can end is every event that is. Both are interval
likelihoods of one stream, in which a start and an end are a row each; who is at risk, and what is going on, follows
from the record itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from lynchpin.engine.rem.actors import Actors, with_actors
from lynchpin.engine.rem.api import rem
from lynchpin.engine.rem.effects import parse_effects
from lynchpin.engine.rem.events import COLUMN_NAMES, EventStream, column_of, read_table, stream_of
from lynchpin.engine.rem.frames import Frame, as_polars
from lynchpin.engine.rem.names import as_text, read_names
from lynchpin.engine.rem.result import RemFit
from lynchpin.engine.rem.terms import Effect, Term
from lynchpin.engine.rem.times import Source, is_blank, line_at, line_of, place_of, read_times
from lynchpin.engine.statistics.base import Floats, Ints
from lynchpin.errors import BadData, BadValue, LynchpinError

#: What a column may be called, in order of preference.
NAMES: dict[str, tuple[str, ...]] = {
    "start": ("start", "begin", "onset", "start_time", "start_date", "time", "date"),
    "end": ("end", "stop", "finish", "until", "end_time", "end_date"),
    **{name: COLUMN_NAMES[name] for name in ("sender", "receiver", "type")},
}
#: Types of rows of the stream where events have none; with types, those of starts keep theirs.
START, END = "start", "end"
#: The covariate of pairs that is 1 while their event goes on.
ONGOING = "ongoing"


@dataclass(frozen=True, slots=True, eq=False)
class LastingFit:
    """Two relational event models of events that last.

    start : how dyads that have no event going on start one
    end : how events that are going on end
    n_ended, n_open : events whose end is known; events that were going on when the record stopped
    mean_duration : of those whose end is known, in the unit of the times
    """

    start: RemFit
    end: RemFit
    n_ended: int
    n_open: int
    mean_duration: float

    def to_frame(self) -> pl.DataFrame:
        """One row per coefficient: process (start or end), name, estimate, se, z, p, lower, upper (90 %)."""
        both = ((START, self.start), (END, self.end))
        frames = [fit.to_frame().select(pl.lit(process).alias("process"), pl.all()) for process, fit in both]
        return pl.concat(frames)

    def to_dict(self) -> dict[str, Any]:
        """The `--json` answer: numbers whole, not shortened."""
        return {
            "n_ended": self.n_ended,
            "n_open": self.n_open,
            "mean_duration": self.mean_duration,
            "start": self.start.to_dict(),
            "end": self.end.to_dict(),
        }

    def summary(self) -> str:
        """For a terminal: both tables, and what their numbers rest on."""
        unit = self.start.stream.unit
        still = f", {self.n_open:,} still going on" if self.n_open else ""
        return "\n".join(
            [
                f"Events that last: {self.n_ended:,} with an end, {self.mean_duration:.4g} {unit}".rstrip()
                + f" on average{still}",
                "",
                "How events start, of dyads that have none going on",
                self.start.summary(),
                "",
                "How events end, of those that are going on",
                self.end.summary(),
            ]
        )


@dataclass(frozen=True, slots=True, eq=False)
class Spells:
    """Events with a start and an end, as they were read.

    stream : a row for each start and each end that is known, with its time
    starts, ends : types of the stream that are starts, and ends
    frame : start and end as they were given (end is null where it is not known), sender, receiver
    length : (events whose end is known,), in the unit of the times
    """

    stream: EventStream
    starts: tuple[str, ...]
    ends: tuple[str, ...]
    frame: pl.DataFrame
    length: Floats


def lasting(
    events: str | Path | Frame,
    start_effects: str,
    end_effects: str,
    *,
    half_life: str | float | None = None,
    actors: Actors | None = None,
    presence: Frame | None = None,
    covariates: Mapping[str, Frame] | None = None,
    start: str | float | None = None,
    stop: str | float | None = None,
    undirected: bool = False,
    ridge: float = 0.0,
    time_unit: str | None = None,
    executor: Executor | None = None,
) -> LastingFit:
    """Fit how events that last start, and how they end.

    Parameters
    ----------
    events : a file or a frame of start, end, sender, receiver and, if there is, type; an empty end: still going on
    start_effects, end_effects : what may move who starts an event with whom, and what may move who ends one. Effects of
        events remember starts unless they say `class=`: a type, `class=end` (each end weighs how long its event
        lasted), or `class=start|end`. `of=ongoing` reads what is going on: `reciprocity(of=ongoing)`,
        `outdegreeSender(of=ongoing)`
    half_life, actors, presence, covariates, start, stop, undirected, ridge, time_unit, executor : as for `rem`

    Returns
    -------
    LastingFit, of two interval likelihoods

    Raises
    ------
    LynchpinError : the events or the effects cannot be read, or the record cannot tell what is asked
    """
    spells = read_spells(events, time_unit=time_unit, undirected=undirected)
    stream = spells.stream if actors is None else with_actors(spells.stream, actors)
    if ONGOING in (covariates or {}):
        raise BadValue(f"a covariate is named {ONGOING}", "covariates", "give it another name: it is what goes on")
    own = {name: as_polars(table, f"covariates, {name}") for name, table in (covariates or {}).items()}
    fits = []
    for process, text in ((START, start_effects), (END, end_effects)):
        where = f"{process} effects"
        terms = _of_process(_parsed(text, half_life, stream, where), spells)
        tables = _named(own, ongoing(spells, undirected=undirected), terms)
        fitted = rem(
            stream,
            " ".join(term.text(repr) for term in terms),
            likelihood="interval",
            outcome=spells.starts if process == START else spells.ends,
            dyads=at_risk(spells, stream.actors, process, undirected=undirected),
            presence=presence,
            covariates=tables,
            start=start,
            stop=stop,
            undirected=undirected,
            ridge=ridge,
            executor=executor,
        )
        notes = tuple(note for note in fitted.notes if not note.startswith(f"covariate {ONGOING}:"))  # it lacks nothing
        fits.append(replace(fitted, notes=notes))
    if unread := sorted(set(own) - {name for fit in fits for name in fit.request.covariates}):
        mend = f"leave it out, or say send({unread[0]}), tie({unread[0]})"
        raise BadValue(f"covariate {unread[0]} is in no effect", "covariates", mend)
    return LastingFit(
        start=fits[0],
        end=fits[1],
        n_ended=int(spells.length.size),
        n_open=spells.frame["end"].null_count(),
        mean_duration=float(spells.length.mean()),
    )


def _parsed(text: str, half_life: str | float | None, stream: EventStream, where: str) -> tuple[Term, ...]:
    span = None if half_life is None else stream.clock.length(half_life, "half_life")
    try:
        return parse_effects(text, half_life=span, clock=stream.clock)
    except LynchpinError as error:
        raise type(error)(error.what, error.where.replace("effects", where, 1), error.mend) from None


def _of_process(terms: tuple[Term, ...], spells: Spells) -> tuple[Term, ...]:
    """The same, with the types of rows that each effect remembers, and nothing going on where no row says so."""

    def one(effect: Effect) -> Effect:
        if ONGOING in effect.tables and effect.absent is None:
            effect = replace(effect, absent=0.0)
        if not effect.row.feed.startswith("events") or all(effect.networks):
            return effect
        if effect.legs is not None:
            return replace(effect, legs=(_kinds(effect.legs[0], spells), _kinds(effect.legs[1], spells)))
        return replace(effect, classes=_kinds(effect.classes, spells))

    return tuple(Term(tuple(one(effect) for effect in term.effects)) for term in terms)


def _kinds(named: tuple[str, ...], spells: Spells) -> tuple[str, ...]:
    of = {START: spells.starts, END: spells.ends}
    return tuple(kind for name in named or (START,) for kind in of.get(name, (name,)))


def _named(own: Mapping[str, pl.DataFrame], going_on: pl.DataFrame, terms: tuple[Term, ...]) -> dict[str, pl.DataFrame]:
    """The tables that some effect names."""
    named = {name for term in terms for effect in term.effects for name in effect.tables}
    return {name: table for name, table in {**own, ONGOING: going_on}.items() if name in named}


# -- What the record says of who is at risk, and of what goes on.


def at_risk(spells: Spells, actors: tuple[str, ...], process: str, *, undirected: bool) -> pl.DataFrame:
    """When each pair can start an event, or end the one that it has: sender, receiver, since, through.

    A pair can start one from the end of its last until it starts the next, that time included; it can end one from its
    start through its end.
    """
    frame = _by_pair(spells.frame, undirected).select("sender", "receiver", "start", "end")
    if process == END:
        return frame.rename({"start": "since", "end": "through"})
    last = pl.col("end").shift(1).over("sender", "receiver")
    before = frame.with_columns(since=last, through=pl.col("start")).select("sender", "receiver", "since", "through")
    after = frame.group_by("sender", "receiver", maintain_order=True).last().filter(pl.col("end").is_not_null())
    after = after.select("sender", "receiver", since=pl.col("end"), through=pl.lit(None, frame.schema["start"]))
    names = pl.DataFrame({"sender": actors}, schema={"sender": pl.String})
    every = names.join(names.rename({"sender": "receiver"}), how="cross").filter(pl.col("sender") != pl.col("receiver"))
    every = _ordered(every).unique(maintain_order=True) if undirected else every
    empty = pl.lit(None, frame.schema["start"])
    idle = every.join(frame, on=["sender", "receiver"], how="anti", maintain_order="left")
    return pl.concat([before, after, idle.with_columns(since=empty, through=empty)])


def ongoing(spells: Spells, *, undirected: bool) -> pl.DataFrame:
    """Which pairs have an event going on, as a covariate of pairs: sender, receiver, time, value."""
    frame = _by_pair(spells.frame, undirected)
    pair = ("sender", "receiver")
    follows = (pl.col("end").shift(1).over(pair) == pl.col("start")).fill_null(False)
    goes_on = (pl.col("start").shift(-1).over(pair) == pl.col("end")).fill_null(False)
    begun = frame.filter(~follows).select(*pair, time=pl.col("start"), value=pl.lit(1.0))
    ended = frame.filter(~goes_on & pl.col("end").is_not_null()) if frame.height else frame
    return pl.concat([begun, ended.select(*pair, time=pl.col("end"), value=pl.lit(0.0))])


def _by_pair(frame: pl.DataFrame, undirected: bool) -> pl.DataFrame:
    return _ordered(frame) if undirected else frame


def _ordered(frame: pl.DataFrame) -> pl.DataFrame:
    """The same, with the name that comes first as the sender."""
    return frame.with_columns(
        sender=pl.min_horizontal("sender", "receiver"), receiver=pl.max_horizontal("sender", "receiver")
    )


# -- Reading.


def read_spells(events: str | Path | Frame, *, time_unit: str | None = None, undirected: bool = False) -> Spells:
    """Read a table of events that last.

    Parameters
    ----------
    events : a file or a frame with columns start, end, sender, receiver and, if there is, type: NAMES lists the headers
        that are known. An empty end is of an event that is still going on
    time_unit : of times that are numbers
    undirected : a pair is one, whoever is named first

    Raises
    ------
    BadData : a column lacks, an event ends before or when it starts, a dyad has two events going on at one time, or no
        event has an end
    """
    frame = read_table(events) if isinstance(events, str | Path) else as_polars(events, "events")
    notes: list[str] = []
    where = place_of(frame, "events", notes)
    needed = ("start", "end", "sender", "receiver")
    column = {need: column_of(frame, need, where, notes, NAMES, needed) for need in (*needed, "type")}
    if not frame.height:
        raise BadData("there are no events", where, "give at least two")
    start, end = frame[column["start"]], frame[column["end"]]
    if (empty := is_blank(start)).any():
        raise BadData("no start", line_of(where, empty), "fill it in or leave the row out")
    known = ~is_blank(end)
    if not known.any():
        raise BadData("no event has an end", where, "give the ends that are known: an empty one is still going on")
    if end.dtype != start.dtype:
        start, end = start.cast(pl.String), end.cast(pl.String)
    end = pl.select(pl.when(known).then(end)).to_series()
    lines = where.lines if isinstance(where, Source) else pl.Series(range(2, frame.height + 2))
    place = Source(where, pl.concat([lines, lines.filter(known)]))
    when, _ = read_times(pl.concat([start, end.drop_nulls()]), place, unit=time_unit or "")
    ends_at = np.full(frame.height, np.inf)
    ends_at[known.to_numpy()] = when[frame.height :]
    length = ends_at - when[: frame.height]
    if (wrong := pl.Series(~(length > 0.0))).any():
        mend = "give an end after its start: where days are whole, the day after the last"
        raise BadData("an event does not end after it starts", line_of(where, wrong), mend)
    names = [read_names(frame[column[need]], where, need) for need in ("sender", "receiver")]
    kinds = as_text(frame[column["type"]]).fill_null("") if column["type"] else None
    spells = pl.DataFrame({"start": start, "end": end, "sender": names[0], "receiver": names[1]})
    order = _refuse_overlaps(_by_pair(spells, undirected), when[: frame.height], ends_at, where)
    lasted = spells.with_columns(type=pl.lit(START) if kinds is None else kinds, length=pl.Series(length), line=lines)
    ended = lasted.filter(known)
    both = [
        lasted.select(time="start", sender="sender", receiver="receiver", type="type", weight=pl.lit(1.0), line="line"),
        ended.select(
            time="end",
            sender="sender",
            receiver="receiver",
            type=pl.lit(END) if kinds is None else pl.col("type") + f" {END}",
            weight="length",
            line="line",
        ),
    ]
    rows = pl.concat(both).rename({"weight": "duration"})
    stream = stream_of(
        rows.drop("line"), where=Source(where, rows["line"]), weight="duration", time_unit=time_unit, notes=()
    )
    stream = replace(stream, notes=(*notes, *stream.notes), weighed_by="")  # only ends weigh anything else than one
    return Spells(
        stream,
        tuple(sorted(set(both[0]["type"]))),
        tuple(sorted(set(both[1]["type"]))),
        spells[order],
        np.asarray(length[known.to_numpy()], float),
    )


def _refuse_overlaps(pairs: pl.DataFrame, start: Floats, end: Floats, where: str) -> Ints:
    """The order of the rows by start, within each pair.

    Raises
    ------
    BadData : a pair has two events going on at one time
    """
    rows = pairs.select("sender", "receiver", start=start, end=end).with_row_index("row").sort("start", "end", "row")
    rows = rows.with_columns(
        before=pl.col("end").shift(1).over("sender", "receiver"), of=pl.col("row").shift(1).over("sender", "receiver")
    )
    over = rows.filter(pl.col("before") > pl.col("start"))
    if over.height:
        row = over.sort("row").row(0, named=True)
        a, b = sorted((row["of"], row["row"]))
        raise BadData(
            f"{row['sender']} -> {row['receiver']} has two events going on at one time",
            f"{where}, lines {line_at(where, a)} and {line_at(where, b)}",
            "unite them, or leave one out",
        )
    out: Ints = rows["row"].to_numpy().astype(np.int64)
    return out
