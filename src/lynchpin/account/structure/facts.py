"""What a structural fact is: its columns and kinds, and on which days it is known to hold.

A fact says that something held of a state, or between two, from a day to a day. Tables are dated by year, month or day;
a fact is *known* from the first day on which nothing later is needed to say it:

- a day: from the next day on, and until the day on which it ended;
- a month: from the first of the next month on, and until the end of the month in which it ended;
- a state of affairs by year: a year is known when it is over, so a row for 1953 to 1990 is known from 1954-01-01 to
  1991-12-31: only then is it seen that 1991 has no row.

What still holds when its table ends has no end of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import polars as pl

from lynchpin.numbers import per_cent

Precision = Literal["day", "month", "year"]

SCHEMA: dict[str, pl.DataType] = {
    "kind": pl.String(),
    "a": pl.String(),  # ISO3; of a directed kind, who does it
    "b": pl.String(),  # ISO3; "" for a fact about one state
    "since": pl.Date(),  # first day for which the table says it
    "until": pl.Date(),  # last day; null: it holds when the table ends
    "known_from": pl.Date(),
    "known_to": pl.Date(),  # null: open
    "value": pl.Float64(),
    "detail": pl.String(),
    "dataset": pl.String(),
    "row": pl.Int64(),  # first row of the file that says so
}


@dataclass(frozen=True, slots=True)
class FactKind:
    """A kind of fact.

    Attributes
    ----------
    name : str
    means : str, in words, {a}, {b} and {detail} filled in
    pair : bool, whether it is about two states
    directed : bool, whether a and b differ in what they do; where they do not, a < b
    value : str, what the value is
    """

    name: str
    means: str
    pair: bool
    directed: bool = False
    value: str = ""


KINDS: dict[str, FactKind] = {
    kind.name: kind
    for kind in (
        FactKind("state", "{a} is a state of the system", pair=False),
        FactKind("power", "{a} is a major power", pair=False),
        FactKind("capability", "{a} has {share} of the world's capabilities", pair=False, value="share, 0 to 1"),
        FactKind("alliance", "{a} and {b}: {detail} pact", pair=True),
        FactKind("claim", "{a} claims territory of {b}: {detail}", pair=True, directed=True, value="salience, 0 to 12"),
        FactKind("rivalry", "{a} and {b} are rivals", pair=True),
        FactKind("dispute", "{a} and {b}: militarised dispute {detail}", pair=True, value="highest hostility, 1 to 5"),
        FactKind(
            "contiguity", "{a} and {b}: {detail}", pair=True, value="1 land or river, 2 to 5 water up to 400 miles"
        ),
    )
}

#: Obligations that an alliance may hold, with the word before "pact".
OBLIGATIONS = {
    "defense": "defence",
    "offense": "offensive",
    "neutrality": "neutrality",
    "nonaggression": "non-aggression",
    "consultation": "consultation",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One row of the facts, with how to say it."""

    kind: str
    a: str
    b: str
    since: date
    until: date | None
    known_from: date
    known_to: date | None
    value: float | None
    detail: str
    dataset: str
    row: int

    def __str__(self) -> str:
        detail = OBLIGATIONS.get(self.detail, self.detail)
        share = per_cent(self.value or 0.0, 1)
        text = KINDS[self.kind].means.format(a=self.a, b=self.b, detail=detail, share=share)
        span = f"{self.since.year}" if self.kind == "capability" else f"since {self.since.year}"
        if self.kind == "dispute":
            span = f"{self.since}"
        return f"{text}, {span} ({self.dataset})"


def known_days(since: date, until: date | None, precision: Precision, *, event: bool) -> tuple[date, date | None]:
    """The first and the last day on which a fact is known to hold.

    Parameters
    ----------
    since, until : date, first and last day said; None: open
    precision : how finely the table is dated
    event : bool, whether `until` is when it was seen to end; else the last period for which a row says that it held

    Examples
    --------
    >>> known_days(date(1953, 1, 1), date(1990, 12, 31), "year", event=False)
    (datetime.date(1954, 1, 1), datetime.date(1991, 12, 31))
    >>> known_days(date(1952, 4, 1), date(1965, 6, 30), "month", event=True)
    (datetime.date(1952, 5, 1), datetime.date(1965, 6, 30))
    """
    first = _last_of(since, precision) + timedelta(days=1)
    if until is None:
        return first, None
    last = _last_of(until, precision)
    return first, last if event else _last_of(last + timedelta(days=1), precision)


def _last_of(day: date, precision: Precision) -> date:
    """The last day of the period that a day is in."""
    if precision == "day":
        return day
    if precision == "year":
        return date(day.year, 12, 31)
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return following - timedelta(days=1)
