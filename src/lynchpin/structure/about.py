"""What the tables say of a state, or of two, as an answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from lynchpin.events import parse_day
from lynchpin.ontology import countries

from .facts import KINDS, Fact
from .known import Known, Structure


@dataclass(frozen=True, slots=True, eq=False)
class About:
    """Facts about one state, or about two.

    Parameters
    ----------
    states : tuple of str, ISO3
    known : Known, the day
    facts : tuple of Fact
    """

    states: tuple[str, ...]
    known: Known
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


def facts_about(structure: Structure, state: str, other: str | None = None, *, on: str | date | None = None) -> About:
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
    return About(names, known, known.about(*names))
