"""ICEWS coded events: the yearly and weekly `.tab` files of the Dataverse.

The traps, and what is done about them:

- Fields are parted by tabs and never quoted; a quote is a sign like any other.
- A code is text: "010" is not "10", and a code of two digits is not taken, since a spreadsheet makes "10" of
  "010".
- The file of 2017 writes days as m/d/YYYY and has no column of codes; the code comes from the label.
- Where a code is unknown ("13y", or "40" after a spreadsheet) and its label known, the label tells the code, and a note
  says so.
- '', NA, NULL and None are missing in every column but the code and the key.
- `Event ID` alone is not unique; the key is id and day.
- A country is the state of that day; a name that is no state leaves the side empty, and the row stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl

from lynchpin.errors import BadData, UnknownName, suggest
from lynchpin.record.ontology import cameo, contexts, countries, scales, sectors
from lynchpin.record.sources._base import Source, complete, joined
from lynchpin.record.sources._feed import day
from lynchpin.record.sources._sides import by_spell, by_value
from lynchpin.record.sources._text import first_line, line_blocks, must_be_file

COLUMNS = (
    "Event ID",
    "Event Date",
    "Source Name",
    "Source Sectors",
    "Source Country",
    "Event Text",
    "CAMEO Code",
    "Intensity",
    "Target Name",
    "Target Sectors",
    "Target Country",
    "Story ID",
    "Sentence Number",
    "Publisher",
    "City",
    "District",
    "Province",
    "Country",
    "Latitude",
    "Longitude",
)
SCALE = "goldstein-icews"
_NEEDED = ("Event ID", "Event Date", *COLUMNS[2:6], "Intensity", *COLUMNS[8:11])
_MISSING = ("NA", "NULL", "None")


def matches(path: Path) -> bool:
    """Whether the first line is a header of ICEWS."""
    return {"Event ID", "Event Date", "Source Sectors", "Event Text"} <= set(_header(path))


def blocks(path: Path) -> Iterator[pl.LazyFrame]:
    """Read one file in blocks.

    Raises
    ------
    BadData : no such file, an empty one, or a header without the columns that are needed
    """
    file = must_be_file(path)
    header = _header(file)
    lacking = [name for name in _NEEDED if name not in header]
    if lacking:
        near = suggest(lacking[0], header) if len(lacking) == 1 else ""
        hint = f"; {near}" if near.startswith("did") else ""
        raise BadData(
            f"columns are missing: {', '.join(lacking)}",
            f"{file}, line 1",
            f"give the file as Dataverse ships it, with its header and parted by tabs{hint}",
        )
    return (complete(_events(_texts(lines, header), file.name, header)) for lines in line_blocks(file, after=1))


def _texts(lines: pl.LazyFrame, header: list[str]) -> pl.LazyFrame:
    """The fields that are needed, as texts."""
    return lines.with_columns(_split=pl.col("raw").str.split("\t")).select(
        "row",
        "raw",
        pl.col("_split").list.len().cast(pl.Int64).alias("_fields"),
        pl.lit(len(header), pl.Int64).alias("_fields_expected"),
        *(_text(name, header) for name in (*_NEEDED, "CAMEO Code")),
    )


def _header(path: Path) -> list[str]:
    return [name.strip() for name in first_line(path).split("\t")]


def _text(name: str, header: list[str]) -> pl.Expr:
    """One field as text: "" when the line is too short, or when the feed says that it is missing."""
    if name not in header:
        return pl.lit("").alias(name)
    text = pl.col("_split").list.get(header.index(name), null_on_oob=True).fill_null("")
    if name not in ("Event ID", "Event Date", "CAMEO Code"):
        text = pl.when(text.is_in(_MISSING)).then(pl.lit("")).otherwise(text)
    return text.alias(name)


def _events(texts: pl.LazyFrame, file_name: str, header: list[str]) -> pl.LazyFrame:
    has_code = "CAMEO Code" in header
    label_code = by_value(pl.col("Event Text"), _code_of_label, pl.String())
    typed = texts.with_columns(
        date=day(pl.col("Event Date"), ("YYYY-MM-DD", "m/d/YYYY")),  # the latter in the file of 2017
        _label_code=label_code,
        _code_text=pl.col("CAMEO Code") if has_code else pl.col("Event Text"),
        code=pl.coalesce(by_value(pl.col("CAMEO Code"), _full_code, pl.String()), label_code),
    )
    by_label = pl.lit(has_code) & (pl.col("code") != pl.col("CAMEO Code"))
    typed = typed.with_columns(_notes=pl.when(by_label).then(pl.lit(["code_by_label"], pl.List(pl.String))))
    return typed.join(_codes(), on="code", how="left", maintain_order="left").with_columns(
        event_id=pl.col("Event ID"),
        precision=pl.lit("day"),
        source=_side("Source Country"),
        source_sector=by_value(pl.col("Source Sectors"), sectors.from_icews, pl.String()),
        source_name=pl.col("Source Name"),
        target=_side("Target Country"),
        target_sector=by_value(pl.col("Target Sectors"), sectors.from_icews, pl.String()),
        target_name=pl.col("Target Name"),
        mode=pl.col("mode").fill_null(""),
        code_scheme=pl.lit("cameo-icews"),
        magnitude_shipped=pl.col("Intensity").cast(pl.Float64, strict=False),
        scale=pl.lit(SCALE),
        agreement=pl.lit(""),
        summary=pl.col("Event Text"),
        url=pl.format("icews:{}", pl.col("date").cast(pl.String)).fill_null(""),
        status=pl.lit("coded"),
        dataset=pl.lit("icews"),
        file=pl.lit(file_name),
        _date_text=pl.col("Event Date"),
        _magnitude_text=pl.col("Intensity"),
        _source_place=pl.col("Source Country"),
        _target_place=pl.col("Target Country"),
    )


def _side(column: str) -> pl.Expr:
    """A list with the state of one side, or an empty list."""
    found = by_spell(pl.col(column), pl.col("date"), _states, pl.List(pl.String()))
    return found.fill_null(pl.lit([], pl.List(pl.String())))


def _states(name: str) -> list[tuple[date, list[str]]]:
    return [(first, [state.iso3] if state else []) for first, state in countries.spells(name, "name")]


def _full_code(text: str) -> str | None:
    """A code of CAMEO 1.1 as ICEWS writes it: three or four digits."""
    return text if len(text) > 2 and cameo.find(text) else None


@cache
def _code_of_label(label: str) -> str | None:
    try:
        return cameo.from_label(label).code
    except UnknownName:
        return None


def _codes() -> pl.LazyFrame:
    """What each code is: its type, mode, contexts and score."""
    rows = [
        (
            code.code,
            code.type,
            code.mode,
            list(contexts.to_ours(code.contexts)),
            scales.magnitude(SCALE, code=code.code),
        )
        for code in cameo.codes().values()
    ]
    texts: dict[str, pl.DataType] = {name: pl.String() for name in ("code", "type", "mode")}
    return pl.LazyFrame(rows, schema={**texts, "contexts": pl.List(pl.String), "magnitude": pl.Float64()}, orient="row")


SOURCE = Source(
    name="icews",
    summary="ICEWS coded events, yearly and weekly .tab files",
    citation="Boschee, Lautenschlager, O'Brien, Shellman, Starz, Ward (2015), ICEWS Coded Event Data, "
    "Harvard Dataverse, doi:10.7910/DVN/28075",
    licence="as stated on Dataverse, doi:10.7910/DVN/28075",
    columns=COLUMNS,
    scale=SCALE,
    matches=matches,
    read=joined(blocks),
    blocks=blocks,
)
