"""COW National Material Capabilities: each state's share of the world's capabilities (CINC), by year."""

from __future__ import annotations

from datetime import date

import polars as pl

from ._table import Collector, Reading, StructuralTable, numbered, whole


def read(frame: pl.DataFrame) -> Reading:
    """State-years to shares, one fact a year; the last year's share stays until a newer table is read."""
    found = Collector("COW NMC")
    years = [year for cell in frame["year"].to_list() if (year := whole(cell)) is not None and 1400 <= year <= 2200]
    last = max(years, default=1400)
    for row, cells in numbered(frame):
        year, share = whole(cells["year"]), _share(cells["cinc"])
        if share is None or year is None or not 1400 <= year <= 2200:
            found.refuse(row, "no share between 0 and 1" if share is None else "no year")
            continue
        until = None if year == last else date(year, 12, 31)
        found.add(
            row, "capability", (whole(cells["ccode"]),), date(year, 1, 1), until, "year", event=False, value=share
        )
    return found.reading(frame.height, date(min(years, default=1400), 1, 1), date(last, 12, 31))


def _share(cell: str) -> float | None:
    try:
        share = float(cell)
    except ValueError:
        return None
    return share if 0.0 <= share <= 1.0 else None


TABLE = StructuralTable(
    name="cow-nmc",
    kinds=("capability",),
    summary="national material capabilities: CINC share by state and year",
    citation="Singer, Bremer, Stuckey (1972), Capability Distribution, Uncertainty, and Major Power War, 1820-1965; "
    "Correlates of War, National Material Capabilities",
    licence="free for research with citation; see correlatesofwar.org",
    columns=("ccode", "year", "cinc"),
    read=read,
)
