"""Who held an office, and from which day: the terms in `tables/leaders.csv`.

Sentences name people by surname alone. For them `tables/envoys.csv` is read besides: envoys, ambassadors, negotiators
and lesser ministers. Names that feeds write are not looked up there, so that what was resolved stays as it was.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from lynchpin.days import parse_cell, parse_day
from lynchpin.record.ontology._tables import many, rows

#: Offices whose holders speak for their state as its head.
_HEADS: Final = frozenset(
    ("president", "prime minister", "premier", "supreme leader", "general secretary", "emperor", "king", "chancellor")
)
#: States where the family's name comes first.
_FAMILY_FIRST: Final = frozenset(("CHN", "KOR", "PRK", "TWN", "VNM"))


@dataclass(frozen=True, slots=True)
class Term:
    """One holder's days in an office; `last` is None while it goes on."""

    name: str
    first: date
    last: date | None


def terms(state: str, office: str) -> tuple[Term, ...]:
    """The terms of one office of a state, by their first day; empty where the table knows none.

    Parameters
    ----------
    state : str, ISO3 code
    office : str, as the table names it ("president", "prime minister", ...)

    Examples
    --------
    >>> [(t.name, t.first.year) for t in terms("KOR", "president")][:2]
    [('Kim Dae-jung', 1998), ('Roh Moo Hyun', 2003)]
    """
    found = [
        Term(many(row["name"])[0], parse_day(row["valid_from"]), parse_cell(row["valid_to"]))
        for row in rows("leaders")
        if row["state"] == state and row["office"] == office and row["valid_from"]
    ]
    return tuple(sorted(found, key=lambda term: term.first))


def office_of(word: str, state: str, on: date) -> str:
    """The office that someone of a state holds on a day, by the first or the last word of the name; "" for nobody.

    The highest, where several do.

    Examples
    --------
    >>> office_of("Obama", "USA", date(2012, 7, 9)), office_of("Obama", "USA", date(2018, 1, 1))
    ('president', '')
    """
    held = [one for one in _by_word().get(word.lower(), ()) if one.state == state and one.first <= on <= one.last]
    return min(held, key=lambda one: not leads(one.office)).office if held else ""


def holders(name: str, on: date | None = None) -> tuple[str, ...]:
    """The states of those in office on a day whom a surname or a whole name stands for; heads first.

    Parameters
    ----------
    name : str; of two letters only where the family's name comes first
    on : date; None for any day

    Examples
    --------
    >>> holders("Hu", date(2007, 1, 1)), holders("Kim", date(2018, 6, 12)), holders("Kim Sung-hwan", date(2012, 6, 1))
    (('CHN',), ('PRK', 'KOR', 'USA'), ('KOR',))
    """
    held = [one for one in _by_word().get(name.lower(), ()) if on is None or one.first <= on <= one.last]
    return tuple(dict.fromkeys(one.state for one in sorted(held, key=lambda one: not leads(one.office))))


def leads(office: str) -> bool:
    """Whether an office is that of a head of state or government.

    Examples
    --------
    >>> leads("president"), leads("prime minister, foreign minister"), leads("vice president")
    (True, True, False)
    """
    return any(part.strip() in _HEADS for part in re.split(r", | or ", office.lower()))


@dataclass(frozen=True, slots=True)
class _Held:
    """An office that somebody held, from a first day to a last one."""

    state: str
    first: date
    last: date
    office: str


@cache
def _by_word() -> dict[str, tuple[_Held, ...]]:
    """Surname or whole name -> everyone who bears it."""
    found: dict[str, list[_Held]] = {}
    for row in (*rows("leaders"), *rows("envoys")):
        first = parse_cell(row["valid_from"]) or date.min
        last = parse_cell(row["valid_to"]) or date.max
        held = _Held(row["state"], first, last, row["office"].lower())
        for name in many(row["name"]):
            for word in _called(name, row["state"]):
                found.setdefault(word.lower(), []).append(held)
    return {key: tuple(held) for key, held in found.items()}


def _called(name: str, state: str) -> set[str]:
    """What somebody is called in a sentence: the whole name, its last word and its first."""
    words = name.split()
    short = {word for word in (words[0], words[-1]) if len(word) > 2}
    return {name, *short} | ({words[0]} if state in _FAMILY_FIRST else set())
