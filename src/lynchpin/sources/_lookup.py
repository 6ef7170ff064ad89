"""Look-ups over columns: each distinct value is looked up once, never each row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from typing import Any

import polars as pl

from lynchpin.ontology import countries
from lynchpin.ontology.countries import System


def by_value(column: pl.Expr, look_up: Callable[[str], Any], dtype: pl.DataType) -> pl.Expr:
    """Replace each text by what is known about it.

    Parameters
    ----------
    column : expression of String
    look_up : str -> value of `dtype`, or None; asked once for each distinct value of a batch
    dtype : type of the answer

    Returns
    -------
    expression of `dtype`, null where the text is null
    """

    def answer(texts: pl.Series) -> pl.Series:
        known = texts.unique().drop_nulls()
        table = pl.DataFrame(
            {"text": known, "answer": pl.Series([look_up(text) for text in known], dtype=dtype, strict=False)}
        )
        asked = texts.rename("text").to_frame()
        return asked.join(table, on="text", how="left", maintain_order="left")["answer"].rename(texts.name)

    return column.map_batches(answer, return_dtype=dtype, is_elementwise=True)


def states_on(place: pl.Expr, day: pl.Expr, system: System, *, by_number: bool = False) -> pl.Expr:
    """The state a country text names on a day.

    Parameters
    ----------
    place : expression of String, a code or a name of `system`
    day : expression of Date
    system : which codes or names, as in `countries.find`
    by_number : whether a code without a state on that day stands for the state that then had the same COW number,
        for feeds that write today's codes throughout (RUS in 1979 is the Soviet Union)

    Returns
    -------
    expression of String, ISO3; null when there is no such state on that day, or no day
    """

    def answer(pairs: pl.Series) -> pl.Series:
        asked = pairs.struct.unnest().select(
            "place",
            era=pl.lit(pl.Series(_breaks(), dtype=pl.Date)).search_sorted(pl.col("day"), side="right"),
            dated=pl.col("day").is_not_null(),
        )
        known = asked.filter("dated").select("place", "era").unique().drop_nulls()
        table = known.with_columns(
            iso3=pl.Series([_find(*pair, system, by_number) for pair in known.rows()], dtype=pl.String)
        ).with_columns(dated=pl.lit(True))
        joined = asked.join(table, on=["place", "era", "dated"], how="left", maintain_order="left")
        return joined["iso3"].rename(pairs.name)

    pair = pl.struct(place.alias("place"), day.alias("day"))
    return pair.map_batches(answer, return_dtype=pl.String(), is_elementwise=True)


@cache
def _breaks() -> list[date]:
    """The days on which the list of countries changes: between two of them every answer stays the same."""
    begins = {country.valid_from for country in countries.all_countries() if country.valid_from}
    ends = {country.valid_to + timedelta(days=1) for country in countries.all_countries() if country.valid_to}
    return sorted(begins | ends)


@cache
def _find(place: str, era: int, system: System, by_number: bool = False) -> str | None:
    """`era` counts the breaks up to and including the day."""
    breaks = _breaks()
    day = breaks[era - 1] if era else breaks[0] - timedelta(days=1)
    found = countries.find(place, system, on=day)
    latest = countries.find(place, system) if by_number and found is None else None
    if latest is not None and latest.cow is not None:
        found = countries.find(latest.cow, "cow", on=day)
    return found.iso3 if found else None
