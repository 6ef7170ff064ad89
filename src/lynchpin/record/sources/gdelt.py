"""GDELT 2.0 events: the quarter-hourly `.export.CSV`, 61 columns parted by tabs, without a header.

`NumMentions`, `NumSources` and `NumArticles` cover only the first quarter of an hour and are not read; the mentions
table tells how far a report went. `_gdelt` lists the other traps.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from lynchpin.record.sources import _gdelt
from lynchpin.record.sources._base import Source, joined

COLUMNS = _gdelt.columns(has_district=True)


def matches(path: Path) -> bool:
    """Whether the first line has 61 fields and a day in the second, or is that of such a file after a spreadsheet."""
    return _gdelt.first_fields(path) == len(COLUMNS)


def blocks(path: Path) -> Iterator[pl.LazyFrame]:
    """Read one file in blocks.

    Raises
    ------
    BadData : no such file, an empty one, or one that was saved by a spreadsheet
    """
    return _gdelt.blocks(path, GDELT.name, COLUMNS, (len(COLUMNS),))


GDELT = Source(
    name="gdelt",
    summary="GDELT 2.0 events, quarter-hourly .export.CSV files (61 columns)",
    citation=_gdelt.CITATION,
    licence=_gdelt.LICENCE,
    columns=COLUMNS,
    scale=_gdelt.SCALE,
    matches=matches,
    read=joined(blocks),
    blocks=blocks,
)


# -- GDELT 1.0 events: daily, monthly and yearly files of 58 columns, or of 57 in the back-files, which have no
# SOURCEURL.

V1_COLUMNS = _gdelt.columns(has_district=False)
V1_WIDTHS = (len(V1_COLUMNS), len(V1_COLUMNS) - 1)


def matches_v1(path: Path) -> bool:
    """Whether the first line has 58 or 57 fields and a day in the second, or did before a spreadsheet saved it."""
    return _gdelt.first_fields(path) in V1_WIDTHS


def blocks_v1(path: Path) -> Iterator[pl.LazyFrame]:
    """Read one file in blocks.

    Raises
    ------
    BadData : no such file, an empty one, or one that was saved by a spreadsheet
    """
    return _gdelt.blocks(path, GDELT_V1.name, V1_COLUMNS, V1_WIDTHS)


GDELT_V1 = Source(
    name="gdelt-v1",
    summary="GDELT 1.0 events, daily .export.CSV and the back-files (58 or 57 columns)",
    citation=_gdelt.CITATION,
    licence=_gdelt.LICENCE,
    columns=V1_COLUMNS,
    scale=_gdelt.SCALE,
    matches=matches_v1,
    read=joined(blocks_v1),
    blocks=blocks_v1,
)

SOURCES = (GDELT, GDELT_V1)
