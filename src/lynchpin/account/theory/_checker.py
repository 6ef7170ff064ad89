"""One node of a tree at a time: its names looked up, its ends bound."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from lynchpin.account.theory._checked import (
    Bound,
    CheckedBoth,
    CheckedCause,
    CheckedEdge,
    CheckedEither,
    CheckedProduct,
    CheckedRef,
    Vocabulary,
    _CheckedJoin,
    leaves,
)
from lynchpin.account.theory._nodes import Acts, Both, Cause, Edge, Either, Endpoint, Product, Ref, Says
from lynchpin.account.theory.tokens import Place, Token, bad
from lynchpin.errors import BadMechanism, suggest

_JOINS: dict[type[Both | Either | Product], type[CheckedBoth | CheckedEither | CheckedProduct]] = {
    Both: CheckedBoth,
    Either: CheckedEither,
    Product: CheckedProduct,
}


@dataclass(frozen=True, slots=True)
class Checker:
    """What every check needs; one method per kind of node."""

    vocabulary: Vocabulary
    mechanism: str
    place: Place | None

    def bad(self, what: str, token: Token, mend: str) -> BadMechanism:
        """Make the error at `token`; ``place`` shifts it when the text was read without one."""
        known = self.place is None or token.place.file
        place = token.place if known or self.place is None else self.place.at(token.line, token.column)
        return bad(what, place, mend, mechanism=self.mechanism)

    def cause(self, cause: Cause) -> CheckedCause:
        if isinstance(cause, Edge):
            return self.edge(cause)
        if isinstance(cause, Ref):
            return self.ref(cause)
        return _JOINS[type(cause)](tuple(map(self.cause, cause.parts)), token=cause.token)

    def target(self, edge: Edge) -> CheckedEdge:
        checked = self.edge(edge)
        if edge.acts.contexts:
            raise self.bad("the right side of '=>' takes no contexts", edge.acts.contexts[0].token, "name a class only")
        if edge.acts.alone:
            raise self.bad("the right side of '=>' takes no 'alone'", edge.acts.alone_token, "name a class only")
        for end, bound in ((edge.source, checked.source), (edge.target, checked.target)):
            bloc = next((node for node in bound.domain if node in self.vocabulary.blocs), None)
            if bloc is not None:
                what = f"{a_bloc(str(end), bloc)}; what moves on the right of '=>' is between states"
                raise self.bad(what, end.token, "blocs stand in causes only")
            inside = next((node for node in bound.domain if "." in node), None)
            if inside is not None:
                what = f"'{end}' can be '{inside}', a sector; what moves on the right of '=>' is between states"
                raise self.bad(what, end.token, "name a state, or a role or variable whose members are states")
        return checked

    def edge(self, edge: Edge) -> CheckedEdge:
        source, target = self.endpoint(edge.source), self.endpoint(edge.target)
        if is_twin(edge, source):
            target = target.twin
        alike = source == target
        if alike or not any(i != j for i in source.domain for j in target.domain):
            what = f"'{source}' and '{target}' can only be one and the same node"
            raise self.bad(what, edge.target.token, "the ends of an edge are two different nodes")
        classes, contexts = self.acts(edge.acts)
        return CheckedEdge(
            source, target, edge.directed, classes, contexts, edge.acts.name, (), edge.token, edge.acts.alone
        )

    def endpoint(self, end: Endpoint) -> Bound:
        try:
            whole = bind(self.vocabulary, end.name, has_sector=end.sector is not None)
        except BadMechanism as error:
            raise self.bad(error.what, end.token, error.mend) from None
        if end.sector is None:
            return whole
        wanted = [f"{state}.{end.sector}" for state in whole.domain if "." not in state]
        domain = tuple(node for node in wanted if node in self.vocabulary.nodes)
        if not domain:
            known = {node.partition(".")[2] for node in self.vocabulary.nodes if node.partition(".")[0] in whole.domain}
            mend = suggest(end.sector, known - {""}, noun=f"sectors of {end.name}")
            raise self.bad(f"there is no node '{' or '.join(wanted) or end}' in the case", end.sector_token, mend)
        return replace(whole, sector=end.sector, domain=domain)

    def acts(self, acts: Acts) -> tuple[tuple[str, ...], tuple[str, ...]]:
        try:
            classes = classes_of(self.vocabulary, acts.name)
        except BadMechanism as error:
            raise self.bad(error.what, acts.token, error.mend) from None
        for context in acts.contexts:
            if context.name not in self.vocabulary.contexts:
                mend = suggest(context.name, self.vocabulary.contexts, noun="contexts")
                raise self.bad(f"no context is called '{context.name}'", context.token, mend)
        return classes, tuple(dict.fromkeys(context.name for context in acts.contexts))

    def ref(self, ref: Ref) -> CheckedRef:
        if ref.name == self.mechanism:
            mend = "name another mechanism, or write the edge out"
            raise self.bad(f"the mechanism '{ref.name}' refers to itself", ref.token, mend)
        if ref.name not in self.vocabulary.mechanisms:
            mend = suggest(ref.name, set(self.vocabulary.mechanisms) - {self.mechanism}, noun="mechanisms")
            ends = {*self.vocabulary.nodes, *self.vocabulary.roles, *self.vocabulary.variables}
            if ref.name in ends:
                mend = f"a name alone is a mechanism; an edge is written '{ref.name} -> ... : class'"
            raise self.bad(f"no mechanism is called '{ref.name}'", ref.token, mend)
        return CheckedRef(ref.name, ref.token)

    def names(self, says: Says) -> tuple[Bound, ...]:
        edges = [*_edges(says.cause), *([says.target] if isinstance(says.target, Edge) else [])]
        bound: dict[str, Bound] = {}
        for edge in edges:
            for end in (edge.source, edge.target):
                one = bind(self.vocabulary, end.name, has_sector=end.sector is not None)
                bound[one.name] = one
            if is_twin(edge, one):
                bound[one.twin.name] = one.twin
        for end in (end for edge in edges for end in (edge.source, edge.target)):
            one = bound[end.name]
            rivals = [b for b in bound.values() if b.kind == "variable" == one.kind and b.role == one.role]
            if len(rivals) > len(one.domain):
                what = f"{len(rivals)} variables range over the {len(one.domain)} members of '{one.role}'"
                raise self.bad(what, end.token, "variables of one role are different nodes: use fewer of them")
        return tuple(bound.values())


def a_bloc(end: str, bloc: str) -> str:
    """That an end is a bloc, or can be one."""
    return f"'{end}' is a bloc of states" if end == bloc else f"'{end}' can be '{bloc}', a bloc of states"


def is_twin(edge: Edge, source: Bound) -> bool:
    """Whether both ends of an edge are one role of several members, as in "trio -- trio": two of its members."""
    alike = (edge.source.name, edge.source.sector) == (edge.target.name, edge.target.sector)
    return alike and source.kind == "role" and len(source.domain) > 1


def _edges(cause: Cause) -> tuple[Edge, ...]:
    """The edges of a tree, from left to right."""
    if isinstance(cause, Edge):
        return (cause,)
    return () if isinstance(cause, Ref) else tuple(edge for part in cause.parts for edge in _edges(part))


# -- One name of a mechanism, looked up in the vocabulary of its case.

ANY_CLASS = "any"
ANY_STATE = "*"


def bind(vocabulary: Vocabulary, name: str, *, has_sector: bool) -> Bound:
    """Give the nodes a name ranges over, its sector aside. A BadMechanism raised here has no place yet."""
    states = {node.partition(".")[0] for node in vocabulary.nodes} if has_sector else set(vocabulary.nodes)
    kinds: list[Literal["node", "role", "variable"]] = []
    if name in states:
        kinds.append("node")
    if name in vocabulary.roles:
        kinds.append("role")
    if name in vocabulary.variables:
        kinds.append("variable")
    if not kinds:
        known = {*vocabulary.nodes, *vocabulary.roles, *vocabulary.variables}
        mend = suggest(name, known, noun="nodes, roles and variables")
        raise BadMechanism(f"no node, role or variable is called '{name}'", "", mend)
    if len(kinds) > 1:
        raise BadMechanism(f"'{name}' is both a {' and a '.join(kinds)}", "", "give one of them another name")
    kind = kinds[0]
    if kind == "node":
        return Bound(name, kind, None, (name,))
    role = name if kind == "role" else vocabulary.variables[name]
    if role != ANY_STATE and role not in vocabulary.roles:
        mend = suggest(role, vocabulary.roles, noun="roles")
        raise BadMechanism(f"the variable '{name}' ranges over '{role}', which is not a role", "", mend)
    domain = vocabulary.states if role == ANY_STATE else tuple(vocabulary.roles[role])
    if not domain:
        raise BadMechanism(f"nobody plays the role '{role}'", "", "give the role a member, or drop the mechanism")
    return Bound(name, kind, None, domain, role)


def classes_of(vocabulary: Vocabulary, name: str) -> tuple[str, ...]:
    """Give the classes a name stands for. A BadMechanism raised here has no place yet."""
    meanings = [
        ("a class", name in vocabulary.classes),
        ("a group", name in vocabulary.groups),
        ("the word for every act", name == ANY_CLASS),
    ]
    names = [meaning for meaning, holds in meanings if holds]
    if not names:
        known = {*vocabulary.classes, *vocabulary.groups, ANY_CLASS}
        raise BadMechanism(f"no class or group is called '{name}'", "", suggest(name, known, noun="classes and groups"))
    if len(names) > 1:
        raise BadMechanism(f"'{name}' is both {' and '.join(names)}", "", "give one of them another name")
    if name == ANY_CLASS:
        return vocabulary.classes
    return (name,) if name in vocabulary.classes else tuple(vocabulary.groups[name])


# -- Where each free name is summed: at the smallest part of the cause that holds every use of it.


def place_sums(cause: CheckedCause, free: Iterable[Bound]) -> CheckedCause:
    """Write on each node of `cause` the names that are summed there.

    Free variables of one role are never one node, so they are summed together, at the smallest part that
    holds all uses of all of them.
    """
    groups: dict[str, tuple[str, ...]] = {}
    for bound in free:
        key = f"role {bound.role}" if bound.kind == "variable" else f"name {bound.name}"
        groups[key] = (*groups.get(key, ()), bound.name)
    return _placed(cause, tuple(groups.values()))


def _placed(cause: CheckedCause, groups: tuple[tuple[str, ...], ...]) -> CheckedCause:
    if isinstance(cause, CheckedRef):
        return cause
    if not isinstance(cause, _CheckedJoin):
        return replace(cause, summed=tuple(name for group in groups for name in group))
    here: list[str] = []
    below: list[list[tuple[str, ...]]] = [[] for _ in cause.parts]
    for group in groups:
        holders = [k for k, part in enumerate(cause.parts) if not _names(part).isdisjoint(group)]
        if len(holders) == 1:
            below[holders[0]].append(group)
        else:
            here.extend(group)
    parts = tuple(_placed(part, tuple(inside)) for part, inside in zip(cause.parts, below, strict=True))
    return replace(cause, parts=parts, summed=tuple(here))


def _names(cause: CheckedCause) -> set[str]:
    edges = [leaf for leaf in leaves(cause) if not isinstance(leaf, CheckedRef)]
    return {end.name for edge in edges for end in (edge.source, edge.target)}
