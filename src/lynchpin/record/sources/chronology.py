"""A hand-coded chronology: one act to a row, as in the one that ships with the package.

A text table, as `lynchpin.tabular` reads one. Its columns may stand in any order, and others beside them are left
alone. A field in quotes may hold separators and line ends. People write these files, so whatever is wrong with the file
as a whole is one error that says how to mend it; what is wrong with a row is left to the rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl

from lynchpin.errors import BadData, suggest
from lynchpin.record.ontology import countries
from lynchpin.record.sources._base import Source, complete
from lynchpin.record.sources._feed import day
from lynchpin.record.sources._sides import by_spell
from lynchpin.record.sources._text import must_be_file
from lynchpin.tabular import open_table, with_points

COLUMNS = (
    "event_id",
    "date",
    "precision",
    "source",
    "source_sector",
    "target",
    "target_sector",
    "event_type",
    "mode",
    "contexts",
    "magnitude",
    "agreement",
    "summary",
    "source_url",
    "status",
)
#: A column that may be there: the day from which the act was known, where that is later; a blank cell is its date.
KNOWN_FROM = "known_from"
SCALE = "chronology-2026"
_TEXTS = tuple(f"_{name}" for name in (*COLUMNS, KNOWN_FROM))


def matches(path: Path) -> bool:
    """Whether the header is that of a chronology, perhaps with a column or two misspelt."""
    try:
        return _is_header(open_table(path, knows=_is_header, is_feed=True).header)
    except BadData:  # the file of another feed is no fault
        return False


def read(path: Path) -> pl.LazyFrame:
    """Read one file.

    Raises
    ------
    BadData : no such file, an empty one, no text table (see `lynchpin.tabular`), or a column missing or named twice
    """
    file = must_be_file(path)
    table = open_table(file, knows=_is_header)
    at = _places(file, list(table.header))
    parts = pl.concat(table.parts())
    texts = parts.select(
        "row",
        "raw",
        _what="what",
        _fields=pl.col("cells").list.len().cast(pl.Int64),
        **{
            f"_{name}": pl.col("cells").list.get(place, null_on_oob=True).fill_null("")
            for name, place in zip((*COLUMNS, KNOWN_FROM), at, strict=True)
        },
    )
    notes = list(table.notes)
    pointed = with_points(texts.filter(pl.col("_what") == "")["_magnitude"]) if table.separator != "," else None
    if pointed is not None:
        notes.append("decimal_commas")
        texts = texts.with_columns(_magnitude=pl.col("_magnitude").str.replace(",", ".", literal=True))
    return complete(_events(texts.lazy(), file.name, len(table.header), notes))


def _is_header(names: Sequence[str]) -> bool:
    return len(set(COLUMNS) & set(names)) >= 8


def _places(file: Path, header: list[str]) -> list[int]:
    """Where each column of the format stands; `KNOWN_FROM` past the end where it is not there."""
    where = f"{file}, line 1"
    twice = sorted({name for name in (*COLUMNS, KNOWN_FROM) if header.count(name) > 1})
    if twice:
        raise BadData(f"a column is there twice: {', '.join(twice)}", where, "rename or remove one of them")
    lacking = [name for name in COLUMNS if name not in header]
    if lacking:
        plural = "columns are" if len(lacking) > 1 else "a column is"
        spare = [name for name in header if name and name not in COLUMNS]
        hints = [f"{name}: {near}" for name in lacking if (near := suggest(name, spare)).startswith("did")]
        needed = f"the columns needed are {', '.join(COLUMNS)}"
        raise BadData(f"{plural} missing: {', '.join(lacking)}", where, "; ".join([*hints, needed]))
    last = header.index(KNOWN_FROM) if KNOWN_FROM in header else len(header)
    return [*(header.index(name) for name in COLUMNS), last]


def _events(frame: pl.LazyFrame, file_name: str, expected: int, notes: list[str]) -> pl.LazyFrame:
    texts = frame.with_columns(pl.col(_TEXTS).str.strip_chars()).with_columns(
        date=day(pl.col("_date"), ("YYYY-MM-DD",)), known_from=day(pl.col("_known_from"), ("YYYY-MM-DD",))
    )
    typed = texts.select(
        "row",
        "raw",
        "_fields",
        "_what",
        "date",
        "known_from",
        _notes=pl.lit(notes, pl.List(pl.String)),
        _fields_expected=pl.lit(expected, pl.Int64),
        event_id="_event_id",
        precision="_precision",
        source=_set("_source"),
        source_sector="_source_sector",
        source_name="_source",
        target=_set("_target"),
        target_sector="_target_sector",
        target_name="_target",
        type="_event_type",
        mode="_mode",
        contexts=_set("_contexts"),
        code=pl.lit(""),
        code_scheme=pl.lit(""),
        magnitude_shipped=pl.col("_magnitude").cast(pl.Float64, strict=False),
        magnitude=pl.col("_magnitude").cast(pl.Float64, strict=False),
        scale=pl.lit(SCALE),
        agreement="_agreement",
        summary="_summary",
        url="_source_url",
        status="_status",
        dataset=pl.lit("chronology"),
        file=pl.lit(file_name),
        _date_text="_date",
        _known_text="_known_from",
        _magnitude_text="_magnitude",
        _source_place="_source",
        _target_place="_target",
    )
    strangers = _strangers(typed)
    return typed.join(strangers, on="row", how="left", maintain_order="left").with_columns(
        pl.col("_strangers").fill_null(0)
    )


def _set(column: str) -> pl.Expr:
    """A cell of values joined by ";": sorted, no repeats, no empty ones."""
    parts = pl.col(column).str.split(";").list.eval(pl.element().str.strip_chars())
    return parts.list.eval(pl.element().filter(pl.element() != "")).list.unique().list.sort()


def _strangers(typed: pl.LazyFrame) -> pl.LazyFrame:
    """How many codes of each row, on either side, are no state on that day."""
    both = typed.select("row", "date", code=pl.concat_list("source", "target")).explode("code")
    asked = both.drop_nulls().with_columns(state=by_spell(pl.col("code"), pl.col("date"), _states, pl.String()))
    odd = pl.col("state").is_null() | (pl.col("state") != pl.col("code"))
    return asked.group_by("row").agg(_strangers=odd.sum().cast(pl.Int64))


def _states(code: str) -> list[tuple[date, str | None]]:
    return [(first, state.iso3 if state else None) for first, state in countries.spells(code, "iso3")]


SOURCE = Source(
    name="chronology",
    summary="a hand-coded chronology, one act to a row (CSV)",
    citation="the file's own authors; for the embedded one its codebook, cases/northeast_asia/CODEBOOK.md",
    licence="the file's own",
    columns=COLUMNS,
    scale=SCALE,
    matches=matches,
    read=read,
    hand_coded=True,
)
