"""Structural facts as they were known on a day."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import polars as pl

from lynchpin.account.structure.facts import KINDS, SCHEMA, Fact, known_days
from lynchpin.account.structure.store import Imported, read_store
from lynchpin.days import parse_cell, parse_day
from lynchpin.record.ontology import countries

OWN = "lynchpin"  # the data set of the facts that come with the package


@dataclass(frozen=True, slots=True, eq=False)
class Structure:
    """Structural facts, and where they come from.

    A kind of fact that no imported table holds is taken from the few that come with the package.

    Parameters
    ----------
    facts : DataFrame in the columns of `lynchpin.account.structure.facts.SCHEMA`
    tables : tuple of Imported, the files read
    file : str, the name of the store; "" for the facts that come with the package alone
    """

    facts: pl.DataFrame
    tables: tuple[Imported, ...]
    file: str

    @classmethod
    def open(cls, store: str | Path | None = None) -> Structure:
        """Read a structural store; None for the facts that come with the package alone.

        Examples
        --------
        >>> known = Structure.open().on(date(2012, 7, 9))
        >>> [str(fact) for fact in known.of("claim", "KOR") if fact.a == "JPN"]
        ['JPN claims territory of KOR: Dokdo/Takeshima, since 1952 (lynchpin)']
        """
        if store is None:
            return cls(own_facts(), (), "")
        tables, facts = read_store(Path(store))
        held = {kind for table in tables for kind in table.kinds}
        return cls(
            pl.concat([facts, own_facts().filter(~pl.col("kind").is_in(sorted(held)))]), tables, Path(store).name
        )

    def on(self, day: str | date) -> KnownFacts:
        """What was known on the morning of a day."""
        return KnownFacts.of_day(self, parse_day(day, name="on"))

    @property
    def last_day(self) -> date:
        """The day after the last one that any table speaks of; 2025-01-01 for our own facts alone."""
        return max((table.last for table in self.tables), default=date(2024, 12, 31)) + timedelta(days=1)

    def ends(self, kind: str) -> tuple[str, date] | None:
        """The data set that says a kind of fact and the last day it speaks of; None for our own facts."""
        tables = [(table.dataset, table.last) for table in self.tables if kind in table.kinds]
        return max(tables, key=lambda one: one[1]) if tables else None


@dataclass(frozen=True, slots=True, eq=False)
class KnownFacts:
    """The facts known to hold on a day, those of pairs by either state, and what had ended before."""

    day: date
    structure: Structure
    _now: dict[str, tuple[Fact, ...]] = field(repr=False)
    _then: dict[tuple[str, str], tuple[Fact, ...]] = field(repr=False)  # (kind, state) -> now or before

    @classmethod
    def of_day(cls, structure: Structure, day: date) -> KnownFacts:
        """Pick the facts of a day: nothing that became known on it or later."""
        begun = structure.facts.filter(pl.col("known_from") <= day)
        now: dict[str, list[Fact]] = {}
        then: dict[tuple[str, str], list[Fact]] = {}
        for row in begun.select(*SCHEMA).iter_rows():
            fact = Fact(*row)
            if fact.known_to is not None and fact.known_to >= day:
                fact = replace(fact, until=None, known_to=None)  # its end lies ahead: nobody knows of it
            if fact.known_to is None:
                now.setdefault(fact.kind, []).append(fact)
            for state in filter(None, (fact.a, fact.b)):
                then.setdefault((fact.kind, state), []).append(fact)
        return cls(
            day,
            structure,
            {kind: tuple(facts) for kind, facts in now.items()},
            {key: tuple(facts) for key, facts in then.items()},
        )

    def facts(self, kind: str) -> tuple[Fact, ...]:
        """The facts of a kind that hold."""
        return self._now.get(kind, ())

    def of(self, kind: str, state: str, *, within_days: float = 0.0) -> tuple[Fact, ...]:
        """The facts of a kind about a state that hold, or held at some time in so many days before."""
        since = self.day - timedelta(days=min(within_days, (self.day - date.min).days))
        held = self._then.get((kind, state), ())
        return tuple(fact for fact in held if fact.known_to is None or (within_days > 0 and fact.known_to >= since))

    def about(self, a: str, b: str = "") -> tuple[Fact, ...]:
        """The facts that hold of a state, or between two, by kind and beginning."""
        held = [
            fact
            for facts in self._now.values()
            for fact in facts
            if (a in (fact.a, fact.b) and (not b or b in (fact.a, fact.b)))
        ]
        return tuple(sorted(held, key=lambda fact: (fact.kind, fact.since, fact.a, fact.b, fact.detail)))

    def states(self) -> frozenset[str]:
        """The states of the system on the day; every state with a fact when no table says which they are."""
        members = {fact.a for fact in self.facts("state")}
        return frozenset(members or {state for _, state in self._then})

    def remarks(self, kinds: tuple[str, ...]) -> tuple[str, ...]:
        """What should be said of tables that end before the day."""
        said, ours = [], []
        for kind in dict.fromkeys(kinds):
            end = self.structure.ends(kind)
            if end is None:
                ours.append(kind)
            elif end[1] < self.day - timedelta(days=366):
                said.append(f"{kind}: {end[0]} ends on {end[1]}; what held then is taken to hold on {self.day}")
        if ours:
            said.append(f"{', '.join(ours)}: no table was imported; from the few facts that come with the package")
        return tuple(said)


@cache
def own_facts() -> pl.DataFrame:
    """The facts that come with the package, each with a source in its file."""
    text = files(__package__).joinpath("builtin.csv").read_text(encoding="utf-8")
    rows = []
    for number, cells in enumerate(csv.DictReader(text.splitlines()), start=2):
        since, end = parse_day(cells["since"]), parse_cell(cells["until"])
        precision = "year" if cells["precision"] == "year" else "day"
        known = known_days(since, end, precision, event=precision == "day")  # type: ignore[arg-type]
        value = float(cells["value"]) if cells["value"] else None
        rows.append((cells["kind"], cells["a"], cells["b"], since, end, *known, value, cells["detail"], OWN, number))
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


# -- What the tables say of a state, or of two, as an answer.


@dataclass(frozen=True, slots=True, eq=False)
class FactsAbout:
    """Facts about one state, or about two.

    Parameters
    ----------
    states : tuple of str, ISO3
    known : KnownFacts, the day
    facts : tuple of Fact
    """

    states: tuple[str, ...]
    known: KnownFacts
    facts: tuple[Fact, ...]

    def summary(self) -> str:
        """As text for a terminal."""
        lines = [f"{' and '.join(self.states)}, as known on {self.known.day}"]
        lines += [f"  {fact}" for fact in self.facts] or ["  no fact holds"]
        lines += [f"  note: {remark}" for remark in self.known.remarks(tuple(KINDS))]
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for the JSON answer."""
        return {
            "states": list(self.states),
            "on": self.known.day,
            "remarks": list(self.known.remarks(tuple(KINDS))),
            "facts": [
                {
                    "kind": fact.kind,
                    "a": fact.a,
                    "b": fact.b,
                    "since": fact.since,
                    "value": fact.value,
                    "detail": fact.detail,
                    "dataset": fact.dataset,
                    "row": fact.row,
                    "text": str(fact),
                }
                for fact in self.facts
            ],
        }


def facts_about(
    structure: Structure, state: str, other: str | None = None, *, on: str | date | None = None
) -> FactsAbout:
    """Find the facts that hold of a state, or between two.

    Parameters
    ----------
    structure : Structure
    state, other : str, ISO3 code or English name
    on : day, or YYYY-MM-DD: only what was known on its morning; None for the day after the last that the tables know

    Raises
    ------
    UnknownName : no such state on that day

    Examples
    --------
    >>> print(facts_about(Structure.open(), "South Korea", "USA", on="2012-07-09").facts[0])
    KOR and USA: defence pact, since 1954 (lynchpin)
    """
    day = parse_day(on, name="--on") if on is not None else structure.last_day
    names = tuple(countries.resolve(one, on=day).iso3 for one in (state, other) if one is not None)
    known = structure.on(day)
    return FactsAbout(names, known, known.about(*names))
