"""Phoenix: the daily files of the Open Event Data Alliance, 26 columns by tabs, without a header.

What to know:

- The pipeline lets one event pass for each day, source, target and code, so counts are those of distinct facts.
- Some rows without a place have a tab more or less: the place of every column before it is sure, and so is that
  of the page, counted from the end. They are read as 26 fields when the fields of the place are empty.
- State and country of the place stand in either order. Neither becomes part of an event.
- The score that it ships belongs to an older list of codes than its codes do: it is kept, and ours is recomputed.
- An id is a running number over all days, so with the day it is a key.
"""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl

from . import _cameo_feed
from ._base import Source
from ._feed import cell, day, key_cell, split_lines
from ._text import first_line, must_be_file

COLUMNS = (
    "EventID",
    "Date",
    "Year",
    "Month",
    "Day",
    "SourceActorFull",
    "SourceActorEntity",
    "SourceActorRole",
    "SourceActorAttribute",
    "TargetActorFull",
    "TargetActorEntity",
    "TargetActorRole",
    "TargetActorAttribute",
    "EventCode",
    "EventRootCode",
    "QuadClass",
    "GoldsteinScore",
    "Issues",
    "Lat",
    "Lon",
    "LocationName",
    "StateName",
    "CountryName",
    "SentenceID",
    "URLs",
    "NewsSources",
)
_WIDTH = len(COLUMNS)


def matches(path: Path) -> bool:
    """Whether the first line has about 26 fields, a day in the second and a code of CAMEO in the fourteenth."""
    fields = first_line(path).split("\t")
    if abs(len(fields) - _WIDTH) > 1:
        return False
    return re.fullmatch(r"\d{8}", fields[1]) is not None and re.fullmatch(r"\d{2,4}", fields[13]) is not None


def read(path: Path) -> pl.LazyFrame:
    """Read one file.

    Raises
    ------
    BadData : no such file, or an empty one
    """
    file = must_be_file(path)
    at = {name: number for number, name in enumerate(COLUMNS)}
    width, fields = pl.col("_fields"), pl.col("_split")
    no_place = fields.list.slice(at["Lat"], width - at["Lat"] - 3).list.join("").str.strip_chars() == ""
    off_by_one = ((width - _WIDTH).abs() == 1) & no_place
    texts = split_lines(file, "\t").select(
        "row",
        "raw",
        _fields=pl.when(off_by_one).then(_WIDTH).otherwise(width),
        _fields_expected=pl.lit(_WIDTH, pl.Int64),
        event_id=key_cell(at["EventID"]),
        _date_text=key_cell(at["Date"]),
        date=day(key_cell(at["Date"])),
        source_name=cell(at["SourceActorFull"]),
        _source_root=cell(at["SourceActorEntity"]),
        _source_role=pl.concat_str(cell(at["SourceActorRole"]), cell(at["SourceActorAttribute"]), separator=";"),
        target_name=cell(at["TargetActorFull"]),
        _target_root=cell(at["TargetActorEntity"]),
        _target_role=pl.concat_str(cell(at["TargetActorRole"]), cell(at["TargetActorAttribute"]), separator=";"),
        _code_text=key_cell(at["EventCode"]),
        _root_text=key_cell(at["EventRootCode"]),
        _magnitude_text=cell(at["GoldsteinScore"]),
        url=fields.list.get(-2, null_on_oob=True).fill_null("").str.split(";").list.first().fill_null(""),
    )
    return _cameo_feed.events(texts, "phoenix", file)


SOURCE = Source(
    name="phoenix",
    summary="Phoenix daily files, 26 columns by tabs, without a header",
    citation="Open Event Data Alliance (2014), the Phoenix data set",
    licence="the daily files state none here; look at where yours came from",
    columns=COLUMNS,
    scale=_cameo_feed.SCALE,
    matches=matches,
    read=read,
)
