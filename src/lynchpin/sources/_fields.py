"""Fields of lines parted by one sign, of feeds whose lines have no header: the few columns that are wanted, by place.

A block of whole lines is read the fast way, straight into columns, when counting proves that every line has the same
number of fields: the separators add up, and the last field is never empty. Else its lines are taken apart one by one,
which any text survives. Both ways give the same rows under the same numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl

from ._text import Block, blocks, count


def fields(path: Path, separator: str, widths: tuple[int, ...], wanted: Mapping[str, int]) -> Iterator[pl.LazyFrame]:
    """Some columns of a file, block by block.

    Parameters
    ----------
    path : Path
    separator : str, one ASCII sign; fields are never quoted
    widths : tuple of int, the numbers of fields that a line may have, the usual one first
    wanted : mapping of column name to place, from 0; a place that a line does not have gives ""

    Yields
    ------
    LazyFrame of `row`, `raw`, `_fields`, `_fields_expected` and the wanted columns (String, never null)
    """
    for block in blocks(path):
        yield block_fields(block, separator, widths, wanted)


def block_fields(block: Block, separator: str, widths: tuple[int, ...], wanted: Mapping[str, int]) -> pl.LazyFrame:
    """As `fields`, for one block."""
    for width in widths:
        frame = _even(block, separator, width, wanted)
        if frame is not None:
            return frame
    return _uneven(block, separator, widths, wanted)


def _even(block: Block, separator: str, width: int, wanted: Mapping[str, int]) -> pl.LazyFrame | None:
    """A block whose lines all have `width` fields; None when that is not so or cannot be told."""
    if count(block.data, separator.encode()) != (width - 1) * block.lines or b"\r" in block.data:
        return None
    here = {name: place for name, place in wanted.items() if place < width}
    names = [f"column_{place}" for place in range(width)]
    try:
        frame = (
            pl.scan_csv(
                block.data,
                separator=separator,
                quote_char=None,
                has_header=False,
                schema=dict.fromkeys(names, pl.String),
                truncate_ragged_lines=True,
                encoding="utf8",
            )
            .select(names[-1], **{name: pl.col(names[place]).fill_null("") for name, place in here.items()})
            .collect()
        )
    except pl.exceptions.PolarsError:
        return None
    if frame.height != block.lines or frame[names[-1]].has_nulls():
        return None  # a short line has no last field; with none short, none can be long
    fields = pl.lit(width, pl.Int64)
    return (
        pl.concat([block.scan().collect(), frame], how="horizontal")
        .rechunk()  # the reader's chunks are small, and each costs every step after it
        .lazy()
        .select(
            "row",
            "raw",
            _fields=fields,
            _fields_expected=fields,
            **{name: pl.col(name) if name in here else pl.lit("") for name in wanted},
        )
    )


def _uneven(block: Block, separator: str, widths: tuple[int, ...], wanted: Mapping[str, int]) -> pl.LazyFrame:
    split = block.scan().with_columns(_split=pl.col("raw").str.split(separator))
    found = pl.col("_split").list.len().cast(pl.Int64)
    return split.select(
        "row",
        "raw",
        _fields=found,
        _fields_expected=pl.when(found.is_in(list(widths))).then(found).otherwise(pl.lit(widths[0], pl.Int64)),
        **{name: pl.col("_split").list.get(place, null_on_oob=True).fill_null("") for name, place in wanted.items()},
    )
