"""Who held an office, and from which day: the terms in `tables/leaders.csv`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

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
