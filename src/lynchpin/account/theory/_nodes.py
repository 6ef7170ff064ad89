"""The nodes of a mechanism's tree. Trees compare without their tokens; ``str`` gives canonical text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal, TypeAlias

from lynchpin.account.theory._operators import STRENGTH
from lynchpin.account.theory.tokens import NOWHERE, Token


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One end of an edge: a name and its sector, if any, each with its token."""

    name: str
    sector: str | None = None
    token: Token = field(default=NOWHERE, compare=False, repr=False)
    sector_token: Token = field(default=NOWHERE, compare=False, repr=False)

    def __str__(self) -> str:
        return self.name if self.sector is None else f"{self.name}.{self.sector}"


@dataclass(frozen=True, slots=True)
class AboutContext:
    """One context of an act, by name."""

    name: str
    token: Token = field(default=NOWHERE, compare=False, repr=False)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Acts:
    """A class or group of acts; when ``contexts`` is not empty, only those with any of them; where ``alone``, only
    those in which no third state takes part."""

    name: str
    contexts: tuple[AboutContext, ...] = ()
    token: Token = field(default=NOWHERE, compare=False, repr=False)
    alone: bool = False
    alone_token: Token = field(default=NOWHERE, compare=False, repr=False)

    def __str__(self) -> str:
        about = f"[{', '.join(map(str, self.contexts))}]" if self.contexts else ""
        return f"{self.name}{about}{' alone' if self.alone else ''}"


@dataclass(frozen=True, slots=True)
class Edge:
    """Acts from source to target (``directed``) or either way; ``token`` is the arrow."""

    source: Endpoint
    target: Endpoint
    directed: bool
    acts: Acts
    token: Token = field(default=NOWHERE, compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.source} {'->' if self.directed else '--'} {self.target} : {self.acts}"


@dataclass(frozen=True, slots=True)
class Ref:
    """The statistic of another mechanism, by name."""

    name: str
    token: Token = field(default=NOWHERE, compare=False, repr=False)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class _Join:
    """Two or more causes joined by one symbol; ``token`` is its first use."""

    symbol: ClassVar[str]
    parts: tuple[Cause, ...]
    token: Token = field(default=NOWHERE, compare=False, repr=False)

    def __str__(self) -> str:
        return f" {self.symbol} ".join(map(self._wrapped, self.parts))

    def _wrapped(self, part: Cause) -> str:
        """A part that binds no tighter than this node needs parentheses."""
        loose = isinstance(part, _Join) and STRENGTH[part.symbol] <= STRENGTH[self.symbol]
        return f"({part})" if loose else str(part)


@dataclass(frozen=True, slots=True)
class Both(_Join):
    """The smaller of the traces of its parts."""

    symbol: ClassVar[str] = "&"


@dataclass(frozen=True, slots=True)
class Either(_Join):
    """The sum of the traces of its parts."""

    symbol: ClassVar[str] = "|"


@dataclass(frozen=True, slots=True)
class Product(_Join):
    """The product of the statistics of its parts."""

    symbol: ClassVar[str] = "*"


Cause: TypeAlias = Edge | Ref | Both | Either | Product


@dataclass(frozen=True, slots=True)
class Stages:
    """What becomes of agreements, as a right side: the move ``stage``, of agreements of any of ``kinds``; none: all."""

    kinds: tuple[AboutContext, ...]
    stage: str
    token: Token = field(default=NOWHERE, compare=False, repr=False)
    stage_token: Token = field(default=NOWHERE, compare=False, repr=False)

    def __str__(self) -> str:
        kinds = f"[{', '.join(map(str, self.kinds))}]" if self.kinds else ""
        return f"agreement{kinds} : {self.stage}"


@dataclass(frozen=True, slots=True)
class Says:
    """A whole mechanism: a cause and what it moves; ``token`` is the ``=>``.

    ``joint`` says whether acts that stand on both sides count as causes: "with", "without", or "" where it is not said.
    """

    cause: Cause
    target: Edge | Stages
    token: Token = field(default=NOWHERE, compare=False, repr=False)
    joint: Literal["", "with", "without"] = ""
    joint_token: Token = field(default=NOWHERE, compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.cause} => {self.target}{f' {self.joint} joint acts' if self.joint else ''}"
