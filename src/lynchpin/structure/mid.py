"""Dyadic militarised disputes (Maoz and others): who met whom in which dispute, from day to day.

A dispute that lasts over a new year has a row for each year: they make one fact. An unknown day (-9) is the first of
the month.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from ._table import Collector, Reading, StructuralTable, calendar_day, numbered, whole


def read(frame: pl.DataFrame) -> Reading:
    """Dyadic dispute-years to disputes."""
    found = Collector("MID")
    seen: list[date] = []
    for row, cells in numbered(frame):
        since = calendar_day(*(whole(cells[f"strt{part}"]) for part in ("yr", "mnth", "day")))
        until = calendar_day(*(whole(cells[f"end{part}"]) for part in ("year", "mnth", "day")))
        codes = whole(cells["statea"]), whole(cells["stateb"])
        seen += [day for day in (since, until) if day]
        if until is None:
            found.refuse(row, "no last day")
            continue
        hostility = whole(cells["hihost"])
        found.add(
            row,
            "dispute",
            codes,
            since,
            max(until, since) if since else until,
            "day",
            event=True,
            value=None if hostility is None or hostility < 0 else float(hostility),
            detail=f"no. {cells['disno'].removesuffix('.0')}",
        )
    return found.reading(frame.height, min(seen, default=date.min), max(seen, default=date.min))


TABLE = StructuralTable(
    name="mid",
    kinds=("dispute",),
    summary="militarised disputes by pair, from day to day",
    citation="Maoz, Johnson, Kaplan, Ogunkoya, Shreve (2019), The Dyadic Militarized Interstate Disputes Dataset "
    "Version 3.0, Journal of Conflict Resolution 63(3)",
    licence="free for research with citation; see correlatesofwar.org",
    columns=("disno", "statea", "stateb", "strtyr", "strtmnth", "strtday", "endyear", "endmnth", "endday", "hihost"),
    read=read,
)
