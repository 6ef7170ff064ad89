"""Dyadic militarised disputes (Maoz and others): who met whom in which dispute, from day to day.

A dispute that lasts over a new year has a row for each year: they make one fact. An unknown day (-9) is the first of
the month.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from lynchpin.account.structure._table import Collector, Reading, StructuralTable, calendar_day, numbered, whole


def read_mid(frame: pl.DataFrame) -> Reading:
    """Dyadic dispute-years to disputes."""
    facts = Collector("MID")
    seen: list[date] = []
    for row, cells in numbered(frame):
        since = calendar_day(*(whole(cells[f"strt{part}"]) for part in ("yr", "mnth", "day")))
        until = calendar_day(*(whole(cells[f"end{part}"]) for part in ("year", "mnth", "day")))
        codes = whole(cells["statea"]), whole(cells["stateb"])
        seen += [day for day in (since, until) if day]
        if until is None:
            facts.refuse(row, "no last day")
            continue
        hostility = whole(cells["hihost"])
        facts.add(
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
    return facts.reading(frame.height, min(seen, default=date.min), max(seen, default=date.min))


MID = StructuralTable(
    name="mid",
    kinds=("dispute",),
    summary="militarised disputes by pair, from day to day",
    citation="Maoz, Johnson, Kaplan, Ogunkoya, Shreve (2019), The Dyadic Militarized Interstate Disputes Dataset "
    "Version 3.0, Journal of Conflict Resolution 63(3)",
    licence="free for research with citation; see correlatesofwar.org",
    columns=("disno", "statea", "stateb", "strtyr", "strtmnth", "strtday", "endyear", "endmnth", "endday", "hihost"),
    read=read_mid,
)


# -- ICOW: territorial claims by challenger and target (claim dyads), dated by month.


def read_icow(frame: pl.DataFrame) -> Reading:
    """Claim dyads to claims, the challenger first."""
    facts = Collector("ICOW")
    seen: list[date] = []
    for row, cells in numbered(frame):
        begin, end = whole(cells["begclaim"]), whole(cells["endclaim"])
        since = calendar_day(*_month(begin))
        is_open = end is not None and end % 100 == 99
        until = None if is_open else calendar_day(*_month(end))
        seen += [day for day in (since, calendar_day(end // 100, 12, 31) if end else None) if day]
        if until is None and not is_open:
            facts.refuse(row, "no last month")
            continue
        codes = whole(cells["chal"]), whole(cells["tgt"])
        salience = whole(cells.get("icowsal", ""))
        value = None if salience is None else float(salience)
        name = cells["name"].strip()
        facts.add(row, "claim", codes, since, until, "month", event=True, value=value, detail=name)
    return facts.reading(frame.height, min(seen, default=date.min), max(seen, default=date.min))


def _month(number: int | None) -> tuple[int | None, int | None, int | None]:
    return (None, None, None) if number is None else (number // 100, number % 100, 1)


ICOW = StructuralTable(
    name="icow",
    kinds=("claim",),
    summary="territorial claims by challenger and target",
    citation="Frederick, Hensel, Macaulay (2017), The Issue Correlates of War Territorial Claims Data, 1816-2001, "
    "Journal of Peace Research 54(1); https://www.paulhensel.org/icowterr.html",
    licence="free for research with citation; see paulhensel.org",
    columns=("chal", "tgt", "begclaim", "endclaim", "name"),
    read=read_icow,
)


# -- Strategic rivalries (Thompson, Sakuwa, Suhas), by first and last year; 2020, where the table ends, is open.


def read_rivalries(frame: pl.DataFrame) -> Reading:
    """Pairs with a first and a last year."""
    facts = Collector("TSS")
    ends = [year for cell in frame["end"].to_list() if (year := whole(cell)) is not None and 1400 <= year <= 2200]
    begins = [year for cell in frame["start"].to_list() if (year := whole(cell)) is not None and 1400 <= year <= 2200]
    last = max(ends, default=1400)
    for row, cells in numbered(frame):
        start, end = whole(cells["start"]), whole(cells["end"])
        if start is None or end is None or not 1400 <= start <= end <= 2200:
            facts.refuse(row, "no first year with a last year after it")
            continue
        codes = whole(cells["ccode1"]), whole(cells["ccode2"])
        until = None if end == last else date(end, 12, 31)
        facts.add(
            row, "rivalry", codes, date(start, 1, 1), until, "year", event=True, detail=cells.get("rivalry", "").strip()
        )
    return facts.reading(frame.height, date(min(begins, default=1400), 1, 1), date(last, 12, 31))


RIVALRIES = StructuralTable(
    name="tss",
    kinds=("rivalry",),
    summary="strategic rivalries by first and last year",
    citation="Thompson, Sakuwa, Suhas (2021), Analyzing Strategic Rivalries in World Politics, Springer",
    licence="free for research with citation",
    columns=("ccode1", "ccode2", "start", "end", "tssr_id"),
    read=read_rivalries,
)


# -- COW National Material Capabilities: each state's share of the world's capabilities (CINC), by year.


def read_nmc(frame: pl.DataFrame) -> Reading:
    """State-years to shares, one fact a year; the last year's share stays until a newer table is read."""
    facts = Collector("COW NMC")
    years = [year for cell in frame["year"].to_list() if (year := whole(cell)) is not None and 1400 <= year <= 2200]
    last = max(years, default=1400)
    for row, cells in numbered(frame):
        year, share = whole(cells["year"]), _share(cells["cinc"])
        if share is None or year is None or not 1400 <= year <= 2200:
            facts.refuse(row, "no share between 0 and 1" if share is None else "no year")
            continue
        until = None if year == last else date(year, 12, 31)
        facts.add(
            row, "capability", (whole(cells["ccode"]),), date(year, 1, 1), until, "year", event=False, value=share
        )
    return facts.reading(frame.height, date(min(years, default=1400), 1, 1), date(last, 12, 31))


def _share(cell: str) -> float | None:
    try:
        share = float(cell)
    except ValueError:
        return None
    return share if 0.0 <= share <= 1.0 else None


NMC = StructuralTable(
    name="cow-nmc",
    kinds=("capability",),
    summary="national material capabilities: CINC share by state and year",
    citation="Singer, Bremer, Stuckey (1972), Capability Distribution, Uncertainty, and Major Power War, 1820-1965; "
    "Correlates of War, National Material Capabilities",
    licence="free for research with citation; see correlatesofwar.org",
    columns=("ccode", "year", "cinc"),
    read=read_nmc,
)


# -- COW direct contiguity: by land, or by how much water; a row of type 0 says that a pair is not contiguous.

_TYPES = {
    1: "a border on land or a river",
    2: "12 miles of water or less",
    3: "24 miles of water or less",
    4: "150 miles of water or less",
    5: "400 miles of water or less",
}


def read_contiguity(frame: pl.DataFrame) -> Reading:
    """Pairs with a type and its days; the last day of the file is open."""
    facts = Collector("COW contiguity")
    days = [calendar_day(*_parts(cell)) for name in ("stdate", "enddate") for cell in frame[name].to_list()]
    seen = [day for day in days if day is not None]
    last = max(seen, default=date.min)
    for row, cells in numbered(frame):
        since, until = calendar_day(*_parts(cells["stdate"])), calendar_day(*_parts(cells["enddate"]))
        kind = whole(cells["conttype"])
        if until is None or kind not in _TYPES:
            facts.refuse(row, "not contiguous (type 0)" if kind == 0 else "no type from 1 to 5, or no last day")
            continue
        codes = whole(cells["ccode1"]), whole(cells["ccode2"])
        end = None if until == last else until
        facts.add(row, "contiguity", codes, since, end, "month", event=True, value=float(kind), detail=_TYPES[kind])
    return facts.reading(frame.height, min(seen, default=date.min), last)


def _parts(cell: str) -> tuple[int | None, int | None, int | None]:
    year, _, rest = cell.partition("-")
    month, _, day = rest.partition("-")
    return whole(year), whole(month), whole(day)


CONTIGUITY = StructuralTable(
    name="cow-contiguity",
    kinds=("contiguity",),
    summary="direct contiguity by land or by how much water",
    citation="Stinnett, Tir, Schafer, Diehl, Gochman (2002), The Correlates of War Project Direct Contiguity Data, "
    "Version 3, Conflict Management and Peace Science 19(2)",
    licence="free for research with citation; see correlatesofwar.org",
    columns=("ccode1", "ccode2", "conttype", "stdate", "enddate"),
    read=read_contiguity,
)
