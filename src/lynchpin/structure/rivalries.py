"""Strategic rivalries (Thompson, Sakuwa, Suhas), by first and last year; 2020, where the table ends, is open."""

from __future__ import annotations

from datetime import date

import polars as pl

from ._table import Collector, Reading, StructuralTable, numbered, whole


def read(frame: pl.DataFrame) -> Reading:
    """Pairs with a first and a last year."""
    found = Collector("TSS")
    ends = [year for cell in frame["end"].to_list() if (year := whole(cell)) is not None and 1400 <= year <= 2200]
    begins = [year for cell in frame["start"].to_list() if (year := whole(cell)) is not None and 1400 <= year <= 2200]
    last = max(ends, default=1400)
    for row, cells in numbered(frame):
        start, end = whole(cells["start"]), whole(cells["end"])
        if start is None or end is None or not 1400 <= start <= end <= 2200:
            found.refuse(row, "no first year with a last year after it")
            continue
        codes = whole(cells["ccode1"]), whole(cells["ccode2"])
        until = None if end == last else date(end, 12, 31)
        found.add(
            row, "rivalry", codes, date(start, 1, 1), until, "year", event=True, detail=cells.get("rivalry", "").strip()
        )
    return found.reading(frame.height, date(min(begins, default=1400), 1, 1), date(last, 12, 31))


TABLE = StructuralTable(
    name="tss",
    kinds=("rivalry",),
    summary="strategic rivalries by first and last year",
    citation="Thompson, Sakuwa, Suhas (2021), Analyzing Strategic Rivalries in World Politics, Springer",
    licence="free for research with citation",
    columns=("ccode1", "ccode2", "start", "end", "tssr_id"),
    read=read,
)
