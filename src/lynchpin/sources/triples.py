"""Benchmark facts as text: `source TAB relation TAB target TAB date`, without a header.

This is how the facts of ICEWS05-15 and ICEWS18 go around. What to know:

- A fact is there once for each day, so counts are those of distinct facts and not of reports. A mutual act is
  there twice, with its sides swapped.
- There is no id: source, relation and target make one, so that a repeated line is a duplicate.
- A relation is a label of CAMEO; some files write "_" for blanks and leave hyphens out.
- There is no country column. A name is a state, `Sector (Country)`, a person or a body; what names no state
  leaves its side empty, and is counted by name.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from ._base import Source
from ._facts import SCALE, facts
from ._feed import _code_of_label, day, split_lines
from ._text import first_line, must_be_file

COLUMNS = ("source", "relation", "target", "date")


def matches(path: Path) -> bool:
    """Whether the first line is four fields with a label of CAMEO and a day."""
    fields = first_line(path).split("\t")
    return len(fields) == 4 and _code_of_label(fields[1]) is not None and fields[3][:4].isdigit()


def read(path: Path) -> pl.LazyFrame:
    """Read one file.

    Raises
    ------
    BadData : no such file, or an empty one
    """
    file = must_be_file(path)
    source, relation, target, when = (_field(at) for at in range(4))
    texts = split_lines(file, "\t").select(
        "row",
        "raw",
        "_fields",
        _fields_expected=pl.lit(4, pl.Int64),
        event_id=pl.format("{} | {} | {}", source, relation, target),
        source_name=source.str.replace_all("_", " "),
        target_name=target.str.replace_all("_", " "),
        _code_text=relation.str.replace_all("_", " "),
        date=day(when),
        _date_text=when,
    )
    return facts(texts, "triples", file)


def _field(at: int) -> pl.Expr:
    return pl.col("_split").list.get(at, null_on_oob=True).fill_null("")


SOURCE = Source(
    name="triples",
    summary="benchmark facts as text: source, relation, target, date by tabs (ICEWS05-15, ICEWS18)",
    citation="facts drawn from Boschee et al. (2015), ICEWS Coded Event Data, Harvard Dataverse, "
    "doi:10.7910/DVN/28075; cite the paper of the benchmark too",
    licence="most copies state none; the events behind them are under the terms of doi:10.7910/DVN/28075",
    columns=COLUMNS,
    scale=SCALE,
    matches=matches,
    read=read,
)
