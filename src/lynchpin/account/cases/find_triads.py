"""The triads that fit a theory, as an answer: who plays what, why, and how much of a record each has.

This is what the command line calls.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from lynchpin.account.cases import Because, Theory, Triad, bind, classify, read_theory
from lynchpin.account.cases.triads import remarks
from lynchpin.account.structure import Structure
from lynchpin.account.theory import explain, joint_acts
from lynchpin.days import optional_day, parse_day
from lynchpin.events import before
from lynchpin.record.store import Store

_SHOWN = 3  # facts for each part on a terminal; the JSON answer has all


@dataclass(frozen=True, slots=True, eq=False)
class Triads:
    """What `find_triads` found.

    Parameters
    ----------
    theory : Theory
    structure : str, the name of the structural store; "" for the facts that come with the package alone
    on : date, the day of the rules
    triads : tuple of Triad, by name; by number of acts first where they were counted
    acts : dict, triad -> acts of the theory's classes between the two, both ways; None where none were counted
    remarks : tuple of str, of the tables
    """

    theory: Theory
    structure: str
    on: date
    triads: tuple[Triad, ...]
    acts: dict[str, int] | None
    remarks: tuple[str, ...]

    def summary(self) -> str:
        """As text for a terminal."""
        theory = self.theory
        lines = [f"{theory.title}, on {self.on}"]
        lines += [f"  {role}: {words}" for role, words in theory.roles_in_words().items()]
        lines += [f"  note: {remark}" for remark in self.remarks]
        for triad in self.triads:
            count = "" if self.acts is None else f"; {self.acts[triad.name]} acts between the two"
            lines += ["", f"{triad.name}  {triad.title}{count}"]
            for because in triad.why:
                lines.append(f"  {because.role} {because.state}: {_facts(because)}")
            lines += [f"  left out: {name} ({why})" for name, why in triad.left_out.items()]
        lines += ["", f"{len(self.triads)} triad{'' if len(self.triads) == 1 else 's'}"]
        if self.acts:
            lines[-1] += f", {sum(count > 0 for count in self.acts.values())} with an act between the two"
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for the JSON answer."""
        return {
            "theory": self.theory.name,
            "title": self.theory.title,
            "structure": self.structure,
            "on": self.on,
            "rules": self.theory.roles_in_words(),
            "remarks": list(self.remarks),
            "triads": [
                {
                    "name": triad.name,
                    "title": triad.title,
                    "one": triad.one,
                    "two": list(triad.two),
                    "roles": {role: list(members) for role, members in triad.roles.items()},
                    "why": [
                        {"role": b.role, "state": b.state, "facts": list(dict.fromkeys(map(str, b.facts)))}
                        for b in triad.why
                    ],
                    "left_out": [{"mechanism": name, "why": why} for name, why in triad.left_out.items()],
                    "acts": None if self.acts is None else self.acts[triad.name],
                }
                for triad in self.triads
            ],
        }


def sentences(theory: Theory) -> list[dict[str, str]]:
    """Every mechanism of a theory, with its text and what it says in English; roles are named, not listed."""
    return [
        {
            "name": m.name,
            "claim": m.claim,
            "says": m.says,
            "expect": m.expect,
            "sentence": explain(
                m.checked,
                expect=m.expect,
                half_life_days=m.half_life_days,
                open_roles=tuple(theory.roles),
                window_days=m.window_days,
                lag_days=m.lag_days,
            ),
            "joint_acts": joint_acts(m.checked),
        }
        for m in theory.text.mechanisms
    ]


def _facts(because: Because) -> str:
    """The facts behind a part, the first few of them."""
    facts = list(dict.fromkeys(map(str, because.facts)))
    more = f"; and {len(facts) - _SHOWN} more" if len(facts) > _SHOWN else ""
    return "; ".join(facts[:_SHOWN]) + more or "by the rule alone"


def find_triads(
    theory: str | Path | Theory = "lateral",
    structure: str | Path | Structure | None = None,
    *,
    on: str | date | None = None,
    between: str | None = None,
    events: str | Path | None = None,
    as_of: str | date | None = None,
) -> Triads:
    """Find the triads that fit a theory.

    Parameters
    ----------
    theory : the name or path of a theory, or a theory
    structure : the path of a structural store, or a structure; None for the facts that come with the package
    on : day, or YYYY-MM-DD: only what the tables knew on its morning counts; None for `as_of`, else for the day after
        the last that the tables know
    between : str or None, another rule than the theory's for what ties the two
    events : path of a store of events: count the acts between the two
    as_of : day: count only acts dated before it
    """
    read = theory if isinstance(theory, Theory) else read_theory(theory, between=between)
    tables = structure if isinstance(structure, Structure) else Structure.open(structure)
    cut = optional_day(as_of, name="--as-of")
    day = parse_day(on, name="--on") if on is not None else cut or tables.last_day
    triads = bind(read, tables, day)
    acts = None
    if events is not None:
        acts = count_acts(read, triads, events, as_of=cut)
        triads = tuple(sorted(triads, key=lambda triad: (-acts[triad.name], triad.name)))
    return Triads(read, tables.file, day, triads, acts, remarks(read, tables, day))


def count_acts(
    theory: Theory, triads: tuple[Triad, ...], events: str | Path, *, as_of: date | None = None
) -> dict[str, int]:
    """Acts of any class of the theory between the two of each triad, both ways; a joint act counts once."""
    with Store.open(Path(events), read_only=True) as store:
        known = before(store.events(before=as_of, among={state for triad in triads for state in triad.two}), as_of)
    classed = classify(known, theory.text.classes).filter(pl.col("event_class").is_not_null())
    count: Counter[frozenset[str]] = Counter()
    wanted = {frozenset(triad.two) for triad in triads}
    for source, target in classed.select("source", "target").iter_rows():
        pairs = {frozenset((i, j)) for i in source for j in target if i != j}
        count.update(pairs & wanted)
    return {triad.name: count[frozenset(triad.two)] for triad in triads}
