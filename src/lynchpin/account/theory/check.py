"""A tree to a checked mechanism: every name found in the case, every end with the nodes it ranges over.

What a mechanism means:

- A name on both sides of ``=>`` is the same node on both sides.
- A role or variable that is not on the right is summed over everyone in its domain. The sum is taken at the
  smallest part of the cause that holds every use of the name (``summed`` of that node), so that
  ``c -> a : x | b -> a : z`` adds z once, not once for every c.
- The two ends of one edge are never the same node: where they would be, the edge's trace is zero. An edge between
  a role and itself, `trio -- trio`, is between two of its members: the first end is the one that the role's name
  stands for elsewhere in the mechanism, the second another. Where both ends of an edge either way are summed over one
  role, `trio -- trio` or `a -- b` with two variables of it, each two members count once.
- Two variables of one role are never the same node anywhere in the mechanism (``CheckedMechanism.distinct``).
- A role name ranges over everyone in its role, and may be the same node as a variable of that role in another
  edge.
- ``a.LEG`` is the legislature of the same state as ``a``; where that state has no such node, the trace is 0.
- ``x -- y`` on the left adds the traces of the two directions. On the right it moves both directions, with
  one coefficient; where both readings fit a dyad and differ in their cause, their statistics add.
- An act that stands on both sides, as a meeting of three does in `c -- a & c -- b => a -> b`, does not count as a
  cause: it stays among the outcomes. `with joint acts` after the right side counts it, `without joint acts` says
  what holds anyway. Acts of the moved dyad itself are its own past, and count; in an answer, `a -> b => b -> a`,
  those that go both ways do not.
- `alone` after a class counts only acts in which no third state takes part, of the case or not.
- A group on the right moves each of its classes, with one common coefficient.
- A mechanism's name on the left is that mechanism's statistic for the dyad at hand, whatever the classes on
  its own right; its own free names stay its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from math import prod

from lynchpin import limits
from lynchpin.account.theory._checked import CheckedCause, CheckedEdge, CheckedMechanism, CheckedRef, Vocabulary, leaves
from lynchpin.account.theory._checker import Checker, place_sums
from lynchpin.account.theory._nodes import Edge, Says
from lynchpin.account.theory.tokens import Place, bad
from lynchpin.errors import BadMechanism, suggest


def check(says: Says, vocabulary: Vocabulary, *, mechanism: str, place: Place | None = None) -> CheckedMechanism:
    """Find every name of a mechanism in its case.

    Parameters
    ----------
    says : Says, from `parse`
    vocabulary : Vocabulary, the names of the case
    mechanism : str, the name of this mechanism
    place : Place or None, where the text stands; used only when `parse` was not told

    Returns
    -------
    Checked, which needs neither the text nor the vocabulary any more

    Raises
    ------
    BadMechanism
        pointing at the word that does not fit the case
    """
    checker = Checker(vocabulary, mechanism, place)
    assert isinstance(says.target, Edge)
    target = checker.target(says.target)
    cause = checker.cause(says.cause)
    terms = leaves(cause)
    if len(terms) > limits.TERMS:
        what = f"{len(terms)} edges and names stand in one mechanism, and at most {limits.TERMS} may"
        raise checker.bad(what, terms[limits.TERMS].token, "cut it into several, and name one in the other")
    names = checker.names(says)
    checked = CheckedMechanism(mechanism, str(says), cause, target, names, says.joint)
    free = [name for name in names if name.name in checked.free]
    return replace(checked, cause=place_sums(cause, free))


def check_all(mechanisms: Mapping[str, CheckedMechanism]) -> None:
    """Refuse mechanisms that cannot stand together.

    Parameters
    ----------
    mechanisms : mapping, name -> Checked, every mechanism of a case, in its order

    Raises
    ------
    BadMechanism
        when a reference finds no mechanism, when references run in a circle, when a mechanism refers to one
        that never moves any of its dyads, or when there are too many ways to read one
    """
    for one in mechanisms.values():
        for other in one.references:
            if other not in mechanisms:
                mend = suggest(other, mechanisms, noun="mechanisms")
                raise _bad(f"no mechanism is called '{other}'", one, other, mend)
    _refuse_circles(mechanisms)
    for one in mechanisms.values():
        for other in one.references:
            if set(one.dyads).isdisjoint(mechanisms[other].dyads):
                what = f"the mechanism '{other}' never moves a dyad of this one, so it is always 0"
                mend = f"'{other}' is about {mechanisms[other].target}, this one about {one.target}"
                raise _bad(what, one, other, mend)
    for name, ways in ways_of(mechanisms).items():
        if ways > limits.WAYS:
            one = mechanisms[name]
            what = f"its names can be given to nodes in {ways:,} ways, and at most {limits.WAYS:,} may be summed"
            mend = "use fewer names, or roles with fewer members"
            raise bad(what, leaves(one.cause)[0].token.place, mend, mechanism=name)


def ways_of(mechanisms: Mapping[str, CheckedMechanism]) -> dict[str, int]:
    """How many edges are read for one dyad of each mechanism: in every way to give its free names a node, and in those
    of the mechanisms that it refers to."""
    ways: dict[str, int] = {}

    def of(cause: CheckedCause, domains: Mapping[str, int]) -> int:
        if isinstance(cause, CheckedRef):
            return ways[cause.mechanism]
        each = 1 if isinstance(cause, CheckedEdge) else sum(of(part, domains) for part in cause.parts)
        return each * prod(domains[name] for name in cause.summed)

    order = TopologicalSorter({name: one.references for name, one in mechanisms.items()}).static_order()
    for name in order:
        one = mechanisms[name]
        ways[name] = of(one.cause, {bound.name: len(bound.domain) for bound in one.names})
    return ways


def _refuse_circles(mechanisms: Mapping[str, CheckedMechanism]) -> None:
    try:
        TopologicalSorter({name: one.references for name, one in mechanisms.items()}).prepare()
    except CycleError as error:
        circle: list[str] = error.args[1][:0:-1]  # graphlib: first what is referred to, and the ends meet
        start = circle.index(min(circle, key=list(mechanisms).index))
        circle = [*circle[start:], *circle[: start + 1]]
        what = f"mechanisms refer to each other in a circle: {' -> '.join(circle)}"
        raise _bad(what, mechanisms[circle[0]], circle[1], "take one of these references away") from None


def _bad(what: str, checked: CheckedMechanism, reference: str, mend: str) -> BadMechanism:
    """The error that points at the first use of `reference`."""
    refs = [leaf for leaf in leaves(checked.cause) if isinstance(leaf, CheckedRef)]
    token = next(ref.token for ref in refs if ref.mechanism == reference)
    return bad(what, token.place, mend, mechanism=checked.mechanism)
