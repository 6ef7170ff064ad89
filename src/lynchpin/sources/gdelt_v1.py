"""GDELT 1.0 events: daily, monthly and yearly files of 58 columns, or of 57 in the back-files, which have no SOURCEURL.

The columns are those of 2.0 without the three of districts; `DATEADDED` is a day. A file may mix both widths. The ids
count on their own, so this is another data set than "gdelt".
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from . import _gdelt
from ._base import Source, joined

COLUMNS = _gdelt.columns(has_district=False)
WIDTHS = (len(COLUMNS), len(COLUMNS) - 1)


def matches(path: Path) -> bool:
    """Whether the first line has 58 or 57 fields and a day in the second, or did before a spreadsheet saved it."""
    return _gdelt.first_fields(path) in WIDTHS


def blocks(path: Path) -> Iterator[pl.LazyFrame]:
    """Read one file in blocks.

    Raises
    ------
    BadData : no such file, an empty one, or one that was saved by a spreadsheet
    """
    return _gdelt.blocks(path, SOURCE.name, COLUMNS, WIDTHS)


SOURCE = Source(
    name="gdelt-v1",
    summary="GDELT 1.0 events, daily .export.CSV and the back-files (58 or 57 columns)",
    citation=_gdelt.CITATION,
    licence=_gdelt.LICENCE,
    columns=COLUMNS,
    scale=_gdelt.SCALE,
    matches=matches,
    read=joined(blocks),
    blocks=blocks,
)
