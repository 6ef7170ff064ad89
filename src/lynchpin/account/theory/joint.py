"""Joint acts: those that a mechanism would count as cause and as outcome at once.

A meeting of three is an act between each two of them. In "patron -- a & patron -- b => a -> b" it stands on both
sides, and a series of such meetings would bear the mechanism out whatever the patron's own dealings do. So where an
act of the cause is an act of the moved dyad too, it does not count as a cause, unless the mechanism says "with joint
acts". It stays among the outcomes, and in what the dyad's own past counts (inertia).

An act of the very dyad that moves is that dyad's own past and not a joint act: "a -- b : talks => a -> b : talks" says
that talks feed on themselves. In an answer, "a -> b : talks => b -> a : talks", the acts that go both ways are joint.
"""

from __future__ import annotations

from itertools import product
from typing import Final, Literal

from lynchpin.account.theory._checked import CheckedEdge, CheckedMechanism, leaves

JointActs = Literal["left out", "counted", "none"]

#: What becomes of joint acts, in words.
SAID: Final = {
    "left out": "joint acts are left out: an act that stands on both sides does not count as a cause",
    "counted": "joint acts are counted: an act that stands on both sides is cause and outcome",
    "none": "no act can stand on both sides",
}


def apart(edge: CheckedEdge, source: str, target: str, dyad: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    """The ordered pairs of states that an act of an edge must not hold, so as not to be an act of the moved dyad too.

    Parameters
    ----------
    edge : CheckedEdge, of a cause
    source, target : str, the nodes that its ends stand for
    dyad : two states, the one whose rate moves

    Returns
    -------
    tuple of ordered pairs, in order; none where the edge is the dyad's own past

    Examples
    --------
    >>> from lynchpin.account.theory._checked import Bound
    >>> a, b = Bound("USA", "node", None, ("USA",)), Bound("KOR", "node", None, ("KOR",))
    >>> apart(CheckedEdge(a, b, True, ("talks",), (), "talks"), "USA", "KOR", ("JPN", "KOR"))
    (('JPN', 'KOR'), ('KOR', 'JPN'))
    >>> apart(CheckedEdge(a, b, True, ("talks",), (), "talks"), "USA", "KOR", ("KOR", "USA"))
    (('KOR', 'USA'),)
    >>> apart(CheckedEdge(a, b, False, ("talks",), (), "talks"), "USA", "KOR", ("KOR", "USA"))
    ()
    """
    ends = source.partition(".")[0], target.partition(".")[0]
    pairs = {ends} if edge.directed else {ends, ends[::-1]}
    if dyad in pairs:
        return ()
    return (dyad,) if dyad[::-1] in pairs else tuple(sorted({dyad, dyad[::-1]}))


def shared_classes(checked: CheckedMechanism, edge: CheckedEdge) -> tuple[str, ...]:
    """The classes of an edge of the cause that are on the right side too: only acts of these can be joint."""
    return tuple(c for c in edge.classes if c in checked.target.classes)


def joint_acts(checked: CheckedMechanism) -> JointActs:
    """What becomes of acts that stand on both sides: "none" where no act can."""
    if not any(_can_share(checked, edge) for edge in leaves(checked.cause) if isinstance(edge, CheckedEdge)):
        return "none"
    return "counted" if checked.joint == "with" else "left out"


def _can_share(checked: CheckedMechanism, edge: CheckedEdge) -> bool:
    """Whether an act of an edge of the cause can be an act of a moved dyad that is not the edge's own."""
    if not shared_classes(checked, edge):
        return False
    right = checked.target
    for i, j in checked.dyads:
        for one, two in ((i, j), (j, i)) if not right.directed else ((i, j),):
            names = {right.source.name: (one,), right.target.name: (two,)}
            ends = [names.get(end.name, checked.domain(end.name)) for end in (edge.source, edge.target)]
            for source, target in product(*ends):
                nodes = edge.source.node(source), edge.target.node(target)
                if None not in nodes and nodes[0] != nodes[1] and apart(edge, str(nodes[0]), str(nodes[1]), (i, j)):
                    return True
    return False
