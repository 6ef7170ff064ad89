"""The days of a column whose writing nobody has stated: judged as a whole, or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

import polars as pl

from lynchpin.errors import BadData
from lynchpin.record.sources._feed import calendar

Order = Literal["year first", "day first", "month first"]

_TIME = r"[T ]+\d{1,2}:\d{2}.*$"
_PLAIN = r"^\d{4}[-./]?\d{2}[-./]?\d{2}$"
_PARTS = r"^(\d{1,2})[-./](\d{1,2})[-./](\d{4})$"
_FORMATS = {"day first": "%d-%m-%Y", "month first": "%m-%d-%Y"}
#: The note for each order, and for a time of day that was left out.
ORDER_NOTES: dict[Order, str | None] = {
    "year first": None,
    "day first": "dates_day_first",
    "month first": "dates_month_first",
}
TIME_NOTE = "time_of_day"


def bare(text: pl.Expr) -> pl.Expr:
    """The text of a day, without a time of day behind it."""
    return text.str.strip_chars().str.replace(_TIME, "")


def is_plain(texts: pl.Series) -> bool:
    """Whether every cell that holds something is written with the year first, so that nothing is to be judged."""
    day = pl.DataFrame({"text": texts}).select(bare(pl.col("text")))["text"]
    return bool((day.str.contains(_PLAIN) | (day == "")).all())


def read_days(text: pl.Expr, order: Order) -> pl.Expr:
    """Days from their texts: with the year first always, else in one order; null for anything else."""
    day = bare(text)
    plain = (
        pl.when(day.str.contains(_PLAIN)).then(day.str.replace_all(r"[-./]", "")).str.to_date("%Y%m%d", strict=False)
    )
    if order == "year first":
        return calendar(plain)
    parted = pl.when(day.str.contains(_PARTS)).then(day.str.replace_all(r"[./]", "-"))
    return calendar(pl.coalesce(plain, parted.str.to_date(_FORMATS[order], strict=False)))


def order_of(first_rows: Mapping[str, int], column: str, file: Path) -> Order:
    """In which order the days of a column are written.

    Parameters
    ----------
    first_rows : mapping of each text that occurs to the first line it stands on
    column : str, its name
    file : Path, for the error

    Returns
    -------
    Order : the only one in which every text is a day that any order makes one of; "year first" where no text needs one

    Raises
    ------
    BadData : two orders fit, or none does
    """
    texts = pl.DataFrame({"text": list(first_rows)}, schema={"text": pl.String}).filter(
        bare(pl.col("text")).str.contains(_PARTS)
    )
    days = texts.with_columns(d=read_days(pl.col("text"), "day first"), m=read_days(pl.col("text"), "month first"))
    days = days.filter(pl.col("d").is_not_null() | pl.col("m").is_not_null())
    only = {
        "day first": days.filter(pl.col("m").is_null())["text"],
        "month first": days.filter(pl.col("d").is_null())["text"],
    }
    told = [_first(texts, first_rows) for texts in only.values()]
    if told[0] and told[1]:
        (day, day_row), (month, month_row) = told[0], told[1]
        raise BadData(
            f"the days of {column!r} are written in two ways: {day!r} has the day first, {month!r} the month",
            f"{file}, lines {day_row} and {month_row}",
            "write them in one way, best as YYYY-MM-DD",
        )
    unsure = _first(days.filter(pl.col("d") != pl.col("m"))["text"], first_rows)
    if unsure and not told[0] and not told[1]:
        raise BadData(
            f"the days of {column!r} could have the day first or the month, as in {unsure[0]!r}",
            f"{file}, line {unsure[1]}",
            'say which in the mapping: date_format = "%d/%m/%Y" or "%m/%d/%Y", with the signs that the file has',
        )
    if told[0] or told[1]:
        return "day first" if told[0] else "month first"
    return "day first" if days.height else "year first"  # 03/03/2012 is one day in either order


def _first(texts: Iterable[str], first_rows: Mapping[str, int]) -> tuple[str, int] | None:
    found = min(texts, key=first_rows.__getitem__, default=None)
    return None if found is None else (found, first_rows[found])
