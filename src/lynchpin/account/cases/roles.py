"""Who plays each role: a list of names, or a rule over what was known of the states on a day."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import TypeAlias

from lynchpin.account.cases.case import Case
from lynchpin.account.structure import CONDITIONS, LOOKS_AT, Fact, KnownFacts, who
from lynchpin.account.theory import Place
from lynchpin.account.theory.rules import (
    AllOf,
    EitherOf,
    Not,
    Rule,
    check_rule,
    conditions_of,
    explain_rule,
    option_value,
    others_of,
    parse_rule,
)
from lynchpin.errors import BadData
from lynchpin.record.ontology import countries
from lynchpin.toml import Lines, Table

Members: TypeAlias = tuple[str, ...]
Fitting: TypeAlias = dict[str, tuple[Fact, ...]]  # state -> the facts for which it fits


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays what on a day, and why.

    Parameters
    ----------
    roles : mapping, role -> states and sectors, in the order of the case, or of the alphabet where it has none
    why : mapping, (role, state) -> the facts for which it fits; no entry where the role is a list
    """

    roles: Mapping[str, Members]
    why: Mapping[tuple[str, str], tuple[Fact, ...]]


def read_roles(table: Table, lines: Lines, nodes: Collection[str] | None) -> dict[str, Members | Rule]:
    """The roles of a case or a theory, each a list or a checked rule.

    Parameters
    ----------
    table : Table, [roles]
    lines : Lines, of the file
    nodes : the nodes of the case; None for a theory, whose lists may name any state

    Raises
    ------
    UnknownName, BadData : a name in a list that is no node or state; an empty role; a role that is a node
    BadMechanism : a rule that does not read, or names what is not there, or roles that speak of each other in a circle
    """
    roles: dict[str, Members | Rule] = {}
    for role, value in table.values.items():
        if role in (nodes if nodes is not None else state_codes()):
            raise BadData(f"role {role!r} is a node", table.where(role), "give the role another name")
        if isinstance(value, str):
            roles[role] = parse_rule(value, place=_place(lines, role))
        else:
            roles[role] = table.known(role, tuple(nodes if nodes is not None else state_codes()), "node")
            if not roles[role]:
                raise BadData(f"role {role!r} is empty", table.where(role), "name its members, or write a rule")
    known = {*roles, *(node for node in (nodes if nodes is not None else state_codes()) if "." not in node)}
    for role, played in roles.items():
        if not isinstance(played, tuple):
            check_rule(played, CONDITIONS, known - {role})
    order_of(roles, table)
    return roles


def _place(lines: Lines, role: str) -> Place:
    line, column = lines.find("roles", 0, role)
    return Place(lines.file, line, column + 1)


def state_codes() -> frozenset[str]:
    """The ISO3 codes of all states that there are or were."""
    return frozenset(country.iso3 for country in countries.all_countries())


def order_of(roles: Mapping[str, Members | Rule], table: Table) -> tuple[str, ...]:
    """The roles, each after those that its rule speaks of."""
    speaks = {
        role: [] if isinstance(played, tuple) else [o for o in others_of(played, CONDITIONS) if o in roles]
        for role, played in roles.items()
    }
    try:
        return tuple(TopologicalSorter(speaks).static_order())
    except CycleError as error:
        circle = error.args[1][::-1]
        raise BadData(
            f"roles speak of each other in a circle: {' -> '.join(circle)}",
            table.where(circle[0]),
            "take one of these conditions away, or move it to the other role",
        ) from None


def cast(
    roles: Mapping[str, Members | Rule],
    order: Collection[str],
    known: KnownFacts,
    among: Collection[str],
    chosen: Mapping[str, Members] | None = None,
) -> Cast:
    """Give every role its players.

    Parameters
    ----------
    roles : from `read_roles`
    order : the roles to fill, each after those it speaks of
    known : KnownFacts, what was known on the day
    among : the states that may play
    chosen : mapping, role -> players that are settled already
    """
    filled: dict[str, Members] = dict(chosen or {})
    why: dict[tuple[str, str], tuple[Fact, ...]] = {}
    for role in order:
        played = roles[role]
        if role in filled:
            continue
        if isinstance(played, tuple):
            filled[role] = played
            continue
        fits = fitting(played, known, filled, frozenset(among))
        filled[role] = tuple(state for state in among if state in fits)
        why |= {(role, state): facts for state, facts in fits.items()}
    return Cast(filled, why)


def fitting(rule: Rule, known: KnownFacts, filled: Mapping[str, Members], among: frozenset[str]) -> Fitting:
    """The states that fit a rule, each with the facts for which it does."""
    if isinstance(rule, EitherOf):
        merged: Fitting = {}
        for part in rule.parts:
            for state, facts in fitting(part, known, filled, among).items():
                merged[state] = tuple(dict.fromkeys((*merged.get(state, ()), *facts)))
        return merged
    if isinstance(rule, AllOf):
        every = [fitting(part, known, filled, among) for part in rule.parts]
        both = frozenset.intersection(*(frozenset(one) for one in every))
        return {state: tuple(dict.fromkeys(fact for one in every for fact in one[state])) for state in both}
    if isinstance(rule, Not):
        inside = fitting(rule.part, known, filled, among)
        return {state: () for state in among if state not in inside}
    if rule.name not in CONDITIONS:
        return {state: () for state in _players(rule.name, filled) if state in among}
    condition = CONDITIONS[rule.name]
    others = _players(rule.arguments[0], filled) if condition.needs_other else ()
    option = option_value(rule, condition) if condition.option else ""
    reasons = who(known, rule.name, others, option)
    return {state: facts for state, facts in reasons.items() if state in among}


def _players(name: str, filled: Mapping[str, Members]) -> Members:
    """The states behind a name: those in a role, or the state itself."""
    return tuple(dict.fromkeys(node.partition(".")[0] for node in filled.get(name, (name,))))


def kinds_asked(rules: Collection[Members | Rule]) -> tuple[str, ...]:
    """The kinds of fact that rules look at, each once."""
    asked = [
        kind
        for rule in rules
        if not isinstance(rule, tuple)
        for held in conditions_of(rule)
        for kind in LOOKS_AT.get(held.name, ())
    ]
    return tuple(dict.fromkeys(asked))


def role_words(played: Members | Rule) -> str:
    """A role in words: its members, or who fits its rule."""
    return ", ".join(played) if isinstance(played, tuple) else f"whoever {explain_rule(played, CONDITIONS)}"


def roles_in_words(case: Case) -> dict[str, str]:
    """Who plays each role of a case: its members, and the rule that chose them where there is one."""
    said = {role: ", ".join(members) for role, members in case.roles.items()}
    for role, rule in case.rules.items():
        if role in said:
            said[role] += f" ({role_words(parse_rule(rule))}, on {case.roles_on})"
    return said
