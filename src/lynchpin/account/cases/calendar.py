"""Announced acts: yearly or dated days on which acts of a class are to be expected, and since when that was known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lynchpin import limits
from lynchpin.account.theory import Place, Vocabulary, check_pattern, dyads_of, parse_pattern
from lynchpin.days import day_number, day_of
from lynchpin.errors import BadData, BadValue
from lynchpin.toml import Lines, Table, tables, unique

_KEYS = ("name", "acts", "yearly", "on", "lasts", "known_since", "note")

#: An entry lasts so many days at most: what goes on for longer is no occasion.
LONGEST_DAYS = 183


@dataclass(frozen=True, slots=True)
class Announced:
    """An entry of a case's calendar: a drill, a white paper, a day of remembrance, a summit.

    dyads, classes : ordered pairs of states and classes whose acts are expected then
    yearly : month and day on which it begins each year, or None
    on : pairs of a day on which it begins and the first day on which that was known; empty where it is yearly
    since : the first day on which a yearly entry was known
    days : how many days it lasts
    """

    name: str
    dyads: frozenset[tuple[str, str]]
    classes: tuple[str, ...]
    yearly: tuple[int, int] | None
    on: tuple[tuple[date, date], ...]
    since: date
    days: int

    def is_of(self, unit: tuple[str, str, str]) -> bool:
        """Whether it tells of a source, a target and a class."""
        return unit[:2] in self.dyads and unit[2] in self.classes


def days_of(entry: Announced, first: int, last: int, *, known: int) -> Iterator[tuple[int, int]]:
    """Begin and end (left out) of every time that was known before a day, as day numbers; those that touch a range.

    Parameters
    ----------
    first, last : day numbers, the range; `last` is left out
    known : day number, the first day that is not known

    Examples
    --------
    >>> drill = Announced("drill", frozenset(), (), (8, 16), (), date(2008, 1, 1), 2)
    >>> [day_of(begin) for begin, _ in days_of(drill, 14000, 14700, known=14600)]
    [datetime.date(2008, 8, 16), datetime.date(2009, 8, 16)]
    """
    begins: Sequence[tuple[date, date]] = entry.on
    if entry.yearly is not None:
        month, day = entry.yearly
        years = range(day_of(first).year - 1, day_of(last).year + 1)
        begins = [(date(year, month, day), entry.since) for year in years]
    for start, since in begins:
        begin = day_number(start)
        if day_number(since) < known and begin < last and begin + entry.days > first:
            yield begin, begin + entry.days


def shares(
    calendar: Sequence[Announced], units: Sequence[tuple[str, str, str]], edges: Sequence[int], *, known: int
) -> NDArray[np.float64]:
    """What part of each period an entry's days cover, by unit: a control for announced acts in a model of rates.

    Parameters
    ----------
    units : source, target and class of each
    edges : day numbers, rising, between which the periods lie
    known : day number, the first day that is not known

    Returns
    -------
    ndarray, shape (entries, units, periods), in [0, 1]; 0 for the units that an entry does not tell of
    """
    out = np.zeros((len(calendar), len(units), len(edges) - 1))
    low, high = np.array(edges[:-1]), np.array(edges[1:])
    for k, entry in enumerate(calendar):
        covered = np.zeros(low.size)
        for begin, end in days_of(entry, edges[0], edges[-1], known=known):
            covered += np.clip(np.minimum(high, end) - np.maximum(low, begin), 0, None)
        of = np.array([entry.is_of(unit) for unit in units], dtype=bool)
        out[k, of] = np.minimum(covered / (high - low), 1.0)
    return out


# -- Reading.


def read_calendar(values: Mapping[str, Any], lines: Lines, vocabulary: Vocabulary) -> tuple[Announced, ...]:
    """The [[calendar]] tables of a case.

    Raises
    ------
    BadData, BadValue : a key is missing, unknown or of the wrong kind, or a day is out of range
    BadMechanism : the acts are no pattern of the case
    """
    sections = tables(values, "calendar", lines, _KEYS)
    unique(sections, "name")
    return tuple(_entry(table, lines, vocabulary) for table in sections)


def _entry(table: Table, lines: Lines, vocabulary: Vocabulary) -> Announced:
    name, acts = table.label("name"), table.text("acts")
    line, column = lines.find("calendar", table.index, "acts")
    edge = check_pattern(parse_pattern(acts, place=Place(lines.file, line, column + 1)), vocabulary)
    table.text("note", "")
    if ("yearly" in table.values) == ("on" in table.values):
        raise BadData(
            f"{name} needs either yearly or on", table.where(), 'write yearly = "08-15", or on = [2012-05-13]'
        )
    days = table.duration("lasts", "1d")
    if days != int(days) or not 1 <= days <= LONGEST_DAYS:
        what = f"lasts should be 1 to {LONGEST_DAYS} whole days"
        raise BadValue(what, table.where("lasts"), 'write lasts = "3d"')
    if "known_since" not in table.values:
        raise BadData("[calendar] lacks 'known_since'", table.where(), "add known_since = 2005-03-16, the day itself")
    dyads, classes = frozenset(dyads_of(edge)), tuple(edge.classes)
    if "yearly" in table.values:
        since = table.day("known_since")
        return Announced(name, dyads, classes, _month_and_day(table), (), since, int(days))
    begins, known = _days(table, "on"), _days(table, "known_since")
    if len(known) not in (1, len(begins)):
        what = f"{name} has {len(begins)} days and {len(known)} since when they were known"
        raise BadValue(what, table.where("known_since"), "give one day for all, or one for each")
    known = known if len(known) == len(begins) else known * len(begins)
    for day, since in zip(begins, known, strict=True):
        if since > day:
            what = f"{name} is said to be known since {since}, after it began on {day}"
            raise BadValue(what, table.where("known_since"), "what was not known before is no announcement")
    return Announced(name, dyads, classes, None, tuple(zip(begins, known, strict=True)), min(known), int(days))


def _month_and_day(table: Table) -> tuple[int, int]:
    text = table.text("yearly")
    try:
        day = datetime.strptime(f"2001-{text}", "%Y-%m-%d").date()  # no leap year: the day is there every year
    except ValueError:
        what = f"yearly cannot be {text[:20]!r}"
        raise BadValue(what, table.where("yearly"), 'write a month and a day of every year, as in "08-15"') from None
    return day.month, day.day


def _days(table: Table, key: str) -> tuple[date, ...]:
    """One day, or a list of days."""
    given = table.values[key]
    listed = given if isinstance(given, list) else [given]
    if not listed or not all(isinstance(day, date) for day in listed):
        what = f"{key} should be days without quotes"
        raise BadData(what, table.where(key), f"write {key} = [2012-05-13, 2013-05-12]")
    return tuple(
        limits.day(key, day.date() if isinstance(day, datetime) else day, where=table.where(key)) for day in listed
    )
