"""Days of the calendar, and lengths of time in days: text to numbers and back.

A year has 365.25 days, a month a twelfth.
"""

from __future__ import annotations

import math
import re
from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal
from typing import SupportsInt

from lynchpin.errors import BadValue

_EPOCH = date(1970, 1, 1)


def day_number(day: date) -> int:
    """Whole days from 1970-01-01 to `day`.

    Examples
    --------
    >>> day_number(date(1970, 1, 31))
    30
    """
    return (day - _EPOCH).days


def day_of(number: SupportsInt) -> date:
    """The day that stands so many whole days after 1970-01-01; undoes `day_number`.

    Examples
    --------
    >>> day_of(30)
    datetime.date(1970, 1, 31)
    """
    return _EPOCH + timedelta(days=int(number))


def parse_day(text: str | date, *, name: str = "date") -> date:
    """Read a calendar day written as YYYY-MM-DD.

    Parameters
    ----------
    text : str or date; a date is given back as it is
    name : str, what the day is for, named in the error

    Raises
    ------
    BadValue : not a day of the calendar

    Examples
    --------
    >>> parse_day("2012-07-09")
    datetime.date(2012, 7, 9)
    """
    if isinstance(text, date):
        return text
    try:
        day = date.fromisoformat(text)
        if day.isoformat() != text:  # 20120709, and days of weeks as in 2012-W28-1
            raise ValueError(text)
        return day
    except ValueError:
        raise BadValue(
            f"{text!r} is not a day of the calendar", name, "write it as YYYY-MM-DD, as in 2012-07-09"
        ) from None


def optional_day(text: str | date | None, *, name: str = "date") -> date | None:
    """As `parse_day`, where None stays None."""
    return None if text is None else parse_day(text, name=name)


def parse_cell(text: str, *, name: str = "date") -> date | None:
    """As `parse_day`, of a cell of a table: None where it is blank."""
    return optional_day(text.strip() or None, name=name)


def parse_digits(text: str) -> date | None:
    """The day that eight digits name, as GDELT writes days; None where they name none.

    Examples
    --------
    >>> parse_digits("20120709"), parse_digits("20120230")
    (datetime.date(2012, 7, 9), None)
    """
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


# -- Lengths of time: a number with a unit.

DAYS_PER_MONTH = 30.4375
_DAYS = {"y": 365.25, "mo": DAYS_PER_MONTH, "w": 7.0, "d": 1.0, "h": 1.0 / 24.0}
_WORDS = {"y": "year", "mo": "month", "w": "week", "d": "day", "h": "hour"}
_SHAPE = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?(y|mo|w|d|h)")
_MEND = "write a number and a unit: 36h, 60d, 8w, 2mo or 1y"


def parse_duration(text: str, *, where: str = "") -> float:
    """Read a length of time.

    Parameters
    ----------
    text : str, a number and a unit (h hours, d days, w weeks, mo months, y years), at most one blank between
    where : str, the file and line it comes from, for the error

    Returns
    -------
    float, days, > 0, finite

    Raises
    ------
    BadValue
        when it is not such a text, or is zero

    Examples
    --------
    >>> parse_duration("8w"), parse_duration("1.5mo")
    (56.0, 45.65625)
    """
    match = _SHAPE.fullmatch(str(text).strip())
    if match is None:
        raise BadValue(f"{str(text)[:80]!r} is not a length of time", where, _MEND)
    number, unit = match.groups()
    days = float(number) / 24.0 if unit == "h" else float(number) * _DAYS[unit]
    if not (0.0 < days < math.inf):
        raise BadValue(f"a length of time must be more than zero and finite, not {text[:80]!r}", where, _MEND)
    return days


def format_duration(days: float) -> str:
    """Write a length of time so that `parse_duration` gives the same number back.

    Parameters
    ----------
    days : float, > 0, finite, else BadValue is raised

    Returns
    -------
    str, in whole days if it can be, else in whole years, months or hours, else in days with decimals

    Examples
    --------
    >>> format_duration(60.0), format_duration(30.4375), format_duration(1.5)
    ('60d', '1mo', '36h')
    """
    number, unit = _split(days)
    return f"{number}{unit}"


def spell_duration(days: float) -> str:
    """Say a length of time in words, to three digits where it is not whole.

    Examples
    --------
    >>> spell_duration(60.0), spell_duration(365.25), spell_duration(43.21875)
    ('60 days', '1 year', '43.2 days')
    """
    number, unit = _split(days)
    value = float(number)
    short = number if number.isdigit() else f"{value:.0f}" if value >= 100.0 else f"{value:.3g}"
    return f"{short} {_WORDS[unit]}{'' if short == '1' else 's'}"


def _split(days: float) -> tuple[str, str]:
    if not (0.0 < days < math.inf):
        raise BadValue(f"a length of time must be more than zero and finite, not {days!r}", "", _MEND)
    for unit in ("d", "y", "mo", "h"):
        whole = round(days / _DAYS[unit])
        back = whole / 24.0 if unit == "h" else whole * _DAYS[unit]
        if whole > 0 and back == days:
            return str(whole), unit
    return format(Decimal(repr(float(days))), "f"), "d"


# -- Months counted from an origin: month 1 begins on the origin, month -1 ends the day before it.


def months_ahead(days: float, *, verb: str = "forecast") -> int:
    """Whole months in a horizon of days.

    Parameters
    ----------
    days : float, at least half a month and at most 60 months
    verb : str, what is done so far ahead, for the error

    Raises
    ------
    BadValue : the horizon is out of range

    Examples
    --------
    >>> months_ahead(91)
    3
    """
    months = round(days / DAYS_PER_MONTH)
    if not 1 <= months <= 60:
        raise BadValue(f"cannot {verb} {days} days ahead", "days", "ask for 30 to 1826 days")
    return months


def horizon_days(months: int) -> int:
    """A horizon in days, as it is called: months of 30.4375 days.

    Examples
    --------
    >>> horizon_days(1), horizon_days(3), horizon_days(6)
    (30, 91, 183)
    """
    return round(months * DAYS_PER_MONTH)


def month_start(origin: date, months: int) -> date:
    """The origin's day of the month, some months later (earlier when negative), or that month's last day.

    Examples
    --------
    >>> month_start(date(2012, 8, 31), 1), month_start(date(2012, 7, 9), -12)
    (datetime.date(2012, 9, 30), datetime.date(2011, 7, 9))
    """
    year, month = divmod(origin.year * 12 + origin.month - 1 + months, 12)
    return date(year, month + 1, min(origin.day, monthrange(year, month + 1)[1]))


def edges(origin: date, first: int, last: int) -> list[date]:
    """Where months `first` to `last` begin, and where the last ends: 1, 2, ... ahead, -1, -2, ... behind."""
    offsets = [m - 1 if m > 0 else m for m in range(first, last + 1) if m != 0]
    return [month_start(origin, m) for m in [*offsets, offsets[-1] + 1]]
