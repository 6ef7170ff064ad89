"""A hand-coded chronology: one act to a row, as in the one that ships with the package.

A CSV file in UTF-8, with or without a byte order mark. Its columns may stand in any order, and others beside
them are left alone. A field in quotes may hold commas and line ends. People write these files, so whatever is
wrong with the file as a whole is one error that says how to mend it; what is wrong with a row is left to the
rules.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl

from lynchpin.errors import BadData, suggest
from lynchpin.record.ontology import countries
from lynchpin.record.sources._base import Source, complete
from lynchpin.record.sources._feed import day
from lynchpin.record.sources._sides import by_spell
from lynchpin.record.sources._text import first_line, must_be_file

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
SCALE = "chronology-2026"
_TEXTS = tuple(f"_{name}" for name in COLUMNS)
_MARKS = {
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
    b"PK\x03\x04": "a workbook or a zip file",
}
_AS_CSV = "save it as comma-separated values (CSV) in UTF-8"


def matches(path: Path) -> bool:
    """Whether the first line is the header of a chronology, perhaps with a column or two misspelt."""
    return len(set(COLUMNS) & set(_fields(first_line(path)))) >= 8


def read(path: Path) -> pl.LazyFrame:
    """Read one file.

    Raises
    ------
    BadData : no such file, an empty one, not a CSV file, not UTF-8, a column missing or named twice, a quote
        that is never closed
    """
    file = must_be_file(path)
    records = _records(file, _lines(_decode(file)))
    _, _, header = next(records, (1, "", []))
    places = _places(file, [name.strip() for name in header])
    rows = [
        (row, raw, len(fields), *(fields[at] if at < len(fields) else "" for at in places))
        for row, raw, fields in records
    ]
    kinds = {"row": pl.Int64, "raw": pl.String, "_fields": pl.Int64, **dict.fromkeys(_TEXTS, pl.String)}
    frame = pl.LazyFrame(rows, schema=kinds, orient="row")
    return complete(_events(frame, file.name, len(header)))


def _decode(file: Path) -> str:
    data = file.read_bytes()
    for mark, kind in _MARKS.items():
        if data.startswith(mark):
            raise BadData(f"the file is {kind}, not a CSV file in UTF-8", str(file), _AS_CSV)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadData("the file is not in UTF-8", f"{file}, line {line}", _AS_CSV) from None
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise BadData("the file holds NUL bytes, so it is not text", f"{file}, line {line}", _AS_CSV)
    return text


def _lines(text: str) -> list[str]:
    """Lines with their ends; only LF, CR LF and CR end one (`str.splitlines` knows more)."""
    whole = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [f"{line}\n" for line in whole[:-1]] + whole[-1:] * bool(whole[-1])


def _records(file: Path, lines: list[str]) -> Iterator[tuple[int, str, list[str]]]:
    """Line number, text and fields of each record, the header first."""
    reader, start = csv.reader(lines, strict=False), 0
    try:
        for fields in reader:
            raw = "".join(lines[start : reader.line_num])
            if reader.line_num == len(lines) and _is_open(raw):
                raise BadData(
                    "a quote is never closed",
                    f"{file}, the field that begins on line {start + 1}",
                    'close it with ", and write a quote inside a field as ""',
                )
            yield start + 1, raw.removesuffix("\n"), fields
            start = reader.line_num
    except csv.Error as error:
        raise BadData(f"the file is not a CSV file: {error}", f"{file}, line {start + 1}", _AS_CSV) from None


def _is_open(raw: str) -> bool:
    try:
        list(csv.reader([raw], strict=True))
    except csv.Error as error:
        return "end of data" in str(error)
    return False


def _fields(line: str) -> list[str]:
    try:
        return [name.strip() for name in next(csv.reader([line]), [])]
    except csv.Error:
        return []


def _places(file: Path, header: list[str]) -> list[int]:
    """Where each column of the format stands."""
    where = f"{file}, line 1"
    if len(header) == 1:
        for sign, name in ((";", "semicolons"), ("\t", "tabs")):
            if sign in header[0]:
                raise BadData(f"the fields are parted by {name}, not by commas", where, _AS_CSV)
    twice = sorted({name for name in COLUMNS if header.count(name) > 1})
    if twice:
        raise BadData(f"a column is there twice: {', '.join(twice)}", where, "rename or remove one of them")
    lacking = [name for name in COLUMNS if name not in header]
    if lacking:
        plural = "columns are" if len(lacking) > 1 else "a column is"
        spare = [name for name in header if name and name not in COLUMNS]
        hints = [f"{name}: {near}" for name in lacking if (near := suggest(name, spare)).startswith("did")]
        needed = f"the columns needed are {', '.join(COLUMNS)}"
        raise BadData(f"{plural} missing: {', '.join(lacking)}", where, "; ".join([*hints, needed]))
    return [header.index(name) for name in COLUMNS]


def _events(frame: pl.LazyFrame, file_name: str, expected: int) -> pl.LazyFrame:
    texts = frame.with_columns(pl.col(_TEXTS).str.strip_chars()).with_columns(
        date=day(pl.col("_date"), ("YYYY-MM-DD",))
    )
    typed = texts.select(
        "row",
        "raw",
        "_fields",
        "date",
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
