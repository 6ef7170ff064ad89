"""COW major powers (majors2016.csv): states with the days on which they counted as great."""

from __future__ import annotations

from datetime import date

import polars as pl

from ._table import Collector, Reading, StructuralTable, calendar_day, numbered, whole


def read(frame: pl.DataFrame) -> Reading:
    """States with a first and a last day; the last day of the file is open."""
    found = Collector("COW majors")
    spans = [
        (
            row,
            whole(cells["ccode"]),
            *(calendar_day(*(whole(cells[f"{end}{part}"]) for part in ("year", "month", "day"))) for end in ("st", "end")),
        )
        for row, cells in numbered(frame)
    ]
    seen = [day for _, _, *days in spans for day in days if day is not None]
    last = max(seen, default=date.min)
    for row, code, since, until in spans:
        if until is None:
            found.refuse(row, "no last day")
        else:
            found.add(row, "power", (code,), since, None if until == last else until, "day", event=True)
    return found.reading(frame.height, min(seen, default=date.min), last)


TABLE = StructuralTable(
    name="cow-majors",
    kinds=("power",),
    summary="the COW list of major powers",
    citation="Correlates of War Project (2017), State System Membership List, v2016: major powers",
    licence="free for research with citation; see correlatesofwar.org",
    columns=("stateabb", "ccode", "styear", "stmonth", "stday", "endyear", "endmonth", "endday"),
    not_columns=("statenme",),
    read=read,
)
