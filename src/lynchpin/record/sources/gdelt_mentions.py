"""GDELT mentions: one line for each page that told of an event, 16 columns, without a header.

A mention is no event. It is joined to one by `GLOBALEVENTID` and tells how far a report went, how long it was
repeated, and how sure the coder was (`mentions.reach`). Published files are parted by tabs; excerpts as CSV with
a header of these names are read too. Mentions in the files of the translated stream are of its events alone. The date
is the day of the page, not of the act.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl

from lynchpin.record.sources import _gdelt
from lynchpin.record.sources._base import MENTION, Source, joined
from lynchpin.record.sources._text import Block, block_fields, fields, first_line, must_be_file
from lynchpin.record.sources._text import blocks as text_blocks

COLUMNS = (
    *("GLOBALEVENTID", "EventTimeDate", "MentionTimeDate", "MentionType", "MentionSourceName", "MentionIdentifier"),
    *("SentenceID", "Actor1CharOffset", "Actor2CharOffset", "ActionCharOffset", "InRawText", "Confidence"),
    *("MentionDocLen", "MentionDocTone", "MentionDocTranslationInfo", "Extras"),
)
_NEEDED = ("GLOBALEVENTID", "MentionTimeDate", "MentionSourceName", "MentionIdentifier", "SentenceID", "Confidence")
_WANTED = {name: COLUMNS.index(name) for name in _NEEDED}
_TAB, _UNIT = "\t", "\x1f"


def matches(path: Path) -> bool:
    """Whether the first line has 16 fields with two times among them, or their names."""
    line = first_line(path)
    parts = line.split(_TAB)
    plain = len(parts) == len(COLUMNS) and parts[0].isdigit() and all(_is_time(text) for text in parts[1:3])
    return plain or _has_header(line)


def blocks(path: Path) -> Iterator[pl.LazyFrame]:
    """Read one file in blocks.

    Raises
    ------
    BadData : no such file, or an empty one
    """
    file = must_be_file(path)
    line = first_line(file)
    has_header = _has_header(line)
    by_comma = has_header and _TAB not in line
    texts = _commas(file) if by_comma else fields(file, _TAB, (len(COLUMNS),), _WANTED)
    return (_mentions(block.filter(pl.col("row") > int(has_header)), file) for block in texts)


def _has_header(line: str) -> bool:
    names = [name.strip().casefold() for name in line.replace(_TAB, ",").split(",")]
    return names == [name.casefold() for name in COLUMNS]


def _is_time(text: str) -> bool:
    return len(text) == 14 and text.isdigit() and text.isascii()


def _commas(file: Path) -> Iterator[pl.LazyFrame]:
    """The lines of a CSV file; one line is one row, and a field in quotes may hold commas."""
    for block in text_blocks(file):
        texts = block.scan().collect()
        parted = [_UNIT.join(_parts(text)) if '"' in text else text.replace(",", _UNIT) for text in texts["raw"]]
        data = "".join(f"{text}\n" for text in parted).encode()
        told = block_fields(Block(data, block.first, block.lines), _UNIT, (len(COLUMNS),), _WANTED)
        yield pl.concat([texts, told.drop("row", "raw").collect()], how="horizontal").lazy()


def _parts(text: str) -> list[str]:
    try:
        return next(csv.reader([text]), [])
    except csv.Error:
        return [text]


def _mentions(texts: pl.LazyFrame, file: Path) -> pl.LazyFrame:
    told: Mapping[str, pl.Expr] = {
        "event_id": _gdelt.own_id(file),
        "date": _gdelt.day(pl.col("MentionTimeDate").str.slice(0, 8)),
        "outlet": pl.col("MentionSourceName"),
        "url": pl.col("MentionIdentifier"),
        "sentence": pl.col("SentenceID").cast(pl.Int64, strict=False),
        "confidence": pl.col("Confidence").cast(pl.Float64, strict=False),
        "file": pl.lit(file.name),
    }
    return texts.with_columns(**told).select(*MENTION, "raw", "_fields", "_fields_expected")


SOURCE = Source(
    name="gdelt-mentions",
    summary="GDELT mentions of events, .mentions.CSV files (16 columns)",
    citation=_gdelt.CITATION,
    licence=_gdelt.LICENCE,
    columns=COLUMNS,
    scale=_gdelt.SCALE,
    matches=matches,
    read=joined(blocks),
    blocks=blocks,
    kind="mentions",
)
