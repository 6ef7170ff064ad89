"""GDELT 2.0 events: the quarter-hourly `.export.CSV`, 61 columns parted by tabs, without a header.

`NumMentions`, `NumSources` and `NumArticles` cover only the first quarter of an hour and are not read; the mentions
table tells how far a report went. `_gdelt` lists the other traps.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from . import _gdelt
from ._base import Source, joined

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
    return _gdelt.blocks(path, SOURCE.name, COLUMNS, (len(COLUMNS),))


SOURCE = Source(
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
