"""Codes of Correlates of War and Gleditsch-Ward to ISO3, by day: one code can be two states one after the other."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Literal

from lynchpin.ontology import countries

System = Literal["cow", "gw"]


@cache
def bearers(code: int, system: System, since: date, until: date | None) -> tuple[tuple[str, date, date | None], ...]:
    """Which states bore a code from a day to a day, each with its own first and last day among these.

    Beginnings before September 1945 are open in our table of countries; a code that no row bears gives nothing.

    Examples
    --------
    >>> bearers(365, "cow", date(1989, 1, 1), None)
    (('SUN', datetime.date(1989, 1, 1), datetime.date(1991, 12, 25)), ('RUS', datetime.date(1991, 12, 26), None))
    """
    found = []
    for country in countries.all_countries():
        if getattr(country, system) != code:
            continue
        first = max(since, country.valid_from or date.min)
        last = min(until or date.max, country.valid_to or date.max)
        if first <= last:
            found.append((country.iso3, first, None if last == date.max else last))
    return tuple(sorted(found, key=lambda bearer: bearer[1]))


@cache
def bearer_in_year(code: int, year: int, system: System = "cow") -> str | None:
    """The state that bore a code in a year: in its middle, else at its end, else at its beginning."""
    for month, day in ((7, 1), (12, 31), (1, 1)):
        found = countries.find(code, system, date(year, month, day))
        if found is not None:
            return found.iso3
    return None
