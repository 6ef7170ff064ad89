"""A node list: the actors that could act, also those that never do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import numpy as np
import polars as pl

from lynchpin.engine.rem.events import EventStream, column_of, open_source
from lynchpin.engine.rem.names import composed, first_lines, look_alikes, meant, natural, read_names
from lynchpin.engine.rem.times import Source, line_at
from lynchpin.errors import BadData

#: A file, a frame with a column of names, or the names.
Actors: TypeAlias = str | Path | pl.DataFrame | Sequence[str]

_NAMES = {"actor": ("actor", "node", "label", "name")}


def with_actors(stream: EventStream, actors: Actors) -> EventStream:
    """The stream among the actors of a list: those that never act are at risk too.

    Parameters
    ----------
    stream : EventStream
    actors : a CSV or a frame with a column actor (node, label or name), or the names; each once, all that act among
        them. Other columns are not read.

    Raises
    ------
    BadData : no such file or column, an empty list, a name that lacks or is there twice, an actor that acts and is not
        in the list
    """
    where, notes = "actors", list(stream.notes)
    if isinstance(actors, str | Path):
        actors, lines, said = open_source(actors)
        where = Source(where, lines)
        notes += [f"{where}: {note}" for note in said]
    if not isinstance(actors, pl.DataFrame):
        actors = pl.DataFrame({"actor": pl.Series(list(actors), strict=False)})
    column = actors[column_of(actors, "actor", where, notes, _NAMES, ("actor",))]
    if not column.len():
        raise BadData("the list of actors is empty", where, "name those that could act, each in a row")
    names = read_names(column, where, "actor")
    _refuse_twice(names, where)
    notes += composed([column], where) + look_alikes(first_lines((names,), where), where)
    listed = sorted(names, key=natural)
    number = {name: k for k, name in enumerate(listed)}
    acting = np.unique(np.concatenate([stream.src, stream.dst]))
    if lost := [name for k in acting if (name := stream.actors[k]) not in number]:
        more = f", as do {len(lost) - 1:,} others" if len(lost) > 1 else ""
        spelled = meant(lost, listed)
        raise BadData(
            f"{lost[0]!r} is in the events and not in the list of actors{more}",
            where,
            f"{spelled}; or list it" if spelled else "list everyone that acts, or leave its events out",
        )
    places = np.array([number.get(name, -1) for name in stream.actors], np.int32)
    return replace(
        stream,
        src=places[stream.src],
        dst=places[stream.dst],
        actors=tuple(listed),
        is_listed=True,
        notes=tuple(dict.fromkeys(notes)),
    )


def _refuse_twice(names: pl.Series, where: str) -> None:
    rows = pl.DataFrame({"name": names, "row": pl.int_range(names.len(), eager=True)})
    twice = (
        rows.group_by("name")
        .agg(pl.col("row").sort())
        .filter(pl.col("row").list.len() > 1)
        .sort(pl.col("row").list.first())
    )
    if twice.height:
        name, found = twice.row(0)
        lines = [line_at(where, row) for row in found[:2]]
        raise BadData(f"{name!r} is there twice", f"{where}, lines {lines[0]} and {lines[1]}", "leave one of them out")
