"""Actors by the names that feeds write: which state, and which sector of it, a name stands for on a day.

    name as written                       how             states and sector
    South Korea                           state           KOR, no sector
    Head of Government (South Korea)      sector          KOR, GOV: the state of the brackets, the sector of the phrase
    Lee Myung Bak, while in office        leader          KOR, GOV
    Lee Myung Bak, before or after        person          KOR, no sector
    Bharatiya Janata                      organisation    IND, LEG while it governs and OPP while it does not
    United Nations                        organisation    known, and no state
    Scotland; Africa                      place           GBR; known, and no state
    Unspecified Actor                     unspecified     known to say nothing
    a name of a user's own table          table           as the table says

The rule for people: a state is given when it is certain, a sector only for the days of an office in our table.
A former or future office-holder keeps the state and has the sector "": whether such a person is opposition,
parliament or a citizen is not ours to guess. Staff of an international body have no state while the table
lists them for it. An armed group that belongs to one country has that state and no sector, as in ICEWS; one
that belongs to several has none. Where two entries for a day disagree, the part on which they disagree is
left out, and a name that several bodies share ("Democratic Party", "National Liberation Army") is not in the
tables at all: it is not resolved. Nothing is matched by likeness: a name is known or it is not.

The tables are `leaders.csv` (offices with their days; `checked` says against what), `people.csv` (people whose
state is certain and whose offices are not listed), `organisations.csv` and `phrases.csv`. `add_table` puts a
table of your own in front of them.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Literal

from lynchpin.days import parse_cell
from lynchpin.errors import BadData, BadValue, suggest
from lynchpin.record.ontology import countries, sectors
from lynchpin.record.ontology._tables import many, rows

How = Literal["state", "sector", "leader", "person", "organisation", "place", "unspecified", "table"]

#: Columns of a user's table; only the first two must be there.
TABLE_COLUMNS = ("name", "state", "sector", "valid_from", "valid_to", "source")


@dataclass(frozen=True, slots=True)
class Actor:
    """What a name stands for on a day.

    Attributes
    ----------
    states : tuple of str, ISO3 codes, sorted; empty for what is known and is no state
    sector : str, GOV, MIL, LEG, OPP, JUD or CVL; "" when none is known
    how : str, by what it was found: "state", "sector" (a phrase and a country in brackets), "leader" (in
        office that day), "person" (not in office, or office unknown), "organisation", "place", "unspecified"
        (a name that says that nobody is named) or "table" (a table of the user)
    """

    states: tuple[str, ...]
    sector: str
    how: How


@dataclass(frozen=True, slots=True)
class _Entry:
    """One line of a table: what a name stands for over a span of days, both ends included."""

    states: tuple[str, ...]
    sector: str
    how: How
    first: date
    last: date
    is_group: bool = False


_added: dict[str, list[_Entry]] = {}


def resolve(name: str, on: date | None = None) -> Actor | None:
    """Say which state and sector a name stands for.

    Parameters
    ----------
    name : str, as the feed writes it; case, accents and signs do not matter, and "_" is a blank
    on : date, the day for which it is asked. Without it: what holds on every day the tables know of, and the
        latest bearer of a country's name

    Returns
    -------
    Actor, or None when the name is not known, is shared by several, or names no state of that day

    Examples
    --------
    >>> from datetime import date
    >>> resolve("Head of Government (South Korea)")
    Actor(states=('KOR',), sector='GOV', how='sector')
    >>> resolve("Park Geun Hye", date(2014, 6, 1)).sector, resolve("Park Geun Hye", date(2018, 6, 1)).sector
    ('GOV', '')
    >>> resolve("United Nations").states, resolve("Somebody Else") is None
    ((), True)
    """
    key = _key(name)
    for table in (_added, _shipped()):
        if key in table:
            return _settle(table[key], on)
    found = _country(name.replace("_", " "), on)
    return Actor((found,), "", "state") if found else _bracketed(name.replace("_", " "), on)


def spells(name: str) -> list[tuple[date, Actor | None]]:
    """Everything a name stands for over time: the first day of each spell and what holds from then on.

    Made for long columns: ask once for each distinct name, then join by day.

    Returns
    -------
    list of (first day, Actor or None), by day, from `date.min` on; two neighbours differ
    """
    found: list[tuple[date, Actor | None]] = []
    for day in _breaks(name):
        actor = resolve(name, day)
        if not found or found[-1][1] != actor:
            found.append((day, actor))
    return found


def unresolved(names: Iterable[str]) -> list[tuple[str, int]]:
    """The names that no table knows on any day, with how often each occurs, the most frequent first.

    Names that are known and are no state (the United Nations, "Unspecified Actor") are not among them.

    Parameters
    ----------
    names : iterable of str, as the feed writes them, with repeats

    Examples
    --------
    >>> unresolved(["Nobody Known", "Japan", "Nobody Known"])
    [('Nobody Known', 2)]
    """
    counts = Counter(name for name in names if name)
    lost = [(name, count) for name, count in counts.items() if resolve(name) is None]
    return sorted(lost, key=lambda pair: (-pair[1], pair[0]))


def add_table(path: str | Path) -> int:
    """Put a table of your own in front of ours, for this run.

    A name that stands in it is looked up there alone: the shipped tables no longer answer for it.

    Parameters
    ----------
    path : a CSV file in UTF-8 with a header: name, state, and if wanted sector, valid_from, valid_to, source.
        `name` may hold several spellings joined by ";"; `state` is an ISO3 code or a country's name, several
        joined by ";", or empty for what is no state; `sector` one of ours or empty; the days are YYYY-MM-DD,
        both included, empty when open

    Returns
    -------
    int, how many lines were read

    Raises
    ------
    BadData : no such file, a missing or unknown column, or a line that cannot be read. Nothing is added then
    """
    file = Path(path)
    found: dict[str, list[_Entry]] = {}
    lines = _read(file)
    for number, row in enumerate(lines, start=2):
        entry = _entry(row, "table", f"{file}, line {number}")
        for name in many(row["name"]):
            found.setdefault(_key(name), []).append(entry)
    for key, entries in found.items():
        _added.setdefault(key, []).extend(entries)
    return len(lines)


def forget_tables() -> None:
    """Take back every table that `add_table` put in front."""
    _added.clear()


@contextmanager
def own_table(path: str | Path | None) -> Iterator[None]:
    """Use a table of one's own within a `with`, and what was in front before again after it; None changes nothing."""
    before = {key: list(entries) for key, entries in _added.items()}
    try:
        if path is not None:
            add_table(path)
        yield
    finally:
        _added.clear()
        _added.update(before)


def _settle(entries: list[_Entry], on: date | None) -> Actor:
    """What the lines of one name say together; a part on which they disagree is left out."""
    covering = entries if on is None else [entry for entry in entries if entry.first <= on <= entry.last]
    # once someone's years with an international body are over, they are of their state again
    used = covering or [entry for entry in entries if entry.states] or entries
    states = {entry.states for entry in used}
    said = {entry.sector for entry in used} if covering else {""}
    how = used[0].how if covering or used[0].how != "leader" else "person"
    return Actor(states.pop() if len(states) == 1 else (), said.pop() if len(said) == 1 else "", how)


def _bracketed(name: str, on: date | None) -> Actor | None:
    """`Phrase (Country)`, or `Phrase (Organisation)`."""
    phrase, opened, place = name.strip().rpartition(" (")
    if not opened or not place.endswith(")"):
        return None
    state = _country(place[:-1], on)
    if state:
        return Actor((state,), sector_of(phrase), "sector")
    for table in (_added, _shipped()):
        entries = table.get(_key(place[:-1]))
        if entries:
            within = _settle(entries, on)
            return Actor(within.states, within.sector if entries[0].is_group else sector_of(phrase), within.how)
    return None


@cache
def sector_of(phrase: str) -> str:
    """Our sector for the phrase before the brackets; "" when it names none, or is not in the table.

    Examples
    --------
    >>> sector_of("Foreign Affairs"), sector_of("Appeals Court"), sector_of("Armed Gang")
    ('GOV', 'JUD', '')
    """
    said = phrase.strip().casefold()
    plain = _phrases()
    if said in plain:
        return plain[said]
    fits = {sector for pattern, sector in plain.items() if "*" in pattern and fnmatchcase(said, pattern)}
    return fits.pop() if len(fits) == 1 else ""


@cache
def _phrases() -> dict[str, str]:
    return {row["phrase"].casefold(): row["sector"] for row in rows("phrases")}


def _country(name: str, on: date | None) -> str | None:
    found = countries.find(name, "name", on=on)
    return found.iso3 if found else None


@cache
def _key(name: str) -> str:
    return countries.plain_name(name)


@cache
def _shipped() -> dict[str, list[_Entry]]:
    """Key -> the lines of our tables that bear it."""
    found: dict[str, list[_Entry]] = {}
    for row in rows("leaders"):
        _put(found, row, "leader")
    for row in rows("people"):
        _put(found, row, "person")
    for row in rows("organisations"):
        places: dict[str, How] = {"place": "place", "region": "place", "unspecified": "unspecified"}
        _put(found, row, places.get(row["kind"], "organisation"))
    return found


def _put(found: dict[str, list[_Entry]], row: dict[str, str], how: How) -> None:
    entry = _entry(row, how, f"ontology/tables, {row['name']}")
    for name in many(row["name"]):
        found.setdefault(_key(name), []).append(entry)


def _entry(row: dict[str, str], how: How, where: str) -> _Entry:
    states = tuple(sorted({_state(text.strip(), where) for text in many(row.get("state") or "")}))
    sector = (row.get("sector") or "").strip()
    if sector and sector not in sectors.sectors("lynchpin"):
        raise BadData(f"no sector {sector!r}", where, suggest(sector, sectors.sectors("lynchpin"), noun="sector"))
    first, last = (_day(row.get(end) or "", end, where) for end in ("valid_from", "valid_to"))
    if first and last and last < first:
        raise BadData(f"valid_to {last} is before valid_from {first}", where, "put the earlier day first")
    return _Entry(states, sector, how, first or date.min, last or date.max, bool(row.get("kind")) and how != "place")


def _state(text: str, where: str) -> str:
    found = countries.find(text)
    if found is None:
        raise BadData(f"no country {text!r}", where, "write the ISO3 code or the English name, or leave it empty")
    return found.iso3


def _day(text: str, column: str, where: str) -> date | None:
    try:
        return parse_cell(text)
    except BadValue:
        raise BadData(f"{column} {text!r} is not a day of the calendar", where, "write it as YYYY-MM-DD") from None


def _read(file: Path) -> list[dict[str, str]]:
    try:
        reader = csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines(), restval="")
    except (OSError, UnicodeDecodeError) as problem:
        raise BadData(f"the table of actors cannot be read: {problem}", str(file), "give a CSV file in UTF-8") from None
    header = [name.strip() for name in reader.fieldnames or ()]
    wrong = [name for name in header if name not in TABLE_COLUMNS]
    if wrong or not {"name", "state"} <= set(header):
        what = f"unknown column {wrong[0]!r}" if wrong else "the columns name and state must be there"
        raise BadData(what, f"{file}, line 1", f"write the header {','.join(TABLE_COLUMNS)}")
    reader.fieldnames = header
    found = []
    for number, row in enumerate(reader, start=2):
        if None in row or not row["name"].strip():
            what = "more fields than columns" if None in row else "no name"
            raise BadData(what, f"{file}, line {number}", "quote a field that holds a comma, and name every line")
        found.append(row)
    return found


def _breaks(name: str) -> list[date]:
    """The days on which the answer for a name may change."""
    asked = name.replace("_", " ")
    keys = [asked]
    if asked.endswith(")"):
        keys.append(asked.rpartition(" (")[2][:-1])
    days = {date.min}
    for text in keys:
        for table in (_added, _shipped()):
            for entry in table.get(_key(text), ()):
                days |= {entry.first} | ({entry.last + timedelta(days=1)} if entry.last < date.max else set())
        for country in countries.bearers(text):
            days |= {country.valid_from or date.min}
            days |= {country.valid_to + timedelta(days=1)} if country.valid_to else set()
    return sorted(days)
