"""The columns of a model, block by block: statistics asked of the stream, scaled and multiplied."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lynchpin.engine.rem._kernels import spread
from lynchpin.engine.rem.covariates import Needed, read_covariate
from lynchpin.engine.rem.events import EventStream
from lynchpin.engine.rem.plan import Plan
from lynchpin.engine.rem.terms import Effect, Term
from lynchpin.engine.statistics import Statistic, statistic_named
from lynchpin.engine.statistics.base import BOTH_LEGS, FIRST_LEG, SECOND_LEG, Floats, Rows
from lynchpin.engine.statistics.memory import NOTHING, Carried, Changes, Memory, ask, changes_of, together
from lynchpin.errors import BadValue, UnknownName, suggest


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A statistic and the changes it reads.

    is_signed : a count may be less than nothing
    has_network : changes of a covariate are among them
    effect : what reads it
    """

    statistic: Statistic
    memory: Memory
    changes: Changes
    is_signed: bool = False
    has_network: bool = False
    effect: Effect | None = None

    def fill(self, carried: Carried, part: Plan, rows: Rows, out: Floats) -> None:
        ask(
            self.statistic,
            carried,
            self.changes,
            self.memory,
            part.at,
            rows,
            out,
            decay_to=part.decay_to,
        )


#: How types come to be at risk.
NOT_TYPED = "say --typed: the alternatives are then dyads and types"
#: In a reading: of alternatives of any type.
ANY = -1


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """Everything that columns are made of.

    sources : statistics and what they read
    reads : of each effect, (source, type): what alternatives of that type read; ANY: all do. Who reads nothing has 0
    gates : of each effect, the source above whose 0 it is 0, or None
    scales : of each effect
    share : source -> the source that scale=prop divides it by, the factor, and the value when nothing happened
    terms : of each column, the effects that it multiplies
    """

    n: int
    sources: tuple[Source, ...]
    reads: tuple[tuple[tuple[int, int], ...], ...]
    gates: tuple[int | None, ...]
    scales: tuple[str, ...]
    share: Mapping[int, tuple[int, float, float]]
    terms: tuple[tuple[int, ...], ...]
    baseline: bool

    @property
    def columns(self) -> int:
        return len(self.terms) + self.baseline

    def sources_of(self, effect: int) -> list[Source]:
        """What an effect reads."""
        return [self.sources[source] for source, _ in self.reads[effect]]

    def start(self) -> list[Carried]:
        return [Carried.start(source.statistic, self.n) for source in self.sources]

    def advance(self, carried: list[Carried], part: Plan) -> None:
        """Carry the states past a part of the plan without asking for any row."""
        none = np.zeros(part.groups, np.int64)
        rows, out = Rows(none, none, part.i, part.j), np.empty(0)
        for source, state in zip(self.sources, carried, strict=True):
            source.fill(state, part, rows, out)

    def fill(self, carried: list[Carried], part: Plan) -> Floats:
        """The columns of every row of a part of the plan: shape (columns, rows)."""
        sizes = part.hi - part.lo
        size, first = int(sizes.sum()), int(self.baseline)
        plain = all(len(term) == 1 for term in self.terms)
        X = np.empty((self.columns, size))
        values = X[first:] if plain else np.empty((len(self.scales), size))
        spread_over = size > 8 * self.n * part.groups  # so many dyads share an actor that its numbers are made once
        closed = {k: self._filled(k, carried, part) > 0.0 for k in set(self.gates) if k is not None}
        of_type = {kind: part.of_type(kind) for kind in {kind for read in self.reads for _, kind in read} - {ANY}}
        for k, (scale, gate) in enumerate(zip(self.scales, self.gates, strict=True)):
            for source, kind in self.reads[k]:
                if kind == ANY:
                    self._read(source, scale, carried, part, spread_over, values[k])
                    continue
                if source == self.reads[k][0][0]:
                    values[k] = 0.0
                some, where = of_type[kind]
                found = np.empty(where.size)
                self._read(source, scale, carried, some, spread_over, found)
                values[k][where] = found
            if gate is not None:
                values[k][closed[gate]] = 0.0
            if scale == "std":
                _standardise(values[k], sizes)
        if self.baseline:
            X[0] = 1.0
        if not plain:
            for c, term in enumerate(self.terms):
                X[first + c] = np.prod([values[k] for k in term], axis=0)
        return X

    def _filled(self, source: int, carried: list[Carried], part: Plan) -> Floats:
        out = np.empty(part.rows)
        self.sources[source].fill(carried[source], part, Rows(part.lo, part.hi, part.i, part.j), out)
        return out

    def _read(self, k: int, scale: str, carried: list[Carried], part: Plan, spread_over: bool, out: Floats) -> None:
        """A source of the rows of a part, by log1p or as a share where that is its scale."""
        source = self.sources[k]
        if spread_over and source.statistic.about in ("sender", "receiver") and scale not in ("std", "prop"):
            self._spread(k, scale, carried[k], part, out)
            return
        source.fill(carried[k], part, Rows(part.lo, part.hi, part.i, part.j), out)
        self._bent(k, scale, out)
        if scale == "prop":
            by, times, otherwise = self.share[k]
            total = self._filled(by, carried, part) * times
            out[:] = np.where(total > 0, out / np.where(total > 0, total, 1.0), otherwise)

    def _bent(self, k: int, scale: str, values: Floats) -> None:
        """Values by the function that a scale names, if it names one.

        Raises
        ------
        BadValue : a value that the function does not take
        """
        bend = _BENT.get(scale)
        if bend is None:
            return
        with np.errstate(invalid="raise", divide="raise"):
            try:
                bend(values)
            except FloatingPointError:
                name, least = self.sources[k].statistic.name, "-1 or less" if scale == "log1p" else "less than 0"
                raise BadValue(f"{scale} of a value of {least}: {name}", "scale", "take another scale") from None

    def _spread(self, k: int, scale: str, state: Carried, part: Plan, out: Floats) -> None:
        """An actor's number, scaled, for every dyad that it is in."""
        actors, lo = np.arange(self.n, dtype=np.int32), np.zeros(part.groups, np.int64)
        values = np.empty((part.groups, self.n))
        self.sources[k].fill(state, part, Rows(lo, lo + self.n, actors, actors), values.reshape(-1))
        self._bent(k, scale, values)
        index = part.i if self.sources[k].statistic.about == "sender" else part.j
        spread(values, part.lo, part.hi, index, out)


def _geometric(values: Floats) -> None:
    """2 (1 - 2^(-x)): the first counts one, and each one more half as much as the one before."""
    if (values < 0.0).any():
        raise FloatingPointError
    np.negative(values, out=values)
    np.exp2(values, out=values)
    np.subtract(1.0, values, out=values)
    values *= 2.0


#: Scales that are a function of the value alone, in place.
_BENT: Mapping[str, Callable[[Floats], object]] = {
    "log1p": lambda values: np.log1p(values, out=values),
    "sqrt": lambda values: np.sqrt(values, out=values),
    "geometric": _geometric,
}


def _standardise(value: Floats, sizes: np.ndarray) -> None:
    """Less the mean of the group, over its standard deviation (n - 1); zero where all are equal."""
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    value -= np.repeat(np.add.reduceat(value, starts) / sizes, sizes)
    sd = np.sqrt(np.add.reduceat(value * value, starts) / np.maximum(sizes - 1, 1))
    value *= np.repeat(np.where(sd > 1e-12, 1.0 / np.where(sd > 1e-12, sd, 1.0), 0.0), sizes)


def build_features(
    terms: Sequence[Term],
    stream: EventStream,
    covariates: Mapping[str, pl.DataFrame],
    who: Needed,
    *,
    baseline: bool,
    decay_factor: bool = False,
    from_then: bool | frozenset[str] = False,
    at_risk: Sequence[int] = (),
    undirected: bool = False,
    remembered: NDArray[np.bool_] | None = None,
) -> tuple[Features, list[str]]:
    """Turn terms into the sources that a stream is read with, and what is to be said of the reading of covariates.

    `from_then`: a value of a covariate counts at its time too, not only after it; or of which covariates one does.
    `at_risk`: types of alternatives, as positions in the types of the stream; none: an alternative is a dyad.
    `undirected`: events and values of pairs have no direction.
    `remembered`: (events,), the events that count; None: all. The others are put in by who draws them.

    Raises
    ------
    BadData, BadValue, UnknownName : a class without events, a covariate that is not there, is not used or has gaps
    """
    effects = list(dict.fromkeys(effect for term in terms for effect in term.effects))
    if unused := set(covariates).difference(*(effect.tables for effect in effects)):
        name = sorted(unused)[0]
        raise BadValue(
            f"covariate {name} is in no effect", "covariates", f"leave it out, or say send({name}), tie({name})"
        )
    notes: list[str] = []
    sources: list[Source] = []

    def add(effect: Effect) -> int:
        made = _source(effect, stream, covariates, who, decay_factor, from_then, notes, undirected, remembered)
        sources.append(replace(made, effect=effect))
        return len(sources) - 1

    reads = [_reads(effect, stream, at_risk, add) for effect in effects]
    share: dict[int, tuple[int, float, float]] = {}
    n = len(stream.actors)
    for effect, read in zip(effects, reads, strict=True):
        by = effect.row.share_of
        for k, _ in read if effect.scale == "prop" and by is not None else ():
            name, times = by  # type: ignore[misc]
            share[k] = (len(sources), times, 1.0 / n if name == "events" else 1.0 / (n - 1))
            sources.append(Source(statistic_named(name), sources[k].memory, sources[k].changes, effect=effect))
    gate = add(Effect("inertia", unique=True)) if any(effect.new for effect in effects) else None
    where = {effect: k for k, effect in enumerate(effects)}
    features = Features(
        n=n,
        sources=tuple(sources),
        reads=tuple(reads),
        gates=tuple(gate if effect.new else None for effect in effects),
        scales=tuple(effect.scale for effect in effects),
        share=share,
        terms=tuple(tuple(where[effect] for effect in term.effects) for term in terms),
        baseline=baseline,
    )
    return features, list(dict.fromkeys(notes))


def _reads(
    effect: Effect, stream: EventStream, at_risk: Sequence[int], add: Callable[[Effect], int]
) -> tuple[tuple[int, int], ...]:
    """What alternatives read of an effect: see `Features`; `add` makes a source of an effect, -> its number.

    Raises
    ------
    BadValue, UnknownName : it is of a type, and types are not at risk
    """
    if effect.type == "all" and effect.row.feed != "types":
        return ((add(effect), ANY),)
    if not len(at_risk):
        raise BadValue(f"{effect.text(stream.clock.span)}: types are not at risk", "effects", NOT_TYPED)
    kinds = [stream.kinds[kind] for kind in at_risk]
    if effect.row.feed == "types":
        if effect.level not in kinds:
            known = suggest(effect.level, kinds, noun="type")
            raise UnknownName(f"no type {effect.level!r} is at risk", str(effect), known)
        return ((add(effect), int(at_risk[kinds.index(effect.level)])),)
    found = []
    for kind, name in zip(at_risk, kinds, strict=True):
        count = (name,) if effect.type == "same" else tuple(other for other in stream.kinds if other != name)
        found.append((add(replace(effect, classes=count)), int(kind)))
    return tuple(found)


def _source(
    effect: Effect,
    stream: EventStream,
    covariates: Mapping[str, pl.DataFrame],
    who: Needed,
    decay_factor: bool,
    from_then: bool | frozenset[str],
    notes: list[str],
    undirected: bool,
    remembered: NDArray[np.bool_] | None,
) -> Source:
    statistic, said = effect.row, effect.text(stream.clock.span)
    memory = Memory(effect.half_life, effect.window, effect.lag or 0.0)
    for name in sorted(effect.tables - set(covariates)):
        raise UnknownName(f"no covariate {name!r}", said, suggest(name, covariates, noun="covariate"))

    def table(name: str) -> Changes:
        one = replace(effect, of=name, symmetric=effect.symmetric or (undirected and statistic.feed != "actor values"))
        at_once = from_then if isinstance(from_then, bool) else name in from_then
        read = read_covariate(one, statistic, stream, covariates[name], who, notes, from_then=at_once)
        return read.where(read.src < read.dst) if undirected and statistic.pairs == "once" else read

    if statistic.feed == "types":
        return Source(statistic, Memory(), NOTHING)
    if not statistic.feed.startswith("events"):
        return Source(statistic, Memory(), table(effect.of))
    networks = [
        replace(changes, leg=np.full(changes.when.size, bit, np.int8))
        for changes, bit in ((table(name), bit) for name, bit in _legs_of(effect.networks))
    ]
    if all(effect.networks):
        return Source(statistic, Memory(), together(networks), is_signed=True, has_network=True)
    leg = legs_of(effect, stream, said)
    chosen = np.arange(stream.count) if effect.latest == "all" else np.flatnonzero(leg)
    chosen = chosen if remembered is None else chosen[remembered[chosen]]
    weighs = effect.weighted and statistic.scales  # of the latest event only that it happened counts
    amount = stream.weight[chosen] if weighs else np.ones(chosen.size)
    if not statistic.of_ties and effect.scale not in ("none", "std") and (below := chosen[amount < 0]).size:
        first = below[0]
        raise BadValue(
            f"{effect.scale} of a negative weight: {stream.actors[stream.src[first]]} -> "
            f"{stream.actors[stream.dst[first]]} at {stream.clock.say(float(stream.when[first]))} "
            f"weighs {stream.weight[first]:g}",
            said,
            "say weight=no to count events, or take another scale",
        )
    if decay_factor and memory.half_life:
        amount = amount * np.log(2.0) / memory.half_life
    changes = changes_of(stream.when[chosen], stream.src[chosen], stream.dst[chosen], amount, memory, leg[chosen])
    if undirected and statistic.pairs == "both":
        changes = changes.both_ways()
    if statistic.feed == "events and actor values":
        networks = [table(effect.of)]  # of an actor with itself
    is_signed = bool(networks) or bool((amount < 0).any())
    return Source(statistic, memory, together([changes, *networks]), is_signed, has_network=bool(networks))


def legs_of(effect: Effect, stream: EventStream, said: str) -> NDArray[np.int8]:
    """Which leg of a two-path each event of a stream can be to an effect, as bits; 0: it is of no type that counts.

    Raises
    ------
    UnknownName : no event is of a type that the effect names
    """
    legs = effect.legs or (effect.classes, effect.classes)
    leg = np.zeros(stream.count, np.int8)
    for classes, bit, network in zip(legs, (FIRST_LEG, SECOND_LEG), effect.networks, strict=True):
        if not network:
            leg[stream.of_types(classes, said) if classes else slice(None)] |= bit
    return leg


def _legs_of(networks: tuple[str, str]) -> list[tuple[str, int]]:
    """The networks, each with the bits of the legs that it is."""
    first, second = networks
    if first == second:
        return [(first, BOTH_LEGS)] if first else []
    return [(name, bit) for name, bit in ((first, FIRST_LEG), (second, SECOND_LEG)) if name]
