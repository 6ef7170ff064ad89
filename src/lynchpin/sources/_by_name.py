"""Files of the Phoenix family with a header: their columns are found by any of their names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from . import _cameo_feed
from ._feed import cell, day, header_fields, key_cell, places, split_lines
from ._text import first_line, must_be_file

#: Our word -> the names a column goes by, the first one preferred.
ALIASES: dict[str, tuple[str, ...]] = {
    "id": ("eid", "event_id", "id"),
    "date": ("story_date", "date8", "date"),
    "year": ("year",),
    "month": ("month",),
    "day": ("day",),
    "source": ("source",),
    "source_root": ("source_root", "src_actor"),
    "source_role": ("source_agent", "src_agent"),
    "source_others": ("source_others", "src_other_agent"),
    "target": ("target",),
    "target_root": ("target_root", "tgt_actor"),
    "target_role": ("target_agent", "tgt_agent"),
    "target_others": ("target_others", "tgt_other_agent"),
    "code": ("code",),
    "root": ("root_code",),
    "magnitude": ("goldstein",),
    "url": ("url", "aid"),
}
_NEEDED = ("id", "date", "source", "source_root", "target", "target_root", "code", "root")


def header(path: Path) -> list[str]:
    """The names in the first line, which is parted by whichever of tab, comma and semicolon it has most of."""
    line = first_line(path)
    return header_fields(line, _separator(line))


def read(path: Path, dataset: str, aliases: Mapping[str, tuple[str, ...]] = ALIASES) -> pl.LazyFrame:
    """Read one file.

    Raises
    ------
    BadData : no such file, an empty one, or a header without the columns that are needed
    """
    file = must_be_file(path)
    names = header(file)
    at = places(names, aliases, _NEEDED, file)
    when = key_cell(at["date"]).str.strip_chars()
    parts = [cell(at[part]).cast(pl.Int32, strict=False) for part in ("year", "month", "day")]
    lines = split_lines(file, _separator(first_line(file)), after=1, quoted=True)
    texts = lines.select(
        "row",
        "raw",
        "_fields",
        _fields_expected=pl.lit(len(names), pl.Int64),
        event_id=key_cell(at["id"]).str.strip_chars(),
        _date_text=when,
        date=_day(day(when), parts),
        source_name=cell(at["source"]),
        _source_root=cell(at["source_root"]),
        _source_role=pl.concat_str(cell(at["source_role"]), cell(at["source_others"]), separator=";"),
        target_name=cell(at["target"]),
        _target_root=cell(at["target_root"]),
        _target_role=pl.concat_str(cell(at["target_role"]), cell(at["target_others"]), separator=";"),
        _code_text=key_cell(at["code"]).str.strip_chars(),
        _root_text=key_cell(at["root"]).str.strip_chars(),
        _magnitude_text=cell(at["magnitude"]),
        url=cell(at["url"]),
    )
    return _cameo_feed.events(texts, dataset, file)


def _day(told: pl.Expr, parts: list[pl.Expr]) -> pl.Expr:
    """The day as text, which year, month and day beside it must not contradict where they are there."""
    of_told = (told.dt.year(), told.dt.month(), told.dt.day())
    agree = (part.is_null() | (part == own.cast(pl.Int32)) for part, own in zip(parts, of_told, strict=True))
    return pl.when(pl.all_horizontal(agree)).then(told)


def _separator(line: str) -> str:
    return max("\t,;", key=line.count)
