"""A pattern of acts that stands alone: one edge of the language, without cause or effect."""

from __future__ import annotations

from lynchpin.account.theory._checked import CheckedEdge, Vocabulary
from lynchpin.account.theory._checker import Checker, a_bloc
from lynchpin.account.theory._nodes import Edge
from lynchpin.account.theory.tokens import Place, bad, tokenise
from lynchpin.account.theory.tree import _EDGE, _Reader


def parse_pattern(text: str, *, place: Place | None = None) -> Edge:
    """Read one edge, as in "PRK -> KOR : material_conflict".

    Parameters
    ----------
    text : str
    place : Place or None, where its first character stands

    Raises
    ------
    BadMechanism : pointing at the word where the text stops being an edge

    Examples
    --------
    >>> str(parse_pattern("a--b:talks[trade]"))
    'a -- b : talks[trade]'
    """
    reader = _Reader(tokenise(text, place=place), "")
    if reader.peek().kind != "name":
        raise bad("a pattern of acts is missing", reader.peek().place, _EDGE)
    edge = reader.edge()
    if reader.peek().kind != "end":
        raise reader.unexpected("a pattern is one edge")
    return edge


def check_pattern(edge: Edge, vocabulary: Vocabulary, *, of_states: bool = True) -> CheckedEdge:
    """Find the names of a pattern in a case.

    Parameters
    ----------
    edge : Edge, from `parse_pattern`
    vocabulary : Vocabulary
    of_states : bool, refuse contexts and sectors: counts to come are drawn by states and class

    Raises
    ------
    BadMechanism : a name is not the case's
    """
    checker = Checker(vocabulary, "", None)
    checked = checker.edge(edge)
    if edge.acts.alone:
        raise checker.bad("a pattern takes no 'alone'", edge.acts.alone_token, "it belongs to the cause of a mechanism")
    if of_states and edge.acts.contexts:
        raise checker.bad(
            "counts to come are not drawn by context", edge.acts.contexts[0].token, "leave [...] away: name a class"
        )
    for end, bound in ((edge.source, checked.source), (edge.target, checked.target)):
        bloc = next((node for node in bound.domain if node in vocabulary.blocs), None)
        if bloc is not None:
            raise checker.bad(a_bloc(str(end), bloc), end.token, "blocs stand in causes only")
        inside = next((node for node in bound.domain if "." in node), None)
        if of_states and inside is not None:
            raise checker.bad(
                f"'{end}' can be '{inside}', a sector: counts to come are drawn between states",
                end.token,
                "name a state, or a role or variable whose members are states",
            )
    return checked


def dyads_of(edge: CheckedEdge) -> tuple[tuple[str, str], ...]:
    """Ordered pairs that a pattern takes in, each once, in the order of the case."""
    pairs = [(i, j) for i in edge.source.domain for j in edge.target.domain if i != j]
    return tuple(dict.fromkeys(pairs if edge.directed else pairs + [(j, i) for i, j in pairs]))
