"""GDELT 1.0, the reduced historical layout: eight columns parted by the sign ^A, without a header.

One line holds a year, two actors, a code and the number of mentions over that year: no day and no id. The date is the
last day of the year, since only then is the whole line known, and the precision is "year". The id is made of year,
actors and code, which do not come twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl

from lynchpin.record.sources import _gdelt
from lynchpin.record.sources._base import Source, joined
from lynchpin.record.sources._sides import by_value
from lynchpin.record.sources._text import fields, first_line, must_be_file

COLUMNS = (
    "Year",
    "Actor1Code",
    "Actor2Code",
    "EventCode",
    "EventBaseCode",
    "EventRootCode",
    "GoldsteinScale",
    "NumMentions",
)
_SEPARATOR = "\x01"
_WANTED = {name: at for at, name in enumerate(COLUMNS) if name not in ("EventBaseCode", "EventRootCode", "NumMentions")}


def matches(path: Path) -> bool:
    """Whether the first line has eight fields parted by ^A."""
    return len(first_line(path).split(_SEPARATOR)) == len(COLUMNS)


def blocks(path: Path) -> Iterator[pl.LazyFrame]:
    """Read one file in blocks.

    Raises
    ------
    BadData : no such file, or an empty one
    """
    file = must_be_file(path)
    return (_events(texts, file) for texts in fields(file, _SEPARATOR, (len(COLUMNS),), _WANTED))


def _events(texts: pl.LazyFrame, file: Path) -> pl.LazyFrame:
    typed = texts.with_columns(
        date=by_value(pl.col("Year"), _last_day, pl.Date()),
        code=pl.col("EventCode"),
        **{
            f"_{part}{at}": by_value(pl.col(f"Actor{at}Code"), look_up, pl.String())
            for at in (1, 2)
            for part, look_up in (("state", _state), ("sector", _sector))
        },
    )
    return _gdelt.finish(
        typed,
        SOURCE.name,
        file,
        states={"source": pl.col("_state1"), "target": pl.col("_state2")},
        event_id=pl.concat_str("Year", "Actor1Code", "Actor2Code", "EventCode", separator=":"),
        precision=pl.lit("year"),
        source_sector=pl.col("_sector1"),
        source_name=pl.col("Actor1Code"),
        target_sector=pl.col("_sector2"),
        target_name=pl.col("Actor2Code"),
        url=pl.lit(""),
        _date_text=pl.col("Year"),
    )


def _last_day(text: str) -> date | None:
    return date(int(text), 12, 31) if len(text) == 4 and text.isascii() and text.isdigit() and text > "0000" else None


def _state(code: str) -> str:
    return _gdelt.split_actor(code)[0]


def _sector(code: str) -> str:
    return _gdelt.sector(_gdelt.split_actor(code)[1])


SOURCE = Source(
    name="gdelt-reduced",
    summary="GDELT 1.0 by year, the reduced historical layout (8 columns parted by ^A)",
    citation=_gdelt.CITATION,
    licence=_gdelt.LICENCE,
    columns=COLUMNS,
    scale=_gdelt.SCALE,
    matches=matches,
    read=joined(blocks),
    blocks=blocks,
)
