"""Text files, line by line: which encoding, which lines, and under which number."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import polars as pl

from lynchpin.errors import BadData
from lynchpin.files import must_be_regular
from lynchpin.textfile import STRAYS, stray_bytes

_CHUNK = 1 << 22
_BLOCK = 1 << 24  # larger ones cost more: their memory is asked for anew each time
_BLOCK_LINES = 1 << 16  # a line costs far more than its bytes when it is short
_PIECE = 1 << 16


def must_be_file(path: str | Path) -> Path:
    """A path to a file that holds something.

    Raises
    ------
    BadData : there is no such file, it is a folder, it cannot be read, or it is empty
    """
    file = must_be_regular(path)
    try:
        with file.open("rb") as stream:
            if not stream.read(1):
                raise BadData("the file is empty", str(file), "fetch it again, or leave it out")
    except OSError as error:
        raise BadData(f"the file cannot be read: {error.strerror}", str(file)) from None
    return file


def first_line(path: Path) -> str:
    """The first line, without a byte order mark; at most 64 KiB; bytes that are not UTF-8 are replaced."""
    with path.open("rb") as stream:
        line = stream.readline(1 << 16)
    return line.removeprefix(codecs.BOM_UTF8).decode("utf-8", errors="replace").rstrip("\r\n")


def encoding(path: Path) -> str:
    """The encoding in words, for the record: "utf-8", or with the number of bytes read as latin-1; or "parquet"."""
    with path.open("rb") as stream:
        if stream.read(4) == b"PAR1":
            return "parquet"
    strays = stray_bytes(path)
    return "utf-8" if not strays else f"utf-8, {strays} bytes read as latin-1"


def line_blocks(path: Path, *, after: int = 0) -> Iterator[pl.LazyFrame]:
    """Every line of a text file after so many of header, in blocks.

    Lines end with LF or CR LF. Text is UTF-8; a byte that cannot be is read as latin-1, so that one foreign
    name does not spoil the others; NUL becomes U+FFFD. A byte order mark is dropped.

    Parameters
    ----------
    path : Path, a file that is not empty

    Yields
    ------
    LazyFrame with `row` (Int64, from 1) and `raw` (String, "" for a blank line)
    """
    for block in blocks(path):
        yield block.scan().filter(pl.col("row") > after) if block.first <= after else block.scan()


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines of a file, cleaned as in `line_blocks`.

    Attributes
    ----------
    data : bytes, UTF-8 without NUL; every line ends with LF
    first : int, the number of the first line in the file
    lines : int, how many there are
    """

    data: bytes
    first: int
    lines: int

    def scan(self) -> pl.LazyFrame:
        """The lines, with the numbers that they have in the file: `row` and `raw`."""
        return _lines(BytesIO(self.data), self.first)


def blocks(path: Path, size: int = _BLOCK, most_lines: int = _BLOCK_LINES) -> Iterator[Block]:
    """The lines of a text file in blocks, so that a long file needs little memory.

    Parameters
    ----------
    path : Path
    size : int, bytes to a block, about; a line is never cut
    most_lines : int, lines to a block at most
    """
    for block in _blocks_of_size(path, size):
        yield from _pieces(block, most_lines)


def _pieces(block: Block, most_lines: int) -> Iterator[Block]:
    """A block of more lines as several."""
    if block.lines <= most_lines:
        yield block
        return
    ends = np.flatnonzero(np.frombuffer(block.data, np.uint8) == ord("\n")) + 1
    start = 0
    for line in range(0, block.lines, most_lines):
        lines = min(most_lines, block.lines - line)
        end = int(ends[line + lines - 1])
        yield Block(block.data[start:end], block.first + line, lines)
        start = end


def _blocks_of_size(path: Path, size: int) -> Iterator[Block]:
    first, rest = 1, [b""]
    with path.open("rb") as stream:
        while chunk := stream.read(size):
            cut = chunk.rfind(b"\n") + 1
            if not cut:
                rest.append(chunk)
                continue
            block = _block(b"".join([*rest, memoryview(chunk)[:cut]]), first)
            rest, first = [chunk[cut:]], first + block.lines
            yield block
    tail = b"".join(rest)
    if tail:
        yield _block(tail + b"\n", first)


def count(data: bytes, sign: bytes) -> int:
    """How often one sign, a single byte, occurs: as `data.count`, several times faster where it is frequent."""
    signs = np.frombuffer(data, np.uint8)
    return sum(
        int(np.count_nonzero(signs[start : start + _PIECE] == sign[0])) for start in range(0, signs.size, _PIECE)
    )


def _block(data: bytes, first: int) -> Block:
    if first == 1:
        data = data.removeprefix(codecs.BOM_UTF8)
    if not _is_text(data):
        data = data.decode("utf-8", errors=STRAYS).replace("\x00", "\ufffd").encode("utf-8")
    return Block(data, first, count(data, b"\n"))


def _is_text(data: bytes) -> bool:
    """Whether this is UTF-8 without NUL; in pieces, since a text in memory can be four times its bytes."""
    if b"\x00" in data:
        return False
    if data.isascii():
        return True
    decoder = codecs.getincrementaldecoder("utf-8")(errors="strict")
    try:
        for start in range(0, len(data), _CHUNK):
            decoder.decode(data[start : start + _CHUNK], final=start + _CHUNK >= len(data))
    except UnicodeDecodeError:
        return False
    return True


def _lines(source: Path | BytesIO, first: int) -> pl.LazyFrame:
    lines = pl.scan_csv(  # one field to a line: NUL separates, and none is left
        source,
        separator="\x00",
        quote_char=None,
        has_header=False,
        schema={"raw": pl.String},
        row_index_name="row",
        row_index_offset=first,
        encoding="utf8",
    )
    return lines.select(pl.col("row").cast(pl.Int64), pl.col("raw").fill_null(""))


# -- Fields of lines parted by one sign, of feeds whose lines have no header: the few columns that are wanted, by
# place.


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
