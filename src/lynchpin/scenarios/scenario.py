"""What a scenario is: a few changes to the world, and the yardsticks its futures are measured by."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from lynchpin.theory import CheckedEdge

#: Source, target and class of what is drawn.
UnitName = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `first` to `last`, both included; None: from the origin on, to the end."""

    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Inject:
    """Acts that are put in: on a day, and every so many days after it."""

    says: str
    act: CheckedEdge  # between two nodes
    day: date
    every_days: int | None
    until: date | None
    magnitude: float | None  # None: the mean of its class in the record
    where: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Scale:
    """The rate of some units, or the pull of a mechanism, times a factor; zero silences it."""

    says: str
    units: frozenset[UnitName]  # whose rate; of a mechanism: whose rate it moves, where it is scaled
    mechanism: str  # "" for rates
    factor: float
    span: Span


@dataclass(frozen=True, slots=True)
class Hold:
    """An actor acts at its mean rates of the year before the origin, whatever others do."""

    actor: str
    span: Span


@dataclass(frozen=True, slots=True)
class Remove:
    """A past event is taken out of memory: its traces, not what was learned from it nor what followed it."""

    event: str
    where: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Deed:
    """An agreement is signed on a day, refused, or signed on a later one: `deals` says what that puts in."""

    verb: str  # "sign", "block" or "postpone"
    agreement: str
    day: date
    until: date | None  # of a postponement: the later day
    where: str = field(compare=False)


Change = Inject | Scale | Hold | Remove | Deed


@dataclass(frozen=True, slots=True)
class Measure:
    """Acts that a scenario is judged by, added up."""

    name: str
    says: str
    units: frozenset[UnitName]
    good: str  # "+", "-" or "?": which way is in the interest of whoever asks


@dataclass(frozen=True, slots=True)
class Scenario:
    """A few changes, in words and in the form that a run can make them."""

    name: str
    title: str
    assumes: str  # what is taken for granted, in words
    claim: str  # the claim that it speaks to, or ""
    changes: tuple[Change, ...]
    measures: tuple[Measure, ...] = ()
