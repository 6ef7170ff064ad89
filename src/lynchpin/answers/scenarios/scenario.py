"""What a scenario is: a few changes to the world, and the yardsticks its futures are measured by."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from lynchpin import limits
from lynchpin.account.cases import Case
from lynchpin.account.theory import CheckedEdge, Place, check_pattern, dyads_of, parse_pattern
from lynchpin.answers.forecast.months import UnitName
from lynchpin.errors import BadMechanism, BadValue, UnknownName, suggest


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
class Multiply:
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


Change = Inject | Multiply | Hold | Remove | Deed


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


# -- Changes from their words: what a file and an option have in common.


def inject(
    case: Case,
    act: str,
    day: date,
    *,
    every_days: float | None = None,
    until: date | None = None,
    magnitude: float | None = None,
    place: Place,
    where: str,
) -> Inject:
    """An act between two nodes, as in "KOR.OPP -> JPN : grievance[history]"; `--` is a mutual act."""
    edge = check_pattern(parse_pattern(act, place=place), case.vocabulary, of_states=False)
    if len(edge.source.domain) > 1 or len(edge.target.domain) > 1 or len(edge.classes) > 1:
        many = edge.acts if len(edge.classes) > 1 else edge.source if len(edge.source.domain) > 1 else edge.target
        raise BadMechanism(
            f"'{many}' stands for several; an act that is put in is of one class, between two nodes",
            str(place),
            "write one [[inject]] for each",
        )
    if every_days is not None and every_days < 1:
        raise BadValue("acts cannot be put in more often than once a day", where, 'write it as in every = "30d"')
    if magnitude is not None:
        limits.number("magnitude", magnitude, where=where)
    return Inject(act, edge, day, None if every_days is None else round(every_days), until, magnitude, where)


def scale(
    case: Case, what: str, factor: float, span: Span, *, on: str = "", place: Place, on_place: Place, where: str
) -> Multiply:
    """Rates or a mechanism times a factor: `what` is an edge, or the name of an actor, a class, a group, a mechanism.

    `on` narrows a mechanism to the dyads and classes of an edge.
    """
    limits.number("factor", factor, where=where)
    if what in {m.name for m in case.mechanisms}:
        target = case.mechanism(what).checked
        units = frozenset((i, j, c) for i, j in target.dyads for c in target.target.classes)
        if on:
            units &= units_of(case, on, place=on_place)
            if not units:
                raise BadValue(f"{what} moves nothing of {on}", where, f"it moves {target.target}")
        return Multiply(what if not on else f"{what} on {on}", units, what, factor, span)
    if on:
        raise BadValue(f"'on' narrows a mechanism, and {what!r} is none", where, "write the edge itself")
    return Multiply(what, units_of(case, what, place=place, mechanisms=True), "", factor, span)


def deed(verb: str, agreement: str, day: date, until: date | None, *, where: str) -> Deed:
    """A deed on an agreement; which agreements there are is known at the origin of a fit."""
    if (verb == "postpone") != (until is not None):
        wants = "wants the later day: until DATE" if verb == "postpone" else "is done on one day: until has no place"
        raise BadValue(f"to {verb} {agreement} {wants}", where, 'as in "2012-07-20 gsomia-jpn-kor until 2012-10-01"')
    if until is not None and until <= day:
        raise BadValue(f"until {until} is not after {day}", where, "swap them")
    return Deed(verb, agreement, day, until, where)


def hold(case: Case, actor: str, span: Span, *, where: str) -> Hold:
    """A state whose acts are held."""
    if actor not in case.states:
        raise UnknownName(f"no state named {actor!r}", where, suggest(actor, case.states, noun="state"))
    return Hold(actor, span)


def measure(case: Case, name: str, says: str, good: str, *, place: Place) -> Measure:
    """A yardstick: one edge, or several joined by `|`."""
    units: set[UnitName] = set()
    for part in says.split("|"):
        at = place.at(1, 1 + says.index(part) + len(part) - len(part.lstrip()))
        units |= units_of(case, part.strip(), place=at)
    return Measure(name, says, frozenset(units), good)


def units_of(case: Case, what: str, *, place: Place, mechanisms: bool = False) -> frozenset[UnitName]:
    """The units that an edge takes in, or everything of an actor, a class or a group."""
    everyone = [(i, j) for i in case.states for j in case.states if i != j]
    if ":" in what or "-" in what:
        edge = check_pattern(parse_pattern(what, place=place), case.vocabulary)
        return frozenset((i, j, c) for i, j in dyads_of(edge) for c in edge.classes)
    if what in case.states:
        return frozenset((i, j, c) for i, j in everyone for c in case.class_names if i == what)
    if what in case.class_names or what in case.groups:
        classes = case.groups.get(what, (what,))
        return frozenset((i, j, c) for i, j in everyone for c in classes)
    known = {*case.states, *case.class_names, *case.groups, *(m.name for m in case.mechanisms if mechanisms)}
    raise UnknownName(
        f"{what!r} is no edge, and no state, class{', group or mechanism' if mechanisms else ' or group'} is called so",
        str(place),
        suggest(what, known),
    )
