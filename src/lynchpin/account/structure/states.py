"""Who is a state, by COW and by Gleditsch and Ward, and who a major power, by COW; the last day of a file is open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import polars as pl

from lynchpin.account.structure._table import (
    Collector,
    Reading,
    StateCodes,
    StructuralTable,
    calendar_day,
    numbered,
    whole,
)

_Day = Callable[[dict[str, str]], date | None]


def _read(
    frame: pl.DataFrame, dataset: str, kind: str, system: StateCodes, code: str, begin: _Day, end: _Day
) -> Reading:
    facts = Collector(dataset, system)
    spans = [(row, whole(cells[code]), begin(cells), end(cells)) for row, cells in numbered(frame)]
    seen = [day for _, _, *days in spans for day in days if day is not None]
    last = max(seen, default=date.min)
    for row, number, since, until in spans:
        if until is None:
            facts.refuse(row, "no last day")
        else:
            facts.add(row, kind, (number,), since, None if until == last else until, "day", event=True)
    return facts.reading(frame.height, min(seen, default=date.min), last)


def _parts(*names: str) -> _Day:
    return lambda cells: calendar_day(*(whole(cells[name]) for name in names))


def _text(name: str) -> _Day:
    return lambda cells: calendar_day(*(whole(part) for part in (*cells[name].split("-"), "", "")[:3]))


_BEGIN, _END = _parts("styear", "stmonth", "stday"), _parts("endyear", "endmonth", "endday")


def read_cow(frame: pl.DataFrame) -> Reading:
    """states2016.csv."""
    return _read(frame, "COW states", "state", "cow", "ccode", _BEGIN, _END)


def read_majors(frame: pl.DataFrame) -> Reading:
    """majors2016.csv: the days on which a state counted as a major power."""
    return _read(frame, "COW majors", "power", "cow", "ccode", _BEGIN, _END)


def read_gw(frame: pl.DataFrame) -> Reading:
    """iisystem, as text with a header."""
    return _read(frame, "GW states", "state", "gw", "gwcode", _text("startdate"), _text("enddate"))


TABLES = (
    StructuralTable(
        name="cow-states",
        kinds=("state",),
        summary="the COW state system",
        citation="Correlates of War Project (2017), State System Membership List, v2016",
        licence="free for research with citation; see correlatesofwar.org",
        columns=("stateabb", "ccode", "statenme", "styear", "stmonth", "stday", "endyear", "endmonth", "endday"),
        read=read_cow,
    ),
    StructuralTable(
        name="gw-states",
        kinds=("state",),
        summary="the state system of Gleditsch and Ward",
        citation="Gleditsch, Ward (1999), A Revised List of Independent States since the Congress of Vienna, "
        "International Interactions 25(4)",
        licence="free for research with citation",
        columns=("gwcode", "statename", "startdate", "enddate"),
        read=read_gw,
    ),
    StructuralTable(
        name="cow-majors",
        kinds=("power",),
        summary="the COW list of major powers",
        citation="Correlates of War Project (2017), State System Membership List, v2016: major powers",
        licence="free for research with citation; see correlatesofwar.org",
        columns=("stateabb", "ccode", "styear", "stmonth", "stday", "endyear", "endmonth", "endday"),
        not_columns=("statenme",),
        read=read_majors,
    ),
)
