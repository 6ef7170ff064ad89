"""Frames of other libraries: a pandas frame, an Arrow table, whatever gives its columns, as a polars frame."""

from __future__ import annotations

from typing import Any, TypeAlias

import polars as pl

from lynchpin.errors import BadValue

#: A table of any library that `as_polars` takes.
Frame: TypeAlias = pl.DataFrame | pl.LazyFrame | Any


def as_polars(table: Any, where: str) -> pl.DataFrame:
    """A table as a polars frame; pandas needs nothing beside it, and its index is left out.

    Parameters
    ----------
    table : polars frame, given back as it is; a lazy one, which is collected; a pandas frame, whose missing values
        (None, NaN, NaT, NA) become null; or anything that speaks the Arrow C stream, such as a pyarrow table
    where : str, the argument, for the error

    Raises
    ------
    BadValue : something else

    Examples
    --------
    >>> as_polars(pl.DataFrame({"time": [1, 2]}).lazy(), "events").height
    2
    """
    if isinstance(table, pl.DataFrame):
        return table
    if isinstance(table, pl.LazyFrame):
        return table.collect()
    if type(table).__module__.partition(".")[0] == "pandas" and hasattr(table, "columns"):
        return pl.DataFrame({str(name): _column(table[name]) for name in table.columns}, strict=False)
    if hasattr(table, "__arrow_c_stream__"):
        return pl.DataFrame(table)
    what = f"a frame is needed, and this is of type {type(table).__name__}"
    raise BadValue(what, where, "give a polars or pandas frame, an Arrow table, or the path of a CSV")


def _column(series: Any) -> list[Any]:
    """Its values as Python has them, None where one is missing."""
    values = series.astype(object)
    missing = series.isna()
    return [None if gone else value for value, gone in zip(values.tolist(), missing.tolist(), strict=True)]
