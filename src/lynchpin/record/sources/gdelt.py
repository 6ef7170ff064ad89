"""GDELT 2.0 events: the quarter-hourly `.export.CSV`, 61 columns parted by tabs, without a header.

Pages in other languages, translated by machine, come as a stream of its own, `.translation.export.CSV`: the same
columns, and another data set here, since one act told in both streams is in each.

`NumMentions`, `NumSources` and `NumArticles` cover only the first quarter of an hour and are not read; the mentions
table tells how far a report went. `_gdelt` lists the other traps.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from lynchpin.errors import BadData
from lynchpin.record.sources import _gdelt
from lynchpin.record.sources._base import Source, joined
from lynchpin.record.sources._text import must_be_file

COLUMNS = _gdelt.columns(has_district=True)


def matches(path: Path) -> bool:
    """Whether the first line has 61 fields and a day in the second, or is that of such a file after a spreadsheet."""
    return _gdelt.first_fields(path) == len(COLUMNS) and not _gdelt.is_translated(path)


def blocks(path: Path) -> Iterator[pl.LazyFrame]:
    """Read one file in blocks.

    Raises
    ------
    BadData : no such file, an empty one, one that was saved by a spreadsheet, or one of the translated stream
    """
    if _gdelt.is_translated(path):
        mend = f"name the source {GDELT_TRANSLATED.name}, or auto"
        raise BadData("the file is of GDELT's translated stream, by its name", str(path), mend)
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


def matches_translated(path: Path) -> bool:
    """As `matches`, of a file whose name says that it is of the translated stream."""
    return _gdelt.first_fields(path) == len(COLUMNS) and _gdelt.is_translated(path)


def blocks_translated(path: Path) -> Iterator[pl.LazyFrame]:
    """Read one file in blocks.

    Raises
    ------
    BadData : no such file, an empty one, one that was saved by a spreadsheet, or one without ".translation." in its
        name
    """
    if must_be_file(path) and not _gdelt.is_translated(path):
        mend = "name the source gdelt, or give the file the name under which GDELT published it"
        raise BadData("the file is not of GDELT's translated stream, by its name", str(path), mend)
    return _gdelt.blocks(path, GDELT_TRANSLATED.name, COLUMNS, (len(COLUMNS),))


GDELT_TRANSLATED = Source(
    name="gdelt-translated",
    summary="GDELT 2.0 events from machine-translated pages, .translation.export.CSV files (61 columns)",
    citation=_gdelt.CITATION,
    licence=_gdelt.LICENCE,
    columns=COLUMNS,
    scale=_gdelt.SCALE,
    matches=matches_translated,
    read=joined(blocks_translated),
    blocks=blocks_translated,
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

SOURCES = (GDELT, GDELT_TRANSLATED, GDELT_V1)
