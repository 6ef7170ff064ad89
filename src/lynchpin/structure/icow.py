"""ICOW: territorial claims by challenger and target (claim dyads), dated by month.

An end in the month 99 (201799) is the end of the table, not of the claim: it is open.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from ._table import Collector, Reading, StructuralTable, calendar_day, numbered, whole


def read(frame: pl.DataFrame) -> Reading:
    """Claim dyads to claims, the challenger first."""
    found = Collector("ICOW")
    seen: list[date] = []
    for row, cells in numbered(frame):
        begin, end = whole(cells["begclaim"]), whole(cells["endclaim"])
        since = calendar_day(*_month(begin))
        is_open = end is not None and end % 100 == 99
        until = None if is_open else calendar_day(*_month(end))
        seen += [day for day in (since, calendar_day(end // 100, 12, 31) if end else None) if day]
        if until is None and not is_open:
            found.refuse(row, "no last month")
            continue
        codes = whole(cells["chal"]), whole(cells["tgt"])
        salience = whole(cells.get("icowsal", ""))
        value = None if salience is None else float(salience)
        name = cells["name"].strip()
        found.add(row, "claim", codes, since, until, "month", event=True, value=value, detail=name)
    return found.reading(frame.height, min(seen, default=date.min), max(seen, default=date.min))


def _month(number: int | None) -> tuple[int | None, int | None, int | None]:
    return (None, None, None) if number is None else (number // 100, number % 100, 1)


TABLE = StructuralTable(
    name="icow",
    kinds=("claim",),
    summary="territorial claims by challenger and target",
    citation="Frederick, Hensel, Macaulay (2017), The Issue Correlates of War Territorial Claims Data, 1816-2001, "
    "Journal of Peace Research 54(1); https://www.paulhensel.org/icowterr.html",
    licence="free for research with citation; see paulhensel.org",
    columns=("chal", "tgt", "begclaim", "endclaim", "name"),
    read=read,
)
