"""Any CSV or Parquet file, through a small mapping file: our column, their column.

    name = "my-feed"                 # what the data set is called
    date_format = "%d.%m.%Y"         # else told from the column as a whole, where only one reading fits it
    code_scheme = "cameo-1.1"        # cameo-1.1, cameo-0.5b1, cameo-label or plover
    actors = "iso3"                  # iso3, cow, gw, fips, cameo, name or actor
    separator = ","                  # else told from the header

    [columns]                        # our column = "their column"
    date = "Datum"
    source = "who"
    target = "whom"
    code = "act"

    [fixed]                          # our column = "the same for each row"
    source_sector = "GOV"

The mapping stands beside the file, as `events.toml` beside `events.csv`, or is named in place of a source. It is
data: nothing in it is evaluated. A side may hold several actors, parted by ";". Without a column for `event_id`,
source, target and code make one, so that rows which say the same of one day are duplicates.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal, cast

import polars as pl

from lynchpin.errors import BadData, suggest
from lynchpin.record.ontology import sectors
from lynchpin.record.ontology.countries import System
from lynchpin.record.sources._base import Source, complete, joined
from lynchpin.record.sources._days import ORDER_NOTES, TIME_NOTE, Order, bare, is_plain, order_of, read_days
from lynchpin.record.sources._feed import (
    calendar,
    code_of_label,
    code_table,
    constants,
    number,
    our_contexts,
    plover_magnitude,
    plover_type,
)
from lynchpin.record.sources._sides import by_value, code_found, name_found, side_columns
from lynchpin.record.sources._text import must_be_file
from lynchpin.tabular import TextTable, open_table, with_points
from lynchpin.toml import Lines, Table, parse_toml, read_toml

#: Our columns that a mapping may fill.
COLUMNS = (
    "event_id",
    "date",
    "known_from",
    "source",
    "source_sector",
    "source_name",
    "target",
    "target_sector",
    "target_name",
    "code",
    "mode",
    "contexts",
    "magnitude",
    "agreement",
    "summary",
    "url",
)
_NEEDED = ("date", "source", "target", "code")
_SCALES = {
    "cameo-1.1": "goldstein-icews",
    "cameo-label": "goldstein-icews",
    "cameo-0.5b1": "goldstein-ku",
    "plover": "plover-2.0",
}
_ACTORS = ("iso3", "cow", "gw", "fips", "cameo", "name", "actor")
_TEXTS = ("name", "summary", "citation", "licence", "date_format", "code_scheme", "actors", "separator")
_PARQUET = b"PAR1"


@dataclass(frozen=True, slots=True)
class MappingFile:
    """What a mapping file says; every field is checked."""

    path: Path
    name: str
    columns: dict[str, str]
    fixed: dict[str, str]
    date_format: str
    code_scheme: str
    actors: str
    separator: str
    about: dict[str, str]
    lines: Lines


def matches(path: Path) -> bool:
    """Whether a mapping file stands beside the file."""
    return _beside(path) is not None


def blocks(path: Path) -> Iterator[pl.LazyFrame]:
    """Read one file by the mapping beside it, in blocks.

    Raises
    ------
    BadData : no such file, an empty one, no mapping beside it, a wrong mapping, or a column that the file lacks
    """
    file = must_be_file(path)
    return blocks_by(file, read_mapping(_must_be_beside(file)))


def from_mapping(path: Path) -> Source:
    """The source that a mapping file describes.

    Raises
    ------
    BadData : no such file, or a fault in it, with its line
    """
    mapping = read_mapping(path)
    return replace(
        SOURCE,
        name=mapping.name,
        summary=mapping.about.get("summary", SOURCE.summary),
        citation=mapping.about.get("citation", SOURCE.citation),
        licence=mapping.about.get("licence", SOURCE.licence),
        scale=_SCALES[mapping.code_scheme],
        read=joined(partial(blocks_by, mapping=mapping)),
        blocks=partial(blocks_by, mapping=mapping),
        for_file=None,
    )


def for_file(path: Path) -> Source:
    """The source that the mapping beside a file describes.

    Raises
    ------
    BadData : no mapping stands beside it, or there is a fault in it
    """
    return from_mapping(_must_be_beside(path))


def read_mapping(path: Path) -> MappingFile:
    """Read and check a mapping file.

    Raises
    ------
    BadData, UnknownName : no such file, or a fault in it, with its line
    """
    file = must_be_file(path)
    values, lines = parse_toml(read_toml(file, "mapping"), str(file), "mapping")
    columns, fixed = (Table(values.get(table, {}), lines, table, keys=COLUMNS) for table in ("columns", "fixed"))
    top = Table(values, lines, "", keys=(*_TEXTS, "columns", "fixed"))
    texts = {key: top.text(key) for key in _TEXTS if key in values}
    for ours in fixed.values:
        if ours in columns.values:
            raise BadData(f"{ours} is both a column and fixed", fixed.where(ours), "keep one of them")
    separator = texts.get("separator", ",")
    if len(separator) != 1 or separator in ('"', "\n", "\r"):
        raise BadData("separator is not one sign", top.where("separator"), 'write it as "," or ";" or "\\t"')
    lacking = [ours for ours in _NEEDED if ours not in columns.values and ours not in fixed.values]
    if lacking:
        what = f"nothing is said of {', '.join(lacking)}"
        raise BadData(what, columns.where(), f'add {lacking[0]} = "..."')
    return MappingFile(
        path=file,
        name=texts.get("name", file.stem),
        columns={ours: columns.text(ours) for ours in columns.values},
        fixed={ours: fixed.text(ours) for ours in fixed.values},
        date_format=texts.get("date_format", ""),
        code_scheme=top.one_of("code_scheme", tuple(_SCALES), "cameo-1.1"),
        actors=top.one_of("actors", _ACTORS, "iso3"),
        separator=texts.get("separator", ""),
        about=texts,
        lines=lines,
    )


def _beside(path: Path) -> Path | None:
    """The mapping beside a file: `events.toml` or `events.csv.toml` beside `events.csv`."""
    asked = [path.with_name(f"{path.name}.toml"), path.with_name(f"{path.name.split('.')[0]}.toml")]
    return next((mapping for mapping in asked if mapping != path and mapping.is_file()), None)


def _must_be_beside(path: Path) -> Path:
    mapping = _beside(path)
    if mapping is None:
        mend = f"write {path.with_suffix('.toml').name} beside it, or name the mapping in place of a source"
        raise BadData("no mapping file stands beside the file", str(path), mend)
    return mapping


def blocks_by(path: Path, mapping: MappingFile) -> Iterator[pl.LazyFrame]:
    """Read one file by a mapping, in blocks.

    Raises
    ------
    BadData : no such file, an empty one, a column that it lacks, or days that could be read in two ways
    """
    file = must_be_file(path)
    with file.open("rb") as stream:
        is_parquet = stream.read(4) == _PARQUET
    if is_parquet:
        frame = _parquet(file, mapping)
        order = _order((frame.collect() for _ in range(1)), file, mapping)
        return iter([complete(_events(frame, file, mapping, order))])
    table = open_table(file, separator=mapping.separator, knows=partial(_names_all, mapping), is_feed=True)
    _must_have(file, list(table.header), mapping)
    order = _order((_texts(part, table, mapping) for part in table.parts()), file, mapping)
    is_decimal = _has_decimal_commas(table, mapping)
    return (
        complete(_events(_texts(part, table, mapping, is_decimal=is_decimal).lazy(), file, mapping, order))
        for part in table.parts()
    )


def _names_all(mapping: MappingFile, header: Sequence[str]) -> bool:
    return set(mapping.columns.values()) <= set(header)


def _order(parts: Iterable[pl.DataFrame], file: Path, mapping: MappingFile) -> Order:
    """In which order the days are written, the column taken as a whole; a first part that leaves no doubt will do."""
    if mapping.date_format or "date" not in mapping.columns:
        return "year first"
    first_rows: dict[str, int] = {}
    for at, part in enumerate(parts):
        if at == 0 and is_plain(part["_date"]):
            return "year first"
        firsts = part.group_by("_date").agg(pl.col("row").min())
        for text, row in firsts.iter_rows():
            first_rows.setdefault(text, row)
    return order_of(first_rows, mapping.columns["date"], file)


def _has_decimal_commas(table: TextTable, mapping: MappingFile) -> bool:
    if "magnitude" not in mapping.columns:
        return False
    texts = [
        _texts(part, table, mapping).filter(pl.col("_what") == "")["_magnitude"].unique() for part in table.parts()
    ]
    return with_points(pl.concat(texts)) is not None


def _parquet(file: Path, mapping: MappingFile) -> pl.LazyFrame:
    try:
        frame = pl.scan_parquet(file, row_index_name="_row", row_index_offset=1)
        header = [name for name in frame.collect_schema().names() if name != "_row"]
        frame = frame.collect().lazy()
    except (pl.exceptions.PolarsError, OSError) as error:
        said = str(error).splitlines()[0]
        raise BadData(f"the Parquet file cannot be read: {said}", str(file), "fetch it again") from None
    _must_have(file, header, mapping)
    kinds = dict(frame.collect_schema())
    lists = [name for name in header if isinstance(kinds[name], pl.List)]
    whole = frame.with_columns(pl.col(lists).cast(pl.List(pl.String)).list.join(";")) if lists else frame
    return whole.select(
        row=pl.col("_row").cast(pl.Int64),
        raw=pl.struct(header).struct.json_encode(),
        _fields=pl.lit(len(header), pl.Int64),
        _fields_expected=pl.lit(len(header), pl.Int64),
        _notes=pl.lit([], pl.List(pl.String)),
        **{f"_{ours}": pl.col(theirs).cast(pl.String).fill_null("") for ours, theirs in mapping.columns.items()},
    )


def _texts(part: pl.DataFrame, table: TextTable, mapping: MappingFile, *, is_decimal: bool = False) -> pl.DataFrame:
    """The fields that are mapped, as texts, and what was mended of each row."""
    field = pl.col("cells").list
    notes = [*table.notes, *(["decimal_commas"] if is_decimal else [])]
    texts = part.select(
        "row",
        "raw",
        _what="what",
        _fields=pl.col("cells").list.len().cast(pl.Int64),
        _fields_expected=pl.lit(len(table.header), pl.Int64),
        _notes=pl.lit(notes, pl.List(pl.String)),
        **{
            f"_{ours}": field.get(table.header.index(theirs), null_on_oob=True).fill_null("").str.strip_chars()
            for ours, theirs in mapping.columns.items()
        },
    )
    pointed = pl.col("_magnitude").str.replace(",", ".", literal=True)
    return texts.with_columns(_magnitude=pointed) if is_decimal else texts


def _must_have(file: Path, header: list[str], mapping: MappingFile) -> None:
    for ours, theirs in mapping.columns.items():
        if header.count(theirs) != 1:
            what = "two columns are" if theirs in header else "no column is"
            has = ", ".join(map(repr, header[:12]))
            mend = f"{suggest(theirs, header)}; its first line was read as {has}"
            where = mapping.lines.where("columns", 0, ours)
            raise BadData(f"{what} named {theirs!r} in {file.name}", where, mend)


def _events(frame: pl.LazyFrame, file: Path, mapping: MappingFile, order: Order) -> pl.LazyFrame:
    blank = {f"_{ours}": pl.lit(mapping.fixed.get(ours, "")) for ours in COLUMNS if ours not in mapping.columns}
    said, stated = pl.col("_date"), mapping.date_format
    told, known_from = (
        calendar(text.str.to_date(stated, strict=False)) if stated else read_days(text, order)
        for text in (said, pl.col("_known_from"))
    )
    note = ORDER_NOTES[order]
    marks = [pl.lit([note] if note else [], pl.List(pl.String))]
    if not stated:
        timed = told.is_not_null() & (bare(said) != said.str.strip_chars())
        marks.append(pl.when(timed).then(pl.lit([TIME_NOTE])).otherwise(pl.lit([], pl.List(pl.String))))
    typed = frame.with_columns(**blank).with_columns(
        date=told,
        known_from=known_from,
        _date_text=said,
        _known_text=pl.col("_known_from"),
        _code_text=pl.col("_code"),
        _notes=pl.concat_list("_notes", *marks),
    )
    looked_up = typed.with_columns(
        _from=_side(pl.col("_source"), mapping.actors), _to=_side(pl.col("_target"), mapping.actors)
    )
    sided = _coded(looked_up, mapping).with_columns(
        **{
            **constants(mapping.name, _SCALES[mapping.code_scheme], mapping.code_scheme, file),
            **side_columns("source", pl.col("_from")),
            **side_columns("target", pl.col("_to")),
            "agreement": pl.col("_agreement"),
        }
    )
    own_id = pl.format("{} | {} | {}", "_source", "_code", "_target")
    return sided.with_columns(
        event_id=pl.col("_event_id") if _is_said(mapping, "event_id") else own_id,
        source_name=_or("_source_name", "_source"),
        target_name=_or("_target_name", "_target"),
        source_sector=_or_sector("source"),
        target_sector=_or_sector("target"),
        magnitude_shipped=number(pl.col("_magnitude")),
        _magnitude_text=pl.col("_magnitude"),
        contexts=our_contexts(pl.col("_contexts")) if _is_said(mapping, "contexts") else pl.col("contexts"),
        summary=pl.col("_summary"),
        url=pl.col("_url"),
    )


def _is_said(mapping: MappingFile, ours: str) -> bool:
    return ours in mapping.columns or ours in mapping.fixed


def _side(text: pl.Expr, actors: str) -> pl.Expr:
    if actors == "actor":
        return name_found(text, pl.col("date"))
    return code_found(text, pl.col("date"), cast(System, actors))


def _coded(frame: pl.LazyFrame, mapping: MappingFile) -> pl.LazyFrame:
    """Add `code`, `type`, `mode`, `contexts` and `magnitude`."""
    text = pl.col("_code")
    scale = _SCALES[mapping.code_scheme]
    if mapping.code_scheme == "plover":
        kind = frame.with_columns(type=plover_type(text), mode=pl.col("_mode").str.to_lowercase(), code=text)
        return kind.with_columns(
            magnitude=plover_magnitude(pl.col("type"), pl.col("mode")),
            contexts=pl.lit([], pl.List(pl.String)),
        )
    version: Literal["0.5b1", "1.1"] = "0.5b1" if mapping.code_scheme == "cameo-0.5b1" else "1.1"
    code = code_of_label(text) if mapping.code_scheme == "cameo-label" else text
    table = code_table(scale, version).drop("_label")
    coded = frame.with_columns(code=code).join(table, on="code", how="left", maintain_order="left")
    return coded.with_columns(mode=_or("_mode", "mode").fill_null(""))


def _or(first: str, other: str) -> pl.Expr:
    return pl.when(pl.col(first) != "").then(pl.col(first)).otherwise(pl.col(other))


def _or_sector(side: str) -> pl.Expr:
    """Our sector, given as one of ours or as a code of PLOVER; else what the name told."""
    ours = by_value(pl.col(f"_{side}_sector"), _our_sector, pl.String())
    return pl.when(ours != "").then(ours).otherwise(pl.col(f"{side}_sector")).fill_null("")


def _our_sector(text: str) -> str:
    word = text.strip().upper()
    return word if word in sectors.sectors("lynchpin") else sectors.from_code(word, "plover")


SOURCE = Source(
    name="mapped",
    summary="any CSV or Parquet file with a mapping file (TOML) beside it",
    citation="the file's own authors",
    licence="the file's own",
    columns=COLUMNS,
    scale="goldstein-icews",
    matches=matches,
    read=joined(blocks),
    blocks=blocks,
    companions=("*.toml",),
    for_file=for_file,
)
