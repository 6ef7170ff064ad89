"""ATOP: alliance obligations by pair and year (atop6_0ddyr / ddy files, directed or not).

A row is one pair in one year with five flags. Consecutive years with a flag make one fact. ATOP reads wide: the
basic treaty of Japan and South Korea of 1965 is coded as a non-aggression pact, so a rule that means allies asks for
defence, which is what `allied_with` does unless told otherwise.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from lynchpin.account.structure._table import Reading, StructuralTable, bearer_in_year
from lynchpin.account.structure.facts import SCHEMA

_FLAGS = {
    "atop_defense": "defense",
    "atop_offense": "offense",
    "atop_neutral": "neutrality",
    "atop_nonagg": "nonaggression",
    "atop_consul": "consultation",
}


def read(frame: pl.DataFrame) -> Reading:
    """Dyad-years to spans of years."""
    numbers = [pl.col(name).cast(pl.Float64, strict=False) for name in ("ccode1", "ccode2", "year", *_FLAGS)]
    rows = frame.select(*numbers).with_row_index("row", offset=2).with_columns(pl.col("row").cast(pl.Int64))
    sides = pl.concat([rows.select(code=pl.col(name), year="year") for name in ("ccode1", "ccode2")]).unique()
    known = {
        (code, year): bearer_in_year(int(code), int(year))
        for code, year in sides.drop_nulls().rows()
        if code == int(code) and year == int(year) and 1400 <= year <= 2200
    }
    names = pl.DataFrame(
        [(code, year, name) for (code, year), name in known.items()],
        schema={"code": pl.Float64, "year": pl.Float64, "name": pl.String},
        orient="row",
    )
    for side, code in (("x", "ccode1"), ("y", "ccode2")):
        rows = rows.join(names.rename({"name": side, "code": code}), on=[code, "year"], how="left").sort("row")
    reason = (
        pl.when(pl.any_horizontal(pl.col("ccode1", "ccode2", "year").is_null()))
        .then(pl.lit("a code or year that is no number"))
        .when(pl.any_horizontal(pl.col("x", "y").is_null()))
        .then(pl.lit("no state of ours has the code in that year"))
        .when(pl.col("x") == pl.col("y"))
        .then(pl.lit("one state on both sides"))
        .when(pl.any_horizontal(~pl.col(*_FLAGS).is_in([0.0, 1.0]).fill_null(False)))
        .then(pl.lit("a flag that is neither 0 nor 1"))
    )
    judged = rows.with_columns(reason=reason)
    refused = judged.filter(pl.col("reason").is_not_null()).select("row", "reason")
    good = judged.filter(pl.col("reason").is_null())
    years = good["year"] if good.height else pl.Series([1.0])
    first, last = (int(end) for end in (years.to_numpy().min(), years.to_numpy().max()))
    facts = pl.concat([_spans(good, flag, word, last) for flag, word in _FLAGS.items()])
    return Reading(
        frame.height,
        facts.sort("kind", "a", "b", "since", "detail", "row"),
        refused,
        date(first, 1, 1),
        date(last, 12, 31),
    )


def _spans(rows: pl.DataFrame, flag: str, word: str, last: int) -> pl.DataFrame:
    """Runs of years in which a pair has one obligation, as facts."""
    pair = ["a", "b"]
    years = (
        rows.filter(pl.col(flag) == 1.0)
        .select(
            a=pl.min_horizontal("x", "y"), b=pl.max_horizontal("x", "y"), year=pl.col("year").cast(pl.Int32), row="row"
        )
        .group_by([*pair, "year"])
        .agg(pl.col("row").min())
        .sort([*pair, "year"])
    )
    run = (pl.col("year") != pl.col("year").shift(1).over(pair) + 1).fill_null(True).cum_sum().over(pair)
    spans = (
        years.with_columns(run=run)
        .group_by([*pair, "run"])
        .agg(first=pl.col("year").min(), last=pl.col("year").max(), row=pl.col("row").min())
    )
    open_end = pl.col("last") >= last
    return spans.select(
        kind=pl.lit("alliance"),
        a="a",
        b="b",
        since=pl.date("first", 1, 1),
        until=pl.when(~open_end).then(pl.date("last", 12, 31)),
        known_from=pl.date(pl.col("first") + 1, 1, 1),
        known_to=pl.when(~open_end).then(pl.date(pl.col("last") + 1, 12, 31)),
        value=pl.lit(None, dtype=pl.Float64),
        detail=pl.lit(word),
        dataset=pl.lit("ATOP"),
        row="row",
    ).cast(SCHEMA)  # type: ignore[arg-type]


TABLE = StructuralTable(
    name="atop",
    kinds=("alliance",),
    summary="alliance obligations by pair and year",
    citation="Leeds, Ritter, Mitchell, Long (2002), Alliance Treaty Obligations and Provisions, 1815-1944, "
    "International Interactions 28(3); http://www.atopdata.org",
    licence="free for research with citation; see atopdata.org",
    columns=("ccode1", "ccode2", "year", *_FLAGS),
    read=read,
)
