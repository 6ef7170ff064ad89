"""Text tables as people and programs write them: one reader for feeds, the files of a case and streams of events.

What can be read in one way only is read, and what was mended on the way is told in a note:

    encoding       UTF-8 with or without a mark, UTF-16; bytes that are not UTF-8 are read as Western (latin-1)
    line ends      LF, CR LF, or CR where there is no LF
    separators     commas, semicolons, tabs, bars; blanks in the tables that R writes
    quotes         around any field, header too; a field in quotes may hold separators, and line ends but for feeds
    row names      the unnamed numbers that R writes before each row
    other lines    blank ones, comments (#, with another number of fields than a row), the header once more
    numbers        decimal commas, where no cell could be read with thousands

Anything else is one error that names the line and what is likely wrong with it.
"""

from __future__ import annotations

import csv
import io
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import polars as pl

from lynchpin.errors import BadData, LynchpinWarning
from lynchpin.textfile import encoding_of, head_of, numbered_lines

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", " ": "blanks"}

#: What may be mended of a file as a whole, and what a note says of it.
MENDED = {
    **{f"parted_by_{name}": f"the fields are parted by {name}" for name in SEPARATORS.values()},
    "utf_16": "the file is in UTF-16",
    "latin_1": "the file is not in UTF-8; its bytes beyond that are read as latin-1",
    "cr_line_ends": "lines end with CR alone",
    "row_numbers": "rows are numbered before their first field, as R does",
    "lines_above_header": "lines above the header are passed over",
    "decimal_commas": "numbers are written with decimal commas",
}

#: What a line is beside a row, and what a note says of such lines.
OTHER_LINES = {"blank": "blank lines", "comment": "comment lines", "header": "repeated headers"}

_HEAD, _PART, _SAMPLE, _LONGEST = 1 << 20, 1 << 16, 200, 1 << 20


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table whose header has been read.

    Attributes
    ----------
    path : Path
    separator : str, one of `SEPARATORS`, or the one that was given
    encoding : str, "utf-8", "utf-16-le" or "utf-16-be"
    line_end : str, LF or CR
    header : tuple of str, the names of the columns, without blanks around them
    header_row : int, the line of the header, from 1
    has_row_names : bool, whether a row has one field more, its number, before the others
    notes : tuple of str, what was mended of the file as a whole, by the names in `MENDED`
    is_feed : bool, whether one line is one row whatever its quotes; then a line that looks wrong is a row all the same
    """

    path: Path
    separator: str
    encoding: str
    line_end: str
    header: tuple[str, ...]
    header_row: int
    has_row_names: bool
    notes: tuple[str, ...]
    is_feed: bool

    def parts(self, lines_at_once: int = _PART) -> Iterator[pl.DataFrame]:
        """Every line after the header, some at a time.

        Yields
        ------
        DataFrame of `row` (the line, from 1; the first of several), `raw` (its text), `cells` (list of String) and
        `what` ("" for a row, or one of `OTHER_LINES`)

        Raises
        ------
        BadData : a quote that is not closed, or a line that could be a comment or a row; never of a feed
        """
        rows, texts, cells = list[int](), list[str](), list[list[str] | None]()
        with numbered_lines(self.path, self.encoding, self.line_end) as lines:
            for number, text in lines:
                if number <= self.header_row:
                    continue
                whole, parted = (
                    (text, None) if '"' not in text and self.separator != " " else self._record(number, text, lines)
                )
                rows.append(number)
                texts.append(whole)
                cells.append(parted)
                if len(rows) == lines_at_once:
                    yield self._part(rows, texts, cells)
                    rows, texts, cells = [], [], []
        yield self._part(rows, texts, cells)

    def frame(self) -> tuple[pl.DataFrame, pl.Series, tuple[str, ...]]:
        """The rows as texts, a column for each name, with the line of each and the notes; "" for an empty cell.

        Raises
        ------
        BadData : as for `parts`; a row with more or fewer fields than the header; two columns of one name that differ
        """
        parts, seen = [], Counter[str]()
        for part in self.parts():
            seen.update(kind for kind in part["what"] if kind)
            parts.append(part.filter(pl.col("what") == ""))
        whole, width = pl.concat(parts), len(self.header)
        count = whole["cells"].list.len()
        beyond = whole["cells"].list.slice(width).list.join("").str.strip_chars() == ""
        wrong = whole.filter((count < width) | ((count > width) & ~beyond))
        if wrong.height:
            self._wrong_count(wrong.row(0, named=True))
        columns, notes = self._columns(whole["cells"])
        says = [MENDED[note] for note in self.notes]
        notes = [*says, *notes, *(f"{OTHER_LINES[kind]} passed over: {n}" for kind, n in sorted(seen.items()))]
        frame = pl.DataFrame(columns)
        if self.separator != ",":
            pointed = {name: text for name in frame.columns if (text := with_points(frame[name])) is not None}
            frame = frame.with_columns(**pointed)
            notes += [f"decimal commas read in the column {name!r}" for name in pointed]
        return frame, whole["row"], tuple(notes)

    def _columns(self, cells: pl.Series) -> tuple[dict[str, pl.Series], list[str]]:
        """The columns by name: one that is there twice with the same cells counts once, one without a name never."""
        columns, notes = dict[str, pl.Series](), list[str]()
        for place, name in enumerate(self.header):
            column = cells.list.get(place, null_on_oob=True).fill_null("").rename(name)
            if not name:
                if (column != "").any() and not self.has_row_names:
                    notes.append(f"the column {place + 1}, which has no name, was left out")
            elif name in columns and not column.equals(columns[name]):
                self._fault(f"two columns are named {name!r}, and they differ", self.header_row, "rename one of them")
            elif name in columns:
                notes.append(f"the column {name!r} is there twice with the same cells, and counts once")
            else:
                columns[name] = column
        return columns, notes

    def _record(self, number: int, text: str, lines: Iterator[tuple[int, str]]) -> tuple[str, list[str]]:
        """The record that begins on a line: its text and its fields."""
        cells = fields(text, self.separator)
        if self.is_feed or not _is_open(text, self.separator):
            return text, cells
        where = f"{self.path}, line {number}"
        mend = 'close it with ", and write a quote inside a field as ""'
        for at, more in lines:
            alone = fields(more, self.separator)
            text = f"{text}\n{more}"
            if not _is_open(text, self.separator):
                cells = fields(text, self.separator)
                if len(cells) == len(self.header) + self.has_row_names or len(alone) < len(self.header):
                    return text, cells
            if len(alone) == len(self.header) >= 3 and not _is_open(more, self.separator):
                raise BadData(f"a quote is not closed before line {at}, which looks like a row of its own", where, mend)
            if len(text) > _LONGEST:
                break
        raise BadData("a quote is never closed", where, mend)

    def _part(self, rows: list[int], texts: list[str], cells: list[list[str] | None]) -> pl.DataFrame:
        width = len(self.header) + self.has_row_names
        given = pl.Series("given", cells, dtype=pl.List(pl.String))
        part = pl.DataFrame(
            {"row": rows, "raw": texts, "given": given}, schema_overrides={"row": pl.Int64, "raw": pl.String}
        )
        split = pl.when(pl.col("given").is_null()).then(pl.col("raw").str.split(self.separator)).otherwise("given")
        part = part.with_columns(cells=split)
        count = pl.col("cells").list.len()
        blank = pl.col("raw").str.strip_chars(f'{self.separator} \t\r"') == ""
        hashed = pl.col("raw").str.starts_with("#")
        again = pl.col("cells").list.join("\x1f").str.replace_all(" ", "") == "\x1f".join(self.header).replace(" ", "")
        kinds = pl.when(blank).then(pl.lit("blank")).when(hashed & (count != width)).then(pl.lit("comment"))
        kinds = kinds.when(again & (len(self.header) > 1)).then(pl.lit("header"))
        part = part.with_columns(what=kinds.otherwise(pl.lit("")))
        if not self.is_feed and (unsure := part.filter(hashed & (pl.col("what") == ""))).height:
            says = "a line begins with # and has as many fields as a row: it could be a comment or a row"
            self._fault(says, unsure["row"][0], 'remove it, or put its first field in quotes: "#..."')
        if self.has_row_names:
            rest = pl.when((count == width) & (pl.col("what") == "")).then(pl.col("cells").list.slice(1))
            part = part.with_columns(cells=rest.otherwise("cells"))
        return part.select("row", "raw", "cells", "what")

    def _wrong_count(self, row: dict[str, object]) -> NoReturn:
        cells = row["cells"]
        assert isinstance(cells, list)
        more, name = len(cells) > len(self.header), SEPARATORS.get(self.separator, "separators")
        mend = f"put a field that holds {name} in quotes" if more else "fill it up, or look whether the line was cut"
        says = f"a row of {len(cells)} fields where the header has {len(self.header)}, parted by {name}"
        self._fault(says, int(str(row["row"])), mend)

    def _fault(self, what: str, line: int, mend: str) -> NoReturn:
        raise BadData(what, f"{self.path}, line {line}", mend)


def open_table(
    path: str | Path,
    *,
    separator: str = "",
    knows: Callable[[Sequence[str]], bool] | None = None,
    is_feed: bool = False,
) -> TextTable:
    """Read the header of a table, and how the table is written.

    Parameters
    ----------
    path : file, plain or .gz
    separator : str, where it is known; "" to tell it from the header
    knows : function, whether names could be those of the header; it settles what more than one reading would fit
    is_feed : bool, as in `TextTable`

    Raises
    ------
    BadData : no such file, nothing in it, no text, or fields that could be parted in two ways
    """
    file = Path(path)
    encoding, notes = encoding_of(file, is_feed=is_feed)
    head = head_of(file, encoding, _HEAD)
    line_end = "\r" if "\r" in head and "\n" not in head else "\n"
    if line_end == "\r":
        notes.append("cr_line_ends")
    lines = head.split(line_end)
    at, line = _header(lines, separator, knows)
    if not line.strip():
        raise BadData("the file holds no header", str(file), "write the names of its columns into its first line")
    sample = [text for text in lines[at + 1 : at + 1 + _SAMPLE] if text.strip() and not text.startswith("#")]
    sign = separator or _separator(file, at + 1, line, sample, knows)
    if not separator and sign != ",":
        notes.append(f"parted_by_{SEPARATORS[sign]}")
    names = tuple(name.strip() for name in fields(line, sign))
    has_row_names = _has_row_names([fields(text, sign) for text in sample], len(names))
    if has_row_names:
        notes.append("row_numbers")
    if any(text.strip() for text in lines[:at]):
        notes.append("lines_above_header")
    return TextTable(file, sign, encoding, line_end, names, at + 1, has_row_names, tuple(notes), is_feed)


def tell(path: str | Path, notes: Iterable[str]) -> None:
    """Warn of what was mended in a file whose reader has no report to put it into."""
    for note in notes:
        warnings.warn(f"{path}: {note}", LynchpinWarning, stacklevel=2)


def fields(line: str, separator: str) -> list[str]:
    """The fields of a line, quotes taken away."""
    blanks = separator == " "
    try:
        text = line.strip() if blanks else line.rstrip("\r\n")
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=blanks), [""])
    except csv.Error:
        return [line]


def with_points(column: pl.Series) -> pl.Series | None:
    """A column of numbers with decimal commas, written with points; None where it is none.

    A column in which every comma could part thousands ("1,234") is none, and so is one with a point in it.
    """
    texts = column.str.strip_chars()
    filled = texts.filter(texts != "")
    commas = filled.filter(filled.str.contains(",", literal=True))
    if not commas.len() or not filled.str.contains(r"^[+-]?\d+(,\d+)?$").all():
        return None
    if commas.str.contains(r"^[+-]?\d{1,3},\d{3}$").all():
        return None
    return texts.str.replace(",", ".", literal=True)


def _header(lines: list[str], separator: str, knows: Callable[[Sequence[str]], bool] | None) -> tuple[int, str]:
    """Place and text of the header: the first line that is neither blank nor a comment; "#time,..." may be one."""
    signs = (separator,) if separator else tuple(SEPARATORS)
    for at, line in enumerate(lines):
        if not line.strip():
            continue
        if not line.startswith("#"):
            return at, line
        bare = line.lstrip("# ")
        if knows is not None and any(knows([name.strip() for name in fields(bare, sign)]) for sign in signs):
            return at, bare
    return 0, ""


def _separator(
    file: Path, row: int, line: str, sample: list[str], knows: Callable[[Sequence[str]], bool] | None
) -> str:
    """The sign that parts the fields."""
    named = {sign: [name.strip() for name in fields(line, sign)] for sign in SEPARATORS}
    able = [sign for sign, names in named.items() if len(names) > 1 and sign != " "]
    known = [sign for sign, names in named.items() if knows is not None and knows(names)]
    for signs in (known, able):
        if len(signs) > 1:  # every row must be parted like the header, or be numbered
            even = [s for s in signs if all(len(fields(text, s)) - len(named[s]) in (0, 1) for text in sample)]
            signs = even or signs
        if len(signs) == 1:
            return signs[0]
        if signs:
            both = " or ".join(SEPARATORS[sign] for sign in signs)
            mend = "put names that hold such a sign in quotes, or save the file with another separator"
            raise BadData(f"the fields could be parted by {both}", f"{file}, line {row}", mend)
    quoted = line.lstrip().startswith('"') and all(len(fields(text, " ")) > 1 for text in [line, *sample])
    return " " if quoted else ","


def _has_row_names(sample: list[list[str]], width: int) -> bool:
    """Whether each row is one field longer than the header and begins with its number."""
    return bool(sample) and all(
        len(cells) == width + 1 and cells[0] == str(number) for number, cells in enumerate(sample, 1)
    )


def _is_open(text: str, separator: str) -> bool:
    """Whether a quote is still open at the end of a text."""
    try:
        list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        return "end of data" in str(error)
    return False
