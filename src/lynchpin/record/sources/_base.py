"""The contract of a source.

`read` gives a lazy frame with the columns of `lynchpin.events.SCHEMA`, with one row for each line after the
header. A value that cannot be read is null, never a guess; `known_from` is null too where the feed does not say when it
had the row, and the store puts the day of the act there. Beside them stand

    raw                the text of the line
    _fields            number of fields on the line
    _fields_expected   number of fields it should have
    _date_text, _known_text, _magnitude_text, _code_text, _label_code, ...   what the rules of the store look at
    _source_place, _target_place    the country as written, for the count of names that are not known
    _what      what a line is that is no row: one of `lynchpin.tabular.OTHER_LINES`
    _notes     what was mended of the row at reading: names in `lynchpin.record.store.check.NOTES`
    _unfit     why a row is no act between states that the store could hold: one of its rules

`row` is the number of the line in the file, from 1, so that an editor finds it. A row that spans several
lines has the number of its first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import polars as pl

from lynchpin.events import SCHEMA

Kind = Literal["events", "mentions"]


@dataclass(frozen=True, slots=True)
class Source:
    """One feed.

    Attributes
    ----------
    name : str, lower case, unique
    summary, citation, licence : str, one line each
    columns : tuple of str, the feed's own columns in their order
    scale : str, name of the scale of `magnitude`
    matches : Path -> bool, whether the first line looks like this feed; looks at nothing else, but for the name of
        the file where two feeds write the same lines
    read : Path -> LazyFrame, one row for each line; BadData when the file as a whole is not of this feed
    hand_coded : bool, whether people wrote the rows; stricter rules hold for them
    kind : {"events", "mentions"}, what a row is: an event, or one page that told of an event known by its id
    companions : tuple of str, names or patterns of files that are read beside those of the feed and hold no rows
    for_file : Path -> Source, what this source becomes for one file that says more of itself, as a mapping beside
        it does; such a file belongs to no other source. None: itself
    blocks : Path -> iterator of LazyFrame, the rows of `read` in blocks, for files that are long; None: one block
    coded_by : str, who wrote the rows of a feed that is not `hand_coded`, in words
    """

    name: str
    summary: str
    citation: str
    licence: str
    columns: tuple[str, ...]
    scale: str
    matches: Callable[[Path], bool]
    read: Callable[[Path], pl.LazyFrame]
    hand_coded: bool = False
    kind: Kind = "events"
    companions: tuple[str, ...] = ()
    for_file: Callable[[Path], Source] | None = None
    blocks: Callable[[Path], Iterator[pl.LazyFrame]] | None = None
    coded_by: str = "machine"

    def in_blocks(self, path: Path) -> Iterator[pl.LazyFrame]:
        """The rows of a file, block by block, in the order of their lines."""
        return iter([self.read(path)]) if self.blocks is None else self.blocks(path)


def joined(blocks: Callable[[Path], Iterator[pl.LazyFrame]]) -> Callable[[Path], pl.LazyFrame]:
    """The `read` of a source that reads in blocks: all of them in one; it raises what `blocks` raises."""
    return lambda path: pl.concat(list(blocks(path)))


#: The columns of a source whose `kind` is "mentions"; `raw`, `_fields` and `_fields_expected` stand beside them.
MENTION: dict[str, pl.DataType] = {
    "event_id": pl.String(),
    "date": pl.Date(),  # of the page
    "outlet": pl.String(),
    "url": pl.String(),
    "sentence": pl.Int64(),  # its place on the page
    "confidence": pl.Float64(),  # 0..100
    "file": pl.String(),
    "row": pl.Int64(),
}


#: What a source may leave out, and what stands there then. A helper is null when it says nothing.
HELPERS: dict[str, pl.DataType] = {
    "raw": pl.String(),
    "_fields": pl.Int64(),
    "_fields_expected": pl.Int64(),
    "_date_text": pl.String(),
    "_magnitude_text": pl.String(),
    "_code_text": pl.String(),
    "_label_code": pl.String(),
    "_strangers": pl.Int64(),
    "_known_text": pl.String(),
    "_source_place": pl.String(),
    "_target_place": pl.String(),
    "_what": pl.String(),
    "_notes": pl.List(pl.String()),
    "_unfit": pl.String(),
}


def complete(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Give a frame every column of the contract, in order and with its type; those it lacks are null."""
    wanted: dict[str, pl.DataType] = {**SCHEMA, **HELPERS}
    have = set(frame.collect_schema().names())
    return frame.select(
        pl.col(name).cast(dtype) if name in have else pl.lit(None, dtype).alias(name) for name, dtype in wanted.items()
    )
