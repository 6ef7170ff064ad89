"""POLECAT, coded by NGEC: the yearly, monthly and weekly tab files of the Dataverse, in PLOVER.

The traps, and what is done about them:

- Fields are parted by tabs and never quoted.
- Some releases have too many names in the header, among them `Headline`, so that names and fields do not meet:
  there the header is passed over, and the forty names are taken in their order.
- Some have more columns than forty, all empty: those are not counted. One that is not empty is.
- `Intensity` is `Event Intensity` in some.
- `None`, NA, NULL and '' are missing.
- A field can hold several values, parted by ";". Countries become a set; the first sector decides when the
  primary one is missing.
- An act of several actors upon each other has them all as actors and no recipient: it becomes one joint act,
  with the same set of states on both sides. One actor without a recipient stays without.
- Bodies that are no state (IGO, UNO, EUR, NGO, ISM, IMG, MNC) leave their side empty.
- An id is repeated across releases; with its day it is the key.
- `Publication Date`, the day of the story, is the day from which the act was known, where it can be read.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from lynchpin.record.ontology import sectors
from lynchpin.record.sources._base import Source, complete, joined
from lynchpin.record.sources._feed import (
    cell,
    constants,
    day,
    header_fields,
    key_cell,
    number,
    our_contexts,
    places,
    plover_magnitude,
    plover_type,
    split_lines,
)
from lynchpin.record.sources._sides import by_value, code_found, side_columns
from lynchpin.record.sources._text import first_line, line_blocks, must_be_file

COLUMNS = (
    "Event ID",
    "Event Date",
    "Event Type",
    "Event Mode",
    "Intensity",
    "Quad Code",
    "Contexts",
    "Actor Name",
    "Actor Country",
    "Actor COW",
    "Primary Actor Sector",
    "Actor Sectors",
    "Actor Title",
    "Actor Name Raw",
    "Wikipedia Actor ID",
    "Recipient Name",
    "Recipient Country",
    "Recipient COW",
    "Primary Recipient Sector",
    "Recipient Sectors",
    "Recipient Title",
    "Recipient Name Raw",
    "Wikipedia Recipient ID",
    "Placename",
    "City",
    "District",
    "Province",
    "Country",
    "Latitude",
    "Longitude",
    "GeoNames ID",
    "Raw Placename",
    "Feature Type",
    "Source",
    "Publication Date",
    "Story People",
    "Story Organizations",
    "Story Locations",
    "Language",
    "Version",
)
SCALE = "plover-2.0"
_ALIASES = {name: (name,) for name in COLUMNS} | {"Intensity": ("Intensity", "Event Intensity")}
_NEEDED = (*COLUMNS[:3], "Actor Name", "Actor Country", "Recipient Name", "Recipient Country")


def matches(path: Path) -> bool:
    """Whether the first line is a header of POLECAT, well formed or not."""
    return {"Event ID", "Event Type", "Actor Country", "Recipient Country"} <= set(_header(path))


def blocks(path: Path) -> Iterator[pl.LazyFrame]:
    """Read one file in blocks.

    Raises
    ------
    BadData : no such file, an empty one, or a header without the columns that are needed
    """
    file = must_be_file(path)
    header = _header(file)
    while header and not header[-1]:
        header.pop()
    is_misaligned = "Headline" in header
    names = list(COLUMNS) if is_misaligned else header
    at = places(names, _ALIASES, _NEEDED, file)
    return (complete(_events(_texts(lines, names, at), file)) for lines in line_blocks(file, after=1))


def _texts(lines: pl.LazyFrame, names: list[str], at: dict[str, int | None]) -> pl.LazyFrame:
    """The fields that are needed, as texts; empty fields beyond the header are passed over."""
    beyond = pl.col("_split").list.slice(len(names)).list.join("").str.strip_chars() == ""
    return split_lines(lines, "\t").select(
        "row",
        "raw",
        _fields=pl.when((pl.col("_fields") > len(names)) & beyond).then(len(names)).otherwise("_fields"),
        _fields_expected=pl.lit(len(names), pl.Int64),
        event_id=key_cell(at["Event ID"]),
        _date_text=key_cell(at["Event Date"]),
        **{f"_{name}": cell(at[name]) for name in COLUMNS[2:]},
    )


def _header(path: Path) -> list[str]:
    return header_fields(first_line(path), "\t")


def _events(texts: pl.LazyFrame, file: Path) -> pl.LazyFrame:
    typed = texts.with_columns(
        date=day(pl.col("_date_text")),
        known_from=day(pl.col("_Publication Date")),
        type=plover_type(pl.col("_Event Type")),
        mode=pl.col("_Event Mode").str.split(";").list.first().str.strip_chars().str.to_lowercase(),
    ).with_columns(
        _source=code_found(pl.col("_Actor Country"), pl.col("date")),
        _target=code_found(pl.col("_Recipient Country"), pl.col("date")),
        contexts=our_contexts(pl.col("_Contexts")),
        magnitude=plover_magnitude(pl.col("type"), pl.col("mode")),
        magnitude_shipped=number(pl.col("_Intensity")),
        _magnitude_text=pl.col("_Intensity"),
        _code_text=pl.col("_Event Type"),
        code=pl.col("_Event Type"),
    )
    sided = typed.with_columns(
        **constants("polecat", SCALE, SCALE, file),
        **side_columns("source", pl.col("_source")),
        **side_columns("target", pl.col("_target")),
    ).with_columns(
        source_sector=_sector("Actor"),
        target_sector=_sector("Recipient"),
        source_name=pl.col("_Actor Name"),
        target_name=pl.col("_Recipient Name"),
        summary=pl.concat_str("type", "mode", separator=" ").fill_null("").str.strip_chars(),
        url=pl.when(pl.col("_Publication Date") != "")
        .then(pl.format("polecat:{}", pl.col("_Publication Date")))
        .otherwise(pl.lit("")),
    )
    recipient = (pl.col("_Recipient Name") == "") & (pl.col("_Recipient Country") == "")
    is_joint = recipient & (pl.col("source").list.len() > 1)
    return sided.with_columns(
        pl.when(is_joint).then(there).otherwise(here).alias(here)
        for here, there in (
            ("target", "source"),
            ("target_name", "source_name"),
            ("target_sector", "source_sector"),
        )
    )


def _sector(side: str) -> pl.Expr:
    primary, all_of_them = pl.col(f"_Primary {side} Sector"), pl.col(f"_{side} Sectors")
    text = pl.when(primary == "").then(all_of_them).otherwise(primary)
    return by_value(text, _first_sector, pl.String()).fill_null("")


def _first_sector(text: str) -> str:
    codes = (part.strip() for part in text.replace(",", ";").split(";"))
    return next((ours for code in codes if (ours := sectors.from_code(code, "plover"))), "")


SOURCE = Source(
    name="polecat",
    summary="POLECAT events in PLOVER, coded by NGEC: yearly, monthly and weekly files",
    citation="Scarborough, Bagozzi, Beger, Berrie, Halterman, Schrodt, Spivey (2023), POLECAT Weekly Data, "
    "Harvard Dataverse, doi:10.7910/DVN/AJGVIT",
    licence="as stated on Dataverse, doi:10.7910/DVN/AJGVIT",
    columns=COLUMNS,
    scale=SCALE,
    matches=matches,
    read=joined(blocks),
    blocks=blocks,
)
