"""What a checked mechanism is made of: values that need neither the text nor the case any more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import ClassVar, Literal, TypeAlias

from lynchpin.account.theory.tokens import NOWHERE, Token

#: What the second end of "trio -- trio" is called: another member of the role.
ANOTHER = "another "


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names a case gives its mechanisms.

    Parameters
    ----------
    nodes : tuple of str, states ("KOR") and sectors of states ("KOR.OPP")
    roles : mapping, role -> the nodes that play it
    variables : mapping, variable -> the role it ranges over; "*" for any state
    classes : tuple of str
    groups : mapping, group -> its classes
    contexts : frozenset of str
    mechanisms : tuple of str, every mechanism of the case, wherever it stands
    blocs : tuple of str, the nodes that stand for several states at once: they act in causes only
    """

    nodes: tuple[str, ...]
    roles: Mapping[str, tuple[str, ...]]
    variables: Mapping[str, str]
    classes: tuple[str, ...]
    groups: Mapping[str, tuple[str, ...]]
    contexts: frozenset[str]
    mechanisms: tuple[str, ...]
    blocs: tuple[str, ...] = ()

    @property
    def states(self) -> tuple[str, ...]:
        return tuple(node for node in self.nodes if "." not in node and node not in self.blocs)


@dataclass(frozen=True, slots=True)
class Bound:
    """A name with the nodes it can be.

    Parameters
    ----------
    name : str, as written, without the sector
    kind : "node", "role" or "variable"
    sector : str or None
    domain : tuple of str, the nodes it ranges over, in the order of the case; with a sector, sector nodes
    role : str or None, the role behind it; "*" for any state, None for a node
    """

    name: str
    kind: Literal["node", "role", "variable"]
    sector: str | None
    domain: tuple[str, ...]
    role: str | None = None

    def node(self, stands_for: str) -> str | None:
        """Give the node of this end when its name stands for a node; None when there is no such node.

        Examples
        --------
        >>> end = Bound("a", "variable", "LEG", ("KOR.LEG",), "ally")
        >>> end.node("KOR"), end.node("JPN")
        ('KOR.LEG', None)
        """
        node = stands_for if self.sector is None else f"{stands_for}.{self.sector}"
        return node if node in self.domain else None

    @property
    def twin(self) -> Bound:
        """The second end of an edge whose ends are one role: another of its members."""
        return replace(self, name=f"{ANOTHER}{self.name}")

    def __str__(self) -> str:
        name = self.name.removeprefix(ANOTHER)
        return name if self.sector is None else f"{name}.{self.sector}"


@dataclass(frozen=True, slots=True)
class CheckedEdge:
    """Acts of ``classes`` from source to target, or either way when not ``directed``.

    ``acts`` is the class or group as written; ``contexts`` is empty when all contexts count; ``alone``: only acts in
    which no third state takes part; ``summed`` holds the names summed over at this node.
    """

    source: Bound
    target: Bound
    directed: bool
    classes: tuple[str, ...]
    contexts: tuple[str, ...]
    acts: str = field(compare=False)
    summed: tuple[str, ...] = ()
    token: Token = field(default=NOWHERE, compare=False, repr=False)
    alone: bool = False

    def __str__(self) -> str:
        return f"{self.source} {'->' if self.directed else '--'} {self.target} : {self.acts}"

    @property
    def is_every_pair(self) -> bool:
        """Whether it is summed over all ordered pairs of one role: then one direction of each is the whole."""
        source, target = self.source, self.target
        alike = (source.role, source.sector, source.domain) == (target.role, target.sector, target.domain)
        apart = source.kind == "variable" == target.kind or target.name == source.twin.name
        return not self.directed and alike and apart and {source.name, target.name} == set(self.summed)


@dataclass(frozen=True, slots=True)
class CheckedRef:
    """The statistic of another mechanism, for the dyad at hand."""

    mechanism: str
    token: Token = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class _CheckedJoin:
    """Parts joined by one operator; ``summed`` holds the names summed over at this node."""

    symbol: ClassVar[str]
    parts: tuple[CheckedCause, ...]
    summed: tuple[str, ...] = ()
    token: Token = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class CheckedBoth(_CheckedJoin):
    """The smaller of the traces of its parts."""

    symbol: ClassVar[str] = "&"


@dataclass(frozen=True, slots=True)
class CheckedEither(_CheckedJoin):
    """The sum of the traces of its parts."""

    symbol: ClassVar[str] = "|"


@dataclass(frozen=True, slots=True)
class CheckedProduct(_CheckedJoin):
    """The product of the statistics of its parts."""

    symbol: ClassVar[str] = "*"


CheckedCause: TypeAlias = CheckedEdge | CheckedRef | CheckedBoth | CheckedEither | CheckedProduct


@dataclass(frozen=True, slots=True)
class CheckedMechanism:
    """A mechanism that fits its case.

    Parameters
    ----------
    mechanism : str, its name
    text : str, canonical
    cause : tree of checked nodes
    target : CheckedEdge, between states, no contexts
    names : tuple of Bound, each name used, once, without sector, in the order of first use
    joint : whether acts that stand on both sides count as causes, where the text says it: "with", "without" or "";
        `lynchpin.account.theory.joint` says what that comes to
    """

    mechanism: str
    text: str
    cause: CheckedCause
    target: CheckedEdge
    names: tuple[Bound, ...]
    joint: Literal["", "with", "without"] = ""
    kept: dict[object, object] = field(default_factory=dict, init=False, repr=False, compare=False)  # worked out once

    @property
    def free(self) -> tuple[str, ...]:
        """Roles and variables on the left but not on the right: they are summed over."""
        right = {self.target.source.name, self.target.target.name}
        return tuple(name.name for name in self.names if name.kind != "node" and name.name not in right)

    def domain(self, name: str) -> tuple[str, ...]:
        """The nodes that a name ranges over, its sector aside."""
        return next(bound.domain for bound in self.names if bound.name == name)

    @property
    def distinct(self) -> tuple[tuple[str, str], ...]:
        """Pairs of variables of one role: never one node."""
        variables = [name for name in self.names if name.kind == "variable"]
        return tuple((a.name, b.name) for a, b in combinations(variables, 2) if a.role == b.role)

    @property
    def references(self) -> tuple[str, ...]:
        """Names of the mechanisms referred to, each once, in the order of first use."""
        return tuple(dict.fromkeys(node.mechanism for node in leaves(self.cause) if isinstance(node, CheckedRef)))

    @property
    def dyads(self) -> tuple[tuple[str, str], ...]:
        """Ordered pairs of states whose rate moves, each once."""
        source, target = self.target.source.domain, self.target.target.domain
        pairs = [(i, j) for i in source for j in target if i != j]
        return tuple(dict.fromkeys(pairs if self.target.directed else pairs + [(j, i) for i, j in pairs]))

    def __str__(self) -> str:
        return self.text


def leaves(cause: CheckedCause) -> tuple[CheckedEdge | CheckedRef, ...]:
    """List the edges and references of a cause, from left to right."""
    if isinstance(cause, (CheckedEdge, CheckedRef)):
        return (cause,)
    return tuple(leaf for part in cause.parts for leaf in leaves(part))
