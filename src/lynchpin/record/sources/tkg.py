"""Benchmark facts as numbers: `source relation target time [0]` by tabs, with entity2id.txt and relation2id.txt.

What to know:

- `train.txt`, `valid.txt` and `test.txt` are parts of one record, split by time. The two lists of names stand in
  the same folder.
- Time is counted in hours from the first day of the data, in steps of 24; what is no whole day is refused. The
  first day is not in the file: it is 1 January of the year in the folder's name (`icews14`, `icews18`,
  `icews05-15`), else what a file `first_day.txt` in the folder says, as YYYY-MM-DD.
- Facts are distinct, as in `triples`; names have "_" for blanks.
- Two data sets are called ICEWS14; they have different numbers for the same names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl

from lynchpin.days import parse_day
from lynchpin.errors import BadData, BadValue
from lynchpin.record.sources._base import Source, complete, joined
from lynchpin.record.sources._feed import (
    _code_of_label,
    calendar,
    code_of_label,
    code_table,
    constants,
    day,
    split_lines,
)
from lynchpin.record.sources._sides import name_found, side_columns
from lynchpin.record.sources._text import first_line, line_blocks, must_be_file

# -- The benchmark facts drawn from ICEWS: who, a label, whom, a day; one fact to a row.

SCALE = "goldstein-icews"


def facts(texts: pl.LazyFrame, dataset: str, file: Path) -> pl.LazyFrame:
    """Events from `row`, `raw`, `_fields`, `_fields_expected`, `event_id`, `source_name`, `target_name`,
    `_code_text` (a label), `date` and `_date_text`.
    """
    typed = texts.with_columns(
        code=code_of_label(pl.col("_code_text")),
        _source=name_found(pl.col("source_name"), pl.col("date")),
        _target=name_found(pl.col("target_name"), pl.col("date")),
    )
    coded = typed.join(code_table(SCALE), on="code", how="left", maintain_order="left")
    return complete(
        coded.with_columns(
            **constants(dataset, SCALE, "cameo-icews", file),
            **side_columns("source", pl.col("_source")),
            **side_columns("target", pl.col("_target")),
            mode=pl.col("mode").fill_null(""),
            summary=pl.col("_code_text"),
            url=pl.lit(""),
            _magnitude_text=pl.lit(""),  # the feed ships none
        )
    )


COLUMNS = ("source", "relation", "target", "time", "(a fifth, without meaning)")
NAMES, RELATIONS, FIRST_DAY = "entity2id.txt", "relation2id.txt", "first_day.txt"
#: Files that are read beside the facts and hold none.
COMPANIONS = (NAMES, RELATIONS, FIRST_DAY)


def matches(path: Path) -> bool:
    """Whether the first line is four or five whole numbers."""
    return re.fullmatch(r"\d+\t\d+\t\d+\t\d+(\t-?\d+)?", first_line(path)) is not None


def blocks(path: Path) -> Iterator[pl.LazyFrame]:
    """Read one file in blocks.

    Raises
    ------
    BadData : no such file, an empty one, a list of names that is missing or broken, or an unknown first day
    """
    file = must_be_file(path)
    start = _first_day(file)
    names, relations = _numbered(file, NAMES), _numbered(file, RELATIONS)
    expected = 5 if first_line(file).count("\t") == 4 else 4
    source, relation, target, when = (_field(at) for at in range(4))
    hours = pl.when(when.str.contains(r"^\d{1,7}$")).then(when).cast(pl.Int32, strict=False)
    whole = pl.when(hours % 24 == 0).then(hours // 24)
    columns = {
        "_fields_expected": pl.lit(expected, pl.Int64),
        "event_id": pl.format("{}-{}-{}", source, relation, target),
        "source_name": source.replace_strict(names, default="", return_dtype=pl.String),
        "target_name": target.replace_strict(names, default="", return_dtype=pl.String),
        "_code_text": relation.replace_strict(relations, default="", return_dtype=pl.String),
        "date": calendar(pl.lit(start) + pl.duration(days=whole)),
        "_date_text": when,
    }
    return (facts(_parted(lines, columns), "tkg", file) for lines in line_blocks(file))


def _parted(lines: pl.LazyFrame, columns: dict[str, pl.Expr]) -> pl.LazyFrame:
    return split_lines(lines, "\t").select("row", "raw", "_fields", **columns)


def _field(at: int) -> pl.Expr:
    return pl.col("_split").list.get(at, null_on_oob=True).fill_null("")


def _numbered(file: Path, name: str) -> dict[str, str]:
    """Number -> name, from a list of `name TAB number`; a first line with a count alone is passed over."""
    beside = file.resolve().parent / name
    if not beside.is_file():
        raise BadData(f"{name} is missing, which names the numbers", str(file), f"put {name} beside it")
    found: dict[str, str] = {}
    for row, line in enumerate(beside.read_text(encoding="utf-8-sig", errors="replace").split("\n"), 1):
        text, _, number = line.rstrip("\r").rpartition("\t")
        if not line.strip() or (row == 1 and not text):
            continue
        if not text or not number.strip().isdigit():
            raise BadData(f"{line!r} is not a name, a tab and a number", f"{beside}, line {row}", "fetch it again")
        found[number.strip()] = text.replace("_", " ")
    if not found:
        raise BadData(f"{name} is empty", str(beside), "fetch it again")
    return found


def _first_day(file: Path) -> date:
    folder = file.resolve().parent
    note = folder / FIRST_DAY
    if note.is_file():
        try:
            return parse_day(note.read_text(encoding="utf-8", errors="replace").strip(), name=str(note))
        except BadValue as error:
            raise BadData(error.what, f"{note}, line 1", error.mend) from None
    names = f"{folder.parent.name}/{folder.name}"
    told = re.search(r"icews[-_ ]?(?:20)?(\d\d)", names, re.IGNORECASE)
    if told is None:
        raise BadData(
            "times are hours from a first day that the file does not tell",
            str(file),
            f"write it as YYYY-MM-DD into {FIRST_DAY} beside the file, or name the folder icews14, say",
        )
    return date(2000 + int(told[1]), 1, 1)


TKG = Source(
    name="tkg",
    summary="benchmark facts as numbers, with entity2id.txt and relation2id.txt beside them (ICEWS14)",
    citation="facts drawn from Boschee et al. (2015), ICEWS Coded Event Data, Harvard Dataverse, "
    "doi:10.7910/DVN/28075; cite the paper of the benchmark too",
    licence="most copies state none; the events behind them are under the terms of doi:10.7910/DVN/28075",
    columns=COLUMNS,
    scale=SCALE,
    matches=matches,
    read=joined(blocks),
    blocks=blocks,
    companions=COMPANIONS,
)


# -- Benchmark facts as text: `source TAB relation TAB target TAB date`, without a header.

TRIPLES_COLUMNS = ("source", "relation", "target", "date")


def matches_triples(path: Path) -> bool:
    """Whether the first line is four fields with a label of CAMEO and a day."""
    fields = first_line(path).split("\t")
    return len(fields) == 4 and _code_of_label(fields[1]) is not None and fields[3][:4].isdigit()


def blocks_triples(path: Path) -> Iterator[pl.LazyFrame]:
    """Read one file in blocks.

    Raises
    ------
    BadData : no such file, or an empty one
    """
    file = must_be_file(path)
    source, relation, target, when = (_field(at) for at in range(4))
    columns = {
        "_fields_expected": pl.lit(4, pl.Int64),
        "event_id": pl.format("{} | {} | {}", source, relation, target),
        "source_name": source.str.replace_all("_", " "),
        "target_name": target.str.replace_all("_", " "),
        "_code_text": relation.str.replace_all("_", " "),
        "date": day(when),
        "_date_text": when,
    }
    return (facts(_parted(lines, columns), "triples", file) for lines in line_blocks(file))


TRIPLES = Source(
    name="triples",
    summary="benchmark facts as text: source, relation, target, date by tabs (ICEWS05-15, ICEWS18)",
    citation="facts drawn from Boschee et al. (2015), ICEWS Coded Event Data, Harvard Dataverse, "
    "doi:10.7910/DVN/28075; cite the paper of the benchmark too",
    licence="most copies state none; the events behind them are under the terms of doi:10.7910/DVN/28075",
    columns=TRIPLES_COLUMNS,
    scale=SCALE,
    matches=matches_triples,
    read=joined(blocks_triples),
    blocks=blocks_triples,
)

SOURCES = (TKG, TRIPLES)
