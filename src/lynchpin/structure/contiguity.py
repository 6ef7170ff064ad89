"""COW direct contiguity: by land, or by how much water; a row of type 0 says that a pair is not contiguous."""

from __future__ import annotations

from datetime import date

import polars as pl

from ._table import Collector, Reading, StructuralTable, calendar_day, numbered, whole

_TYPES = {
    1: "a border on land or a river",
    2: "12 miles of water or less",
    3: "24 miles of water or less",
    4: "150 miles of water or less",
    5: "400 miles of water or less",
}


def read(frame: pl.DataFrame) -> Reading:
    """Pairs with a type and its days; the last day of the file is open."""
    found = Collector("COW contiguity")
    days = [calendar_day(*_parts(cell)) for name in ("stdate", "enddate") for cell in frame[name].to_list()]
    seen = [day for day in days if day is not None]
    last = max(seen, default=date.min)
    for row, cells in numbered(frame):
        since, until = calendar_day(*_parts(cells["stdate"])), calendar_day(*_parts(cells["enddate"]))
        kind = whole(cells["conttype"])
        if until is None or kind not in _TYPES:
            found.refuse(row, "not contiguous (type 0)" if kind == 0 else "no type from 1 to 5, or no last day")
            continue
        codes = whole(cells["ccode1"]), whole(cells["ccode2"])
        end = None if until == last else until
        found.add(row, "contiguity", codes, since, end, "month", event=True, value=float(kind), detail=_TYPES[kind])
    return found.reading(frame.height, min(seen, default=date.min), last)


def _parts(cell: str) -> tuple[int | None, int | None, int | None]:
    year, _, rest = cell.partition("-")
    month, _, day = rest.partition("-")
    return whole(year), whole(month), whole(day)


TABLE = StructuralTable(
    name="cow-contiguity",
    kinds=("contiguity",),
    summary="direct contiguity by land or by how much water",
    citation="Stinnett, Tir, Schafer, Diehl, Gochman (2002), The Correlates of War Project Direct Contiguity Data, "
    "Version 3, Conflict Management and Peace Science 19(2)",
    licence="free for research with citation; see correlatesofwar.org",
    columns=("ccode1", "ccode2", "conttype", "stdate", "enddate"),
    read=read,
)
