"""What a refused row of a chronology holds in the cells that broke a rule, and what was likely meant."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from lynchpin.errors import suggest
from lynchpin.files import shown
from lynchpin.record.ontology import contexts, countries, plover, sectors

#: Rules of hand-coded rows -> the columns that they look at.
_LOOKS_AT: Mapping[str, tuple[str, ...]] = {
    "bad_date": ("date",),
    "bad_known_from": ("known_from",),
    "dated_after_known": ("date", "known_from"),
    "unknown_precision": ("precision",),
    "unknown_type": ("event_type",),
    "no_magnitude": ("magnitude",),
    "bad_magnitude": ("magnitude",),
    "no_actor": ("source", "target"),
    "unknown_actor": ("source", "target"),
    "partial_overlap": ("source", "target"),
    "unknown_sector": ("source_sector", "target_sector"),
    "unknown_context": ("contexts",),
    "unknown_status": ("status",),
}


def values_and_fix(raw: str, header: Sequence[str], separator: str, broke: Sequence[str]) -> tuple[str, str]:
    """The cells that broke the rules, and what was likely meant.

    Parameters
    ----------
    raw : str, the line
    header : names of its columns, in order
    separator : str, what parts its cells
    broke : names of rules

    Returns
    -------
    tuple of str: "source 'UAE'", "" where no rule looks at a cell; "UAE is ARE", "" where nothing is near

    Examples
    --------
    >>> values_and_fix("2017-06-05,UAE;SAU,QAT", ["date", "source", "target"], ",", ["unknown_actor"])
    ("source 'UAE;SAU'", 'UAE is ARE')
    """
    cells = next(csv.reader([raw], delimiter=separator), [])
    row = {name: cell.strip() for name, cell in zip(header, cells, strict=False)}
    told, fixes = [], []
    for rule in broke:
        for column in _LOOKS_AT.get(rule, ()):
            cell = row.get(column, "")
            fix = _FIXES[rule](cell, row) if rule in _FIXES else ""
            if fix or rule not in _FIXES:
                told.append(f"{column} {shown(cell)!r}")
            if fix:
                fixes.append(fix)
    return ", ".join(dict.fromkeys(told)), "; ".join(dict.fromkeys(fixes))


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


def _actor(cell: str, row: Mapping[str, str]) -> str:
    return "; ".join(filter(None, (_state(part, _day(row.get("date", ""))) for part in _parts(cell))))


def _state(code: str, day: date | None) -> str:
    found = countries.find(code, system="iso3", on=day)
    if found is not None and found.iso3 == code:
        return ""
    near = countries.find(code, on=day) or countries.find(code)
    if near is None:
        return f"no state is called {shown(code)!r}: states are named by their ISO3 code, as in KOR"
    if near.iso3 != code:
        return f"{shown(code)} is {near.iso3}"
    return f"{shown(code)} is no state on {day}" if day is not None else ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _date(cell: str, row: Mapping[str, str]) -> str:
    day = _day(cell)
    if day is not None:
        return f"{day} lies too far ahead or back" if cell == str(day) else f"write {day}"
    return "a date is written YYYY-MM-DD, as in 2012-07-09"


def _one_of(names: Sequence[str], *, change: Callable[[str], str] = str) -> Callable[[str, Mapping[str, str]], str]:
    def fix(cell: str, row: Mapping[str, str]) -> str:
        return "; ".join(suggest(change(part), names) for part in _parts(cell) or [""] if part not in names)

    return fix


def _magnitude(cell: str, row: Mapping[str, str]) -> str:
    return "a number from -10 to 10, with a point"


def _later(cell: str, row: Mapping[str, str]) -> str:
    day = _day(row.get("date", ""))
    return f"leave known_from empty, or give {day} or a later day" if day is not None else ""


_FIXES: Mapping[str, Callable[[str, Mapping[str, str]], str]] = {
    "bad_date": _date,
    "dated_after_known": _later,
    "unknown_actor": _actor,
    "unknown_type": _one_of(plover.names(), change=str.upper),
    "unknown_sector": _one_of(tuple(sectors.sectors("lynchpin")), change=str.upper),
    "unknown_context": _one_of(sorted(contexts.contexts("lynchpin")), change=str.lower),
    "unknown_status": _one_of(("verified", "recalled"), change=str.lower),
    "unknown_precision": _one_of(("day", "month"), change=str.lower),
    "bad_magnitude": _magnitude,
    "no_magnitude": _magnitude,
}
