"""Who held an office, and from which day: the terms in `tables/leaders.csv`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from lynchpin.days import parse_cell, parse_day
from lynchpin.record.ontology._tables import many, rows


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

    Examples
    --------
    >>> office_of("Obama", "USA", date(2012, 7, 9)), office_of("Obama", "USA", date(2018, 1, 1))
    ('president', '')
    """
    held = _by_word().get((state, word.lower()), ())
    return next((office for first, last, office in reversed(held) if first <= on <= last), "")


@cache
def _by_word() -> dict[tuple[str, str], tuple[tuple[date, date, str], ...]]:
    found: dict[tuple[str, str], list[tuple[date, date, str]]] = {}
    for row in rows("leaders"):
        first = parse_cell(row["valid_from"]) or date.min
        last = parse_cell(row["valid_to"]) or date.max
        for name in many(row["name"]):
            for word in {name.split()[0], name.split()[-1]}:
                found.setdefault((row["state"], word.lower()), []).append((first, last, row["office"].lower()))
    return {key: tuple(held) for key, held in found.items()}
