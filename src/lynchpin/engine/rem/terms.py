"""What a model is made of: effects, each a statistic with what it remembers, and the terms that they make."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from lynchpin.days import format_duration
from lynchpin.engine.statistics import Statistic, catalogue, of_legs, of_ties
from lynchpin.engine.statistics.shifts import STATISTICS as SHIFTS

Scale = Literal["none", "std", "prop", "log1p", "sqrt", "geometric"]
Legs = Literal["smaller", "product", "geometric"]
OfType = Literal["all", "same", "other", "each", "interact"]

SHIFT_NAMES = frozenset(shift.name for shift in SHIFTS)


@dataclass(frozen=True, slots=True)
class Effect:
    """One statistic with what it remembers.

    half_life, window : in the unit of the times (days where times are dates); at most one is given; neither: full
    lag : an event counts only when it is older than this, and then as if it had happened so much later
    classes : types of events that count; none: all
    type : where types are at risk, events of which types count for an alternative of some type: "all", those of the
        "same", or of an "other"; "each" and "interact" stand for several effects: see `factors`
    latest : for shifts among some types, whether the latest event is that of these types ("class") or of all: then
        there is no shift after one of another type
    legs : for two-paths, the types of each leg; None: `classes` for both
    joined : for two-paths, what counts of the two legs through a third party: the smaller, their product, its root
    new : 0 where the sender has acted on the receiver before
    unique : count ties in place of events: whether there was one, how many partners, how many third parties
    weighted : count the weights of events in place of the events
    of : name of the covariate; of statistics of events, the network (a covariate of pairs) in the place of events
    first, second : for two-paths, the network that this leg is of; the other leg is of events
    absent : the value of an actor or a dyad that its table does not name; None: every one must be named
    symmetric : the covariate's table names each pair once, for both directions
    factor : an effect for each value of the covariate but the first: see `factors`
    level : of a factor, or of the type of an alternative, the value that counts one
    """

    statistic: str
    half_life: float | None = None
    window: float | None = None
    classes: tuple[str, ...] = ()
    latest: Literal["class", "all"] = "class"
    legs: tuple[tuple[str, ...], tuple[str, ...]] | None = None
    scale: Scale = "none"
    unique: bool = False
    weighted: bool = True
    of: str = ""
    first: str = ""
    second: str = ""
    absent: float | None = None
    symmetric: bool = False
    factor: bool = False
    level: str = ""
    type: OfType = "all"
    lag: float | None = None
    new: bool = False
    joined: Legs = "smaller"

    @property
    def row(self) -> Statistic:
        """The statistic that it reads."""
        if self.joined != "smaller":
            return of_legs(self.joined)[self.statistic]
        return of_ties()[self.statistic] if self.unique else catalogue()[self.statistic]

    @property
    def networks(self) -> tuple[str, str]:
        """The networks that the first and the second leg are of, or, in their place, all is of; empty: of events."""
        return (self.of, self.of) if self.of and self.row.feed == "events" else (self.first, self.second)

    @property
    def tables(self) -> set[str]:
        """The covariates that it reads."""
        return {self.of, self.first, self.second} - {""}

    def __str__(self) -> str:
        return self.text()

    def text(self, span: Callable[[float], str] = format_duration) -> str:
        """As it can be read again; `span` writes a length of time."""
        words = self._tables()
        words += [f"half_life={span(self.half_life)}"] if self.half_life else []
        words += [f"window={span(self.window)}"] if self.window else []
        words += [f"lag={span(self.lag)}"] if self.lag else []
        words += [f"class={'|'.join(self.classes)}"] if self.classes else []
        words += [f"type={self.type}"] if self.type != "all" else []
        words += ["latest=all"] if self.latest == "all" else []
        words += [f"legs={'|'.join(self.legs[0])}/{'|'.join(self.legs[1])}"] if self.legs else []
        words += [f"scale={self.scale}"] if self.scale != "none" else []
        words += [f"joined={self.joined}"] if self.joined != "smaller" else []
        words += ["unique"] if self.unique else []
        words += ["new"] if self.new else []
        words += [] if self.weighted else ["weight=no"]
        words += [f"absent={self.absent!r}"] if self.absent is not None else []
        words += ["symmetric"] if self.symmetric else []
        words += ["factor"] if self.factor else []
        words += [f"level={self.level}"] if self.level else []
        return f"{self.statistic}({', '.join(words)})" if words else self.statistic

    def _tables(self) -> list[str]:
        """The arguments that name a covariate."""
        of = [f"of={self.of}" if self.row.feed == "events" else self.of] if self.of else []
        return of + [f"{leg}={name}" for leg, name in (("first", self.first), ("second", self.second)) if name]

    @property
    def name(self) -> str:
        """Statistic and covariates only."""
        words = self._tables() + ([f"level={self.level}"] if self.level else [])
        return f"{self.statistic}({', '.join(words)})" if words else self.statistic


@dataclass(frozen=True, slots=True)
class Term:
    """One coefficient: an effect, or the product of several."""

    effects: tuple[Effect, ...]

    def __str__(self) -> str:
        return self.text()

    def text(self, span: Callable[[float], str] = format_duration) -> str:
        return ":".join(effect.text(span) for effect in self.effects)

    @property
    def name(self) -> str:
        """The short name of a column: statistics and covariates only."""
        return ":".join(effect.name for effect in self.effects)


def column_names(terms: Sequence[Term], span: Callable[[float], str] = format_duration) -> tuple[str, ...]:
    """Short names where they tell the terms apart, else the whole text; `span` writes a length of time."""
    short = [term.name for term in terms]
    return tuple(t.text(span) if short.count(s) > 1 else s for t, s in zip(terms, short, strict=True))


def said_of_shifts(terms: Sequence[Term], span: Callable[[float], str] = format_duration) -> list[str]:
    """Which of two readings a shift among events of some types has, in words."""
    effects = dict.fromkeys(e for term in terms for e in term.effects if e.statistic in SHIFT_NAMES and e.classes)
    since = {"class": "whatever else came since", "all": "if nothing else came since"}
    return [
        f"{effect.text(span)}: after the latest event of type {' or '.join(effect.classes)}, {since[effect.latest]}"
        for effect in effects
    ]
