"""The contract of a structural table: a file in, facts and refused rows out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

import polars as pl

from lynchpin.account.structure.facts import KINDS, SCHEMA, Precision, known_days
from lynchpin.errors import BadData
from lynchpin.files import must_be_regular
from lynchpin.record.ontology import countries
from lynchpin.tabular import open_table, tell

FactRow = tuple[str, str, str, date, date | None, date, date | None, float | None, str, str, int]


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What a file held.

    Parameters
    ----------
    read : int, its rows; equal to the accepted and the refused
    facts : DataFrame in the columns of `facts.SCHEMA`; several rows can make one, one row several
    refused : DataFrame with row (of the file, from 2: the header is 1) and reason
    first, last : date, the first day the file speaks of, and the last
    """

    read: int
    facts: pl.DataFrame
    refused: pl.DataFrame
    first: date
    last: date

    @property
    def accepted(self) -> int:
        return self.read - self.refused.height


@dataclass(frozen=True, slots=True)
class StructuralTable:
    """A data set that can be imported.

    Parameters
    ----------
    name : str
    kinds : tuple of str, the kinds of fact it holds
    summary, citation, licence : str
    columns : tuple of str, the columns by which its files are known
    read : function, frame -> Reading; every cell of the frame of a CSV file is text
    not_columns : tuple of str, columns that its files lack, where another table has the same ones
    """

    name: str
    kinds: tuple[str, ...]
    summary: str
    citation: str
    licence: str
    columns: tuple[str, ...]
    read: Callable[[pl.DataFrame], Reading]
    not_columns: tuple[str, ...] = ()

    def matches(self, columns: Sequence[str]) -> bool:
        """Whether a file with these columns is one of its files."""
        return set(self.columns) <= set(columns) and not set(self.not_columns) & set(columns)


def read_frame(path: Path) -> pl.DataFrame:
    """The rows of a CSV or Parquet file; those of a CSV as text, "" where a cell is empty or NA.

    Raises
    ------
    BadData : no such file, or it is neither
    """
    must_be_regular(path, mend="give the path of a CSV or Parquet file")
    try:
        if path.suffix == ".parquet":
            return pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        first = str(error).splitlines()[0]
        raise BadData(f"the file cannot be read: {first}", str(path), "give a CSV or Parquet file") from None
    frame, _, notes = open_table(path).frame()
    tell(path, notes)
    return frame.with_columns(pl.all().replace("NA", ""))


def whole(cell: str) -> int | None:
    """A whole number, also written as 2.0; None for anything else."""
    try:
        number = float(cell)
    except ValueError:
        return None
    return int(number) if number.is_integer() else None


def calendar_day(year: int | None, month: int | None, day: int | None) -> date | None:
    """A day; an unknown month or day (negative, 0, 99) is the first; None where there is no year."""
    if year is None or not 1400 <= year <= 2200:  # anything else is a slip of the pen
        return None
    month = month if month is not None and 1 <= month <= 12 else 1
    day = day if day is not None and 1 <= day <= 31 else 1
    while day > 28:
        try:
            return date(year, month, day)
        except ValueError:
            day -= 1
    return date(year, month, day)


class Collector:
    """Facts and refused rows, put together row by row."""

    def __init__(self, dataset: str, system: StateCodes = "cow") -> None:
        self.dataset, self.system = dataset, system
        self.rows: list[FactRow] = []
        self.broken: list[tuple[int, str]] = []

    def refuse(self, row: int, reason: str) -> None:
        self.broken.append((row, reason))

    def add(
        self,
        row: int,
        kind: str,
        codes: tuple[int | None, ...],
        since: date | None,
        until: date | None,
        precision: Precision,
        *,
        event: bool,
        value: float | None = None,
        detail: str = "",
    ) -> None:
        """Add the fact, once for each state that bore the codes in turn; or refuse the row, with the reason."""
        if since is None:
            self.refuse(row, "no first day")
        elif until is not None and until < since:
            self.refuse(row, "it ends before it begins")
        elif any(code is None for code in codes):
            self.refuse(row, "a code that is no number")
        else:
            spans = [bearers(code, self.system, since, until) for code in codes if code is not None]
            before = len(self.rows)
            for first in spans[0]:
                for second in spans[1] if len(spans) > 1 else (("", date.min, None),):
                    self._add(row, kind, first, second, since, until, precision, event, value, detail)
            if len(self.rows) == before:
                lacks = not all(spans)
                self.refuse(row, "no state of ours has the code on these days" if lacks else "never two states at once")

    def _add(
        self,
        row: int,
        kind: str,
        first: tuple[str, date, date | None],
        second: tuple[str, date, date | None],
        since: date,
        until: date | None,
        precision: Precision,
        event: bool,
        value: float | None,
        detail: str,
    ) -> None:
        begin = max(since, first[1], second[1])
        ends = [day for day in (until, first[2], second[2]) if day is not None]
        end = min(ends) if ends else None
        if end is not None and end < begin:
            return
        a, b = first[0], second[0]
        if a == b:
            return
        if KINDS[kind].pair and not KINDS[kind].directed and b < a:
            a, b = b, a
        # a state that ended within the span did so on a day that is known to the day
        known_from = max(begin, known_days(since, None, precision, event=event)[0])
        known_to = known_days(since, until, precision, event=event)[1] if end == until else end
        self.rows.append((kind, a, b, begin, end, known_from, known_to, value, detail, self.dataset, row))

    def reading(self, read: int, first: date, last: date) -> Reading:
        """All of it, each fact once."""
        facts = pl.DataFrame(self.rows, schema=SCHEMA, orient="row").sort("kind", "a", "b", "since", "detail", "row")
        keys = [name for name in SCHEMA if name != "row"]
        once = facts.unique(subset=keys, keep="first", maintain_order=True)
        refused = pl.DataFrame(sorted(self.broken), schema={"row": pl.Int64, "reason": pl.String}, orient="row")
        return Reading(read, once, refused, first, last)


def numbered(frame: pl.DataFrame) -> Iterable[tuple[int, dict[str, str]]]:
    """The rows of a file with their numbers; the header is row 1."""
    return enumerate(frame.iter_rows(named=True), start=2)


# -- Codes of Correlates of War and Gleditsch-Ward to ISO3, by day: one code can be two states one after the other.

StateCodes = Literal["cow", "gw"]


@cache
def bearers(
    code: int, system: StateCodes, since: date, until: date | None
) -> tuple[tuple[str, date, date | None], ...]:
    """Which states bore a code from a day to a day, each with its own first and last day among these.

    Beginnings before September 1945 are open in our table of countries; a code that no row bears gives nothing.

    Examples
    --------
    >>> bearers(365, "cow", date(1989, 1, 1), None)
    (('SUN', datetime.date(1989, 1, 1), datetime.date(1991, 12, 25)), ('RUS', datetime.date(1991, 12, 26), None))
    """
    spans = []
    for country in countries.all_countries():
        if getattr(country, system) != code:
            continue
        first = max(since, country.valid_from or date.min)
        last = min(until or date.max, country.valid_to or date.max)
        if first <= last:
            spans.append((country.iso3, first, None if last == date.max else last))
    return tuple(sorted(spans, key=lambda bearer: bearer[1]))


@cache
def bearer_in_year(code: int, year: int, system: StateCodes = "cow") -> str | None:
    """The state that bore a code in a year: in its middle, else at its end, else at its beginning."""
    for month, day in ((7, 1), (12, 31), (1, 1)):
        country = countries.find(code, system, date(year, month, day))
        if country is not None:
            return country.iso3
    return None
