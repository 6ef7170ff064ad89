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
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import polars as pl

from lynchpin.record.ontology import sectors
from lynchpin.record.sources._base import Source, complete, joined
from lynchpin.record.sources._feed import (
    cell,
    code_table,
    code_with_root,
    constants,
    day,
    header_fields,
    key_cell,
    number,
    places,
    split_lines,
)
from lynchpin.record.sources._sides import by_value, code_found, side_columns
from lynchpin.record.sources._text import first_line, line_blocks, must_be_file

# -- The Phoenix family: CAMEO codes with a root, actors as a country or body with a role.

SCALE = "goldstein-icews"
#: The texts a reader of the family hands over, beside row, raw, _fields, _fields_expected, date and _date_text.
TEXTS = (
    "event_id",
    "source_name",
    "_source_root",
    "_source_role",
    "target_name",
    "_target_root",
    "_target_role",
    "_code_text",
    "_root_text",
    "_magnitude_text",
    "url",
)


def events(texts: pl.LazyFrame, dataset: str, file: Path) -> pl.LazyFrame:
    """Events from the columns in `TEXTS`.

    An actor without a country of its own is looked up by the first three letters of its code, since the lists
    behind the root column lack some states. The value that the feed ships comes from another version of the
    scale than its codes, so it is kept beside ours and not used.
    """
    typed = texts.with_columns(
        code=code_with_root(pl.col("_code_text"), pl.col("_root_text")),
        _source=code_found(_place("source"), pl.col("date")),
        _target=code_found(_place("target"), pl.col("date")),
    )
    coded = typed.join(code_table(SCALE), on="code", how="left", maintain_order="left")
    sided = coded.with_columns(
        **constants(dataset, SCALE, "cameo-1.1", file),
        **side_columns("source", pl.col("_source")),
        **side_columns("target", pl.col("_target")),
    )
    return complete(
        sided.with_columns(
            source_sector=_sector("source"),
            target_sector=_sector("target"),
            _source_place=_stranger("source"),
            _target_place=_stranger("target"),
            mode=pl.col("mode").fill_null(""),
            magnitude_shipped=number(pl.col("_magnitude_text")),
            summary=pl.col("_label").fill_null(""),
        )
    )


def _place(side: str) -> pl.Expr:
    root, whole = pl.col(f"_{side}_root"), pl.col(f"{side}_name")
    return pl.when(root == "").then(whole.str.slice(0, 3)).otherwise(root)


def _stranger(side: str) -> pl.Expr:
    """Only a root can be a name that is not known; the first letters of a code may be anything."""
    return pl.when(pl.col(f"_{side}_root") != "").then(f"_{side}_place")


def _sector(side: str) -> pl.Expr:
    return by_value(pl.col(f"_{side}_role"), _first_sector, pl.String()).fill_null("")


def _first_sector(text: str) -> str:
    codes = (part.strip() for part in text.replace(",", ";").split(";"))
    return next((ours for code in codes if (ours := sectors.from_code(code, "cameo"))), "")


PHOENIX_COLUMNS = (
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
_WIDTH = len(PHOENIX_COLUMNS)


def matches_phoenix(path: Path) -> bool:
    """Whether the first line has about 26 fields, a day in the second and a code of CAMEO in the fourteenth."""
    fields = first_line(path).split("\t")
    if abs(len(fields) - _WIDTH) > 1:
        return False
    return re.fullmatch(r"\d{8}", fields[1]) is not None and re.fullmatch(r"\d{2,4}", fields[13]) is not None


def blocks_phoenix(path: Path) -> Iterator[pl.LazyFrame]:
    """Read one file in blocks.

    Raises
    ------
    BadData : no such file, or an empty one
    """
    file = must_be_file(path)
    return (events(_phoenix_texts(lines), "phoenix", file) for lines in line_blocks(file))


def _phoenix_texts(lines: pl.LazyFrame) -> pl.LazyFrame:
    """The fields that are needed, as texts; a line one tab short or long is mended where it has no place."""
    at = {name: number for number, name in enumerate(PHOENIX_COLUMNS)}
    width, fields = pl.col("_fields"), pl.col("_split")
    no_place = fields.list.slice(at["Lat"], width - at["Lat"] - 3).list.join("").str.strip_chars() == ""
    off_by_one = ((width - _WIDTH).abs() == 1) & no_place
    return split_lines(lines, "\t").select(
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


PHOENIX = Source(
    name="phoenix",
    summary="Phoenix daily files, 26 columns by tabs, without a header",
    citation="Open Event Data Alliance (2014), the Phoenix data set",
    licence="the daily files state none here; look at where yours came from",
    columns=PHOENIX_COLUMNS,
    scale=SCALE,
    matches=matches_phoenix,
    read=joined(blocks_phoenix),
    blocks=blocks_phoenix,
)


# -- Files of the Phoenix family with a header: their columns are found by any of their names.

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


def blocks_by_name(
    path: Path, dataset: str, aliases: Mapping[str, tuple[str, ...]] = ALIASES
) -> Iterator[pl.LazyFrame]:
    """Read one file in blocks.

    Raises
    ------
    BadData : no such file, an empty one, or a header without the columns that are needed
    """
    file = must_be_file(path)
    names = header(file)
    at = places(names, aliases, _NEEDED, file)
    separator = _separator(first_line(file))
    return (events(_texts(lines, separator, names, at), dataset, file) for lines in line_blocks(file, after=1))


def _texts(lines: pl.LazyFrame, separator: str, names: list[str], at: dict[str, int | None]) -> pl.LazyFrame:
    """The fields that are needed, as texts."""
    when = key_cell(at["date"]).str.strip_chars()
    parts = [cell(at[part]).cast(pl.Int32, strict=False) for part in ("year", "month", "day")]
    return split_lines(lines, separator, quoted=True).select(
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


def _day(told: pl.Expr, parts: list[pl.Expr]) -> pl.Expr:
    """The day as text, which year, month and day beside it must not contradict where they are there."""
    of_told = (told.dt.year(), told.dt.month(), told.dt.day())
    agree = (part.is_null() | (part == own.cast(pl.Int32)) for part, own in zip(parts, of_told, strict=True))
    return pl.when(pl.all_horizontal(agree)).then(told)


def _separator(line: str) -> str:
    return max("\t,;", key=line.count)


# -- TERRIER, and the real-time Phoenix as UT Dallas serves it: files whose columns are found by name.

TERRIER_COLUMNS = (
    "event_id",
    "date8",
    "year",
    "month",
    "day",
    "source",
    "src_actor",
    "src_agent",
    "src_other_agent",
    "target",
    "tgt_actor",
    "tgt_agent",
    "tgt_other_agent",
    "code",
    "root_code",
    "quad_class",
    "goldstein",
    "latitude",
    "longitude",
    "geoname",
    "country_code",
    "admin_info",
    "id",
    "url",
    "source_text",
)


TERRIER_ALIASES = ALIASES | {"id": ("event_id", "id")}


def matches_terrier(path: Path) -> bool:
    """Whether the first line is a header with `date8` and the actors of TERRIER."""
    return {"date8", "src_actor", "tgt_actor", "code"} <= set(header(path))


TERRIER = Source(
    name="terrier",
    summary="TERRIER and UT Dallas real-time Phoenix, by header name",
    citation="TERRIER, Temporally Extended, Regular, Reproducible International Event Records, University of "
    "Oklahoma; cite the page that yours came from",
    licence="as stated where yours came from; the files state none here",
    columns=TERRIER_COLUMNS,
    scale=SCALE,
    matches=matches_terrier,
    read=joined(partial(blocks_by_name, dataset="terrier", aliases=TERRIER_ALIASES)),
    blocks=partial(blocks_by_name, dataset="terrier", aliases=TERRIER_ALIASES),
)


# -- The Cline Center's Historical Phoenix (NYT, SWB, FBIS, CIA): CSV files whose columns are found by name.

CLINE_COLUMNS = (
    "eid",
    "story_date",
    "year",
    "month",
    "day",
    "source",
    "source_root",
    "source_agent",
    "source_others",
    "target",
    "target_root",
    "target_agent",
    "target_others",
    "code",
    "root_code",
    "quad_class",
    "goldstein",
    "joined_issues",
    "lat",
    "lon",
    "placename",
    "statename",
    "countryname",
    "aid",
    "process",
)


def matches_cline(path: Path) -> bool:
    """Whether the first line is a header with `story_date` and the codes of the Phoenix family."""
    return {"story_date", "source", "target", "code", "root_code"} <= set(header(path))


CLINE = Source(
    name="cline",
    summary="Cline Center Historical Phoenix (NYT, SWB, FBIS, CIA), CSV by header name",
    citation="Althaus, Bajjalieh, Carter, Peyton, Shalmon, Cline Center Historical Phoenix Event Data, "
    "Cline Center for Advanced Social Research, University of Illinois; give the version of yours",
    licence="as stated where the Cline Center publishes it",
    columns=CLINE_COLUMNS,
    scale=SCALE,
    matches=matches_cline,
    read=joined(partial(blocks_by_name, dataset="cline")),
    blocks=partial(blocks_by_name, dataset="cline"),
)

SOURCES = (PHOENIX, CLINE, TERRIER)
