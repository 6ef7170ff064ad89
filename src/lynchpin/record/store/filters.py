"""A filter at ingestion: which rows of a feed a store is to hold, by their states and days, and what is left out.

A row that keeps to every rule and is no duplicate is left out for one reason, the first in `FILTERED` that holds, so

    read == accepted + refused + duplicates + filtered

for every file. Rows that are left out for their states alone still count as reports of their feed on their day
(`Store.daily`, `Store.exposure`): a store that was filtered to the states of a case answers as the whole one would.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from lynchpin.days import optional_day
from lynchpin.errors import BadValue, UnknownName
from lynchpin.record.ontology import countries

#: Why a good row is left out, in the order in which it is asked.
FILTERED: dict[str, str] = {
    "before_since": "the act is dated before the first day that was asked for",
    "from_until_on": "the act is dated on or after the day that was to end it",
    "other_states": "not each side names one of the states that were asked for",
}
STATES_REASON = "other_states"

#: What is kept of rows that are left out: how many there are of a day.
LEFT: dict[str, pl.DataType] = {
    "dataset": pl.String(),
    "date": pl.Date(),
    "known_from": pl.Date(),
    "status": pl.String(),
    "reason": pl.String(),
    "reports": pl.Int64(),
}


@dataclass(frozen=True, slots=True)
class Filter:
    """Which rows are kept; without anything said, all.

    Attributes
    ----------
    states : tuple of str, ISO3 codes, sorted; a row is kept when each of its sides names one of them. Empty: any
    since, until : date or None; a row is kept when it is dated on `since` or later, and before `until`
    """

    states: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None

    def __bool__(self) -> bool:
        return bool(self.states or self.since or self.until)

    @property
    def reason(self) -> pl.Expr:
        """Why a row of events is left out, or null where it is kept."""
        named = pl.lit(list(self.states), pl.List(pl.String))
        sides = [pl.col(side).list.set_intersection(named).list.len() == 0 for side in ("source", "target")]
        asked = {
            "before_since": pl.lit(False) if self.since is None else pl.col("date") < self.since,
            "from_until_on": pl.lit(False) if self.until is None else pl.col("date") >= self.until,
            STATES_REASON: pl.any_horizontal(sides) if self.states else pl.lit(False),
        }
        return pl.coalesce(*(pl.when(asked[name]).then(pl.lit(name)) for name in FILTERED), pl.lit(None, pl.String))

    def holds(self, other: Filter) -> bool:
        """Whether this one keeps every row that `other` keeps."""
        states = not self.states or (bool(other.states) and set(other.states) <= set(self.states))
        since = self.since is None or (other.since is not None and other.since >= self.since)
        until = self.until is None or (other.until is not None and other.until <= self.until)
        return states and since and until

    def __str__(self) -> str:
        """The filter in words.

        Examples
        --------
        >>> str(Filter(("JPN", "KOR"), since=date(2012, 1, 1))), str(Filter())
        ('among JPN, KOR; from 2012-01-01 on', 'every row')
        """
        parts = [
            f"among {', '.join(self.states)}" if self.states else "",
            f"from {self.since} on" if self.since else "",
            f"before {self.until}" if self.until else "",
        ]
        return "; ".join(part for part in parts if part) or "every row"

    def to_dict(self) -> dict[str, Any]:
        """The filter as plain values, for JSON."""
        return {"states": list(self.states), "since": self.since, "until": self.until}


def filter_of(
    states: str | Iterable[str] | None = None, since: str | date | None = None, until: str | date | None = None
) -> Filter:
    """A filter from what a user asks for.

    Parameters
    ----------
    states : ISO3 codes, at least two, as "KOR,JPN,USA" or one by one; None for any
    since, until : date or YYYY-MM-DD; the first day, and the day after the last one; None for any

    Raises
    ------
    UnknownName : no state has that code
    BadValue : one state alone, a day that is none, or no day between the two
    """
    said = states.replace(";", ",").split(",") if isinstance(states, str) else list(states or ())
    codes = sorted({code.strip().upper() for code in said if code.strip()})
    for code in codes:
        if countries.find(code, "iso3") is None:
            named = countries.find(code)
            mend = f"did you mean {named.iso3!r}?" if named else "write ISO3 codes, as KOR,JPN,USA"
            raise UnknownName(f"no state has the code {code!r}", "--states", mend)
    if states is not None and len(codes) < 2:
        raise BadValue("a filter of states needs two of them at least", "--states", "write it as KOR,JPN,USA")
    first, end = optional_day(since, name="since"), optional_day(until, name="until")
    if first is not None and end is not None and end <= first:
        what = f"no day is on or after {first} and before {end}"
        raise BadValue(what, "--since, --until", "`until` leaves its own day out: name the day after the last")
    return Filter(tuple(codes), first, end)


def summed(parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """What was left out of several blocks in one."""
    by = [name for name in LEFT if name != "reports"]
    return pl.concat(parts).group_by(by).agg(pl.sum("reports")).select(*LEFT).sort(by)


def left(apart: pl.DataFrame) -> pl.DataFrame:
    """The rows that are left out, counted by day and reason, in the columns of `LEFT`.

    Parameters
    ----------
    apart : DataFrame of events of one feed with `reason`
    """
    by = [name for name in LEFT if name != "reports"]
    return apart.group_by(by).agg(reports=pl.len().cast(pl.Int64)).select(*LEFT).sort(by)
