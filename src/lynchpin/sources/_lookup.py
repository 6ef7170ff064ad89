"""Look-ups over columns: each distinct value is looked up once, never each row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import numpy as np
import polars as pl

#: What a text stands for over time: the first day of each spell, from `date.min` on, and what holds from then on.
Spells = Sequence[tuple[date, Any]]

_APART = 1 << 32  # between the days of one text and those of the next: more than there are days
_MIDDLE = 1 << 31
_NEVER = 1 << 62
_EPOCH = date(1970, 1, 1)


def by_value(column: pl.Expr, look_up: Callable[[str], Any], dtype: pl.DataType) -> pl.Expr:
    """Replace each text by what is known about it.

    Parameters
    ----------
    column : expression of String
    look_up : str -> value of `dtype`, or None; asked once for each distinct value of a batch
    dtype : type of the answer; a struct is answered as a dict

    Returns
    -------
    expression of `dtype`, null (a struct: of nulls) where the text is null
    """

    def answer(texts: pl.Series) -> pl.Series:
        known, number = _numbered(texts)
        return _spread([look_up(text) for text in known], number, dtype).alias(texts.name)

    return column.map_batches(answer, return_dtype=dtype)


def by_spell(column: pl.Expr, day: pl.Expr, spells: Callable[[str], Spells], dtype: pl.DataType) -> pl.Expr:
    """As `by_value`, where what is known about a text depends on the day.

    Parameters
    ----------
    column : expression of String
    day : expression of Date
    spells : str -> all that the text stands for over time, by day; asked once for each distinct value of a batch
    dtype : type of what holds in a spell; a struct is told as a dict

    Returns
    -------
    expression of `dtype`, null (a struct: of nulls) where there is no text or no day
    """

    def answer(pairs: pl.Series) -> pl.Series:
        known, number = _numbered(pairs.struct.field("text"))
        told = [(_moment(at, first), value) for at, text in enumerate(known) for first, value in spells(text)]
        told.append((_NEVER, None))
        days = pairs.struct.field("day").cast(pl.Int32).cast(pl.Int64)
        moments = number.cast(pl.Int64) * _APART + days + _MIDDLE
        if moments.has_nulls():
            moments = moments.fill_null(_NEVER)
        begins = np.array([begin for begin, _ in told])
        place = pl.Series(np.searchsorted(begins, moments.to_numpy(), side="right") - 1)
        return _spread([value for _, value in told], place, dtype).alias(pairs.name)

    pair = pl.struct(column.alias("text"), day.alias("day"))
    return pair.map_batches(answer, return_dtype=dtype)


# Series rather than expressions below: a query of its own costs more than the work of a block.


def _numbered(texts: pl.Series) -> tuple[pl.Series, pl.Series]:
    """The distinct texts, and for each row the place of its own among them."""
    known = texts.unique().drop_nulls()
    return known, texts.cast(pl.Enum(known)).to_physical()


def _moment(number: int, day: date) -> int:
    return number * _APART + (day - _EPOCH).days + _MIDDLE


def _spread(answers: list[Any], place: pl.Series, dtype: pl.DataType) -> pl.Series:
    """The answer at each place; the fields of a struct go one by one, which is several times faster."""
    found = pl.Series("answer", answers, dtype=dtype, strict=False)
    if isinstance(dtype, pl.Struct):
        return pl.DataFrame([field.gather(place) for field in found.struct.unnest()]).to_struct("answer")
    return found.gather(place)
