"""One theory, every triad that fits: roles by rule, one patron and two allies at a time, a case for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from itertools import combinations
from typing import Any

from lynchpin.account.cases.case import Case
from lynchpin.account.cases.reading import build_case
from lynchpin.account.cases.roles import Members, cast, fitting, kinds_asked
from lynchpin.account.cases.theory_file import Theory, values_with
from lynchpin.account.structure import Fact, KnownFacts, Structure
from lynchpin.account.theory import Edge, Ref, Says, parse
from lynchpin.record.ontology import countries

_BETWEEN = "between"


@dataclass(frozen=True, slots=True)
class Because:
    """Why a state plays a role: the facts for which it fits the rule. `role` is "between" for what ties the two."""

    role: str
    state: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Triad:
    """A theory bound to states.

    Parameters
    ----------
    theory : Theory
    on : date, the day for which the rules were read; nothing that was not known on its morning counts
    one : str, the state chosen alone (the patron)
    two : tuple of two str, the pair (the allies), in alphabetical order
    roles : mapping, role -> states; a role that nobody plays is empty
    why : tuple of Because
    left_out : mapping, mechanism -> why it cannot be said of this triad
    """

    theory: Theory
    on: date
    one: str
    two: tuple[str, str]
    roles: Mapping[str, Members]
    why: tuple[Because, ...]
    left_out: Mapping[str, str]

    @property
    def name(self) -> str:
        """Short and unique among the triads of a theory: "USA-JPN-KOR"."""
        return "-".join((self.one, *self.two))

    @property
    def title(self) -> str:
        """In words: "United States: Japan and South Korea"."""
        one, a, b = (state_name(state, self.on) for state in (self.one, *self.two))
        return f"{one}: {a} and {b}"

    def case(self) -> Case:
        """The theory as a case of these states; mechanisms that nobody is there for are left out."""
        return _case(self)


def bind(theory: Theory, structure: Structure, on: date | None = None) -> tuple[Triad, ...]:
    """Find every triad that fits a theory.

    Parameters
    ----------
    theory : Theory
    structure : Structure, the tables that its rules look at
    on : date, what was known on the morning of that day counts; None for the day after the last that the tables know

    Returns
    -------
    tuple of Triad, by name; the two allies of a triad are not in an order, so each pair comes once

    Examples
    --------
    >>> from lynchpin.account.cases import read_theory
    >>> [triad.name for triad in bind(read_theory("lateral"), Structure.open(), date(2012, 7, 9))][-2:]
    ['USA-JPN-KOR', 'USA-LTU-LVA']
    """
    day = on or structure.last_day
    known = structure.on(day)
    among = tuple(sorted(known.states()))
    triads = []
    first = cast(theory.roles, [theory.one], known, among)
    for one in first.roles[theory.one]:
        chosen: dict[str, Members] = {theory.one: (one,)}
        second = cast(theory.roles, [theory.two], known, among, chosen)
        allies = [state for state in second.roles[theory.two] if state != one]
        for pair, tie in _tied(theory, known, chosen, allies):
            whole = cast(theory.roles, theory.order, known, among, {**chosen, theory.two: pair})
            why = [
                Because(theory.one, one, first.why.get((theory.one, one), ())),
                *(Because(theory.two, state, second.why.get((theory.two, state), ())) for state in pair),
                *([Because(_BETWEEN, "-".join(pair), tie)] if theory.between is not None else []),
                *(Because(role, state, facts) for (role, state), facts in sorted(whole.why.items())),
            ]
            triads.append(Triad(theory, day, one, pair, whole.roles, tuple(why), _left_out(theory, whole.roles)))
    return tuple(sorted(triads, key=lambda triad: triad.name))


def remarks(theory: Theory, structure: Structure, on: date | None = None) -> tuple[str, ...]:
    """What should be said of the tables that the rules of a theory look at: which end early, which are ours."""
    rules = [*theory.roles.values(), *([theory.between] if theory.between is not None else [])]
    return structure.on(on or structure.last_day).remarks(kinds_asked(rules))


def state_name(state: str, on: date) -> str:
    """The common English name of a state on a day."""
    country = countries.find(state, "iso3", on) or countries.find(state, "iso3")
    return country.name if country else state


def _tied(
    theory: Theory, known: KnownFacts, chosen: Mapping[str, Members], allies: Sequence[str]
) -> Iterator[tuple[tuple[str, str], tuple[Fact, ...]]]:
    """The pairs of allies between which the rule holds, one way or the other, with the facts that say so."""
    if theory.between is None:
        yield from ((pair, ()) for pair in combinations(sorted(allies), 2))
        return
    among = frozenset(allies)
    ties = {
        b: fitting(theory.between, known, {**chosen, theory.two: tuple(allies), "other": (b,)}, among) for b in allies
    }
    for a, b in combinations(sorted(allies), 2):
        if a in ties[b] or b in ties[a]:
            yield (a, b), tuple(dict.fromkeys((*ties[b].get(a, ()), *ties[a].get(b, ()))))


def _left_out(theory: Theory, roles: Mapping[str, Members]) -> dict[str, str]:
    """The mechanisms that speak of a role nobody plays, or of a mechanism that does."""
    role_of = {**theory.text.variables, **{role: role for role in roles}}
    out: dict[str, str] = {}
    said = {m.name: parse(m.says) for m in theory.text.mechanisms}
    for name, says in said.items():
        empty = [role_of[end] for end in _ends(says) if end in role_of and not roles.get(role_of[end], ("*",))]
        alone = [edge.source.name for edge in _edges(says) if str(edge.source) == str(edge.target)]
        alone = [role for role in alone if len(roles.get(role, ())) == 1]
        if empty:
            out[name] = f"nobody plays the role '{empty[0]}'"
        elif alone:
            out[name] = f"only one state plays the role '{alone[0]}'"
    while True:
        more = {
            name: f"it rests on '{ref}'"
            for name, says in said.items()
            if name not in out
            for ref in _refs(says.cause)
            if ref in out
        }
        if not more:
            return out
        out |= more


def _ends(says: Says) -> list[str]:
    """The names at the ends of every edge of a mechanism."""
    return [end.name for edge in _edges(says) for end in (edge.source, edge.target)]


def _edges(says: Says) -> list[Edge]:
    edges, waiting = [says.target] if isinstance(says.target, Edge) else [], [says.cause]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Edge):
            edges.append(node)
        elif not isinstance(node, Ref):
            waiting += node.parts
    return edges


def _refs(cause: Any) -> list[str]:
    if isinstance(cause, Ref):
        return [cause.name]
    return [name for part in getattr(cause, "parts", ()) for name in _refs(part)]


def _case(triad: Triad) -> Case:
    theory = triad.theory
    states = {state for members in triad.roles.values() for state in members}
    values = values_with(theory.values, triad.roles, {state: state_name(state, triad.on) for state in states})
    top = {**values["case"], "name": f"{theory.name}-{triad.name}", "title": f"{theory.title}. {triad.title}"}
    mechanisms = [m for m in values.get("mechanism", []) if m["name"] not in triad.left_out]
    stated = {m.get("claim") for m in mechanisms}
    claims = []
    for claim in values.get("claim", []):
        reasons = [
            f"{name}: {why}"
            for name, why in triad.left_out.items()
            if any(m["name"] == name and m.get("claim") == claim["id"] for m in values["mechanism"])
        ]
        if claim["id"] not in stated and reasons:
            claim = {**claim, "untestable_because": f"it cannot be said of this triad ({'; '.join(reasons)})"}
        claims.append(claim)
    roles = values["roles"]
    variables = {name: role for name, role in values.get("variables", {}).items() if role == "*" or role in roles}
    bound = {**values, "case": top, "mechanism": mechanisms, "claim": claims, "variables": variables}
    digest = sha256(f"{theory.hash} {triad.on} {sorted((r, tuple(m)) for r, m in triad.roles.items())}".encode())
    made = build_case(bound, theory.lines, theory.path, digest.hexdigest())
    rules = {role: str(rule) for role, rule in theory.roles.items() if not isinstance(rule, tuple)}
    return replace(made, rules=rules, roles_on=triad.on)
