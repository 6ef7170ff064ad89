"""One node of a tree at a time: its names looked up, its ends bound."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lynchpin.errors import BadMechanism, suggest

from ._checked import (
    Bound,
    CheckedBoth,
    CheckedCause,
    CheckedEdge,
    CheckedEither,
    CheckedProduct,
    CheckedRef,
    Vocabulary,
)
from ._names import bind, classes_of
from ._nodes import Acts, Both, Cause, Edge, Either, Endpoint, Product, Ref, Says
from .tokens import Place, Token, bad

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
        for end, bound in ((edge.source, checked.source), (edge.target, checked.target)):
            inside = next((node for node in bound.domain if "." in node), None)
            if inside is not None:
                what = f"'{end}' can be '{inside}', a sector; what moves on the right of '=>' is between states"
                raise self.bad(what, end.token, "name a state, or a role or variable whose members are states")
        return checked

    def edge(self, edge: Edge) -> CheckedEdge:
        source, target = self.endpoint(edge.source), self.endpoint(edge.target)
        alike = str(source) == str(target)
        if alike or not any(i != j for i in source.domain for j in target.domain):
            what = f"'{source}' and '{target}' can only be one and the same node"
            raise self.bad(what, edge.target.token, "the ends of an edge are two different nodes")
        classes, contexts = self.acts(edge.acts)
        return CheckedEdge(source, target, edge.directed, classes, contexts, edge.acts.name, token=edge.token)

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
        ends = [end for edge in (*_edges(says.cause), says.target) for end in (edge.source, edge.target)]
        bound = {end.name: bind(self.vocabulary, end.name, has_sector=end.sector is not None) for end in ends}
        for end in ends:
            one = bound[end.name]
            rivals = [b for b in bound.values() if b.kind == "variable" == one.kind and b.role == one.role]
            if len(rivals) > len(one.domain):
                what = f"{len(rivals)} variables range over the {len(one.domain)} members of '{one.role}'"
                raise self.bad(what, end.token, "variables of one role are different nodes: use fewer of them")
        return tuple(bound.values())


def _edges(cause: Cause) -> tuple[Edge, ...]:
    """The edges of a tree, from left to right."""
    if isinstance(cause, Edge):
        return (cause,)
    return () if isinstance(cause, Ref) else tuple(edge for part in cause.parts for edge in _edges(part))
