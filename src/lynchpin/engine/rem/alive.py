"""Statistics of a record that is being made: events are put in one by one, and columns asked for as it grows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush

import numpy as np

from lynchpin.engine.rem.features import Features, Source, legs_of
from lynchpin.engine.rem.plan import Plan
from lynchpin.engine.rem.problem import Problem
from lynchpin.engine.statistics.base import Floats, Rows
from lynchpin.engine.statistics.memory import NOTHING, Carried, Changes, ask

#: A change that waits for its time: when, in what order, src, dst, amount, leg.
_Change = tuple[float, int, int, int, float, int]


@dataclass(slots=True, eq=False)
class LiveSource:
    """A source whose changes come in while it is asked: those that stood before, and those of events put in.

    given : what was there before; done : how many of these are in the state
    waiting : a heap of changes that are to come, or are not asked for yet
    legs, amounts : of each type of events, and of each event that one is made after: see `remember`
    """

    source: Source
    both_ways: bool
    legs: np.ndarray | None
    amounts: Floats | None
    done: int = 0
    waiting: list[_Change] = field(default_factory=list)
    number: int = 0

    @property
    def statistic(self):  # type: ignore[no-untyped-def]  # as `Source`
        return self.source.statistic

    def remember(self, when: float, src: int, dst: int, kind: int, like: int) -> None:
        """An event of some type, which weighs as event `like` of the record did."""
        if self.legs is None or self.amounts is None:
            return
        leg, effect = int(self.legs[kind]), self.source.effect
        assert effect is not None
        if not leg and effect.latest != "all":
            return
        memory, amount = self.source.memory, float(self.amounts[like])
        begins = when + memory.lag
        ways = ((src, dst), (dst, src)) if self.both_ways else ((src, dst),)
        for a, b in ways:
            self._wait(begins, a, b, amount, leg)
        if memory.window is not None:
            for a, b in ways:
                self._wait(begins + memory.window, a, b, -amount, leg)

    def _wait(self, when: float, src: int, dst: int, amount: float, leg: int) -> None:
        heappush(self.waiting, (when, self.number, src, dst, amount, leg))
        self.number += 1

    def next_after(self, time: float) -> float:
        """When the next change after a time comes, of events put in; never: infinity."""
        return min((change[0] for change in self.waiting if change[0] > time), default=np.inf)

    def fill(self, carried: Carried, part: Plan, rows: Rows, out: Floats) -> None:
        """As `Source.fill`, with what has come since."""
        until = float(part.at[-1])
        given = self.source.changes
        end = max(int(given.when.searchsorted(until, side="left")), self.done)
        coming: list[_Change] = []
        while self.waiting and self.waiting[0][0] < until:
            coming.append(heappop(self.waiting))
        changes = given.between(self.done, end) if end > self.done else NOTHING
        if coming:
            when, _, src, dst, amount, leg = zip(*coming, strict=True)
            own = Changes(
                np.array(src, np.int32),
                np.array(dst, np.int32),
                np.array(amount),
                np.array(when),
                np.array(leg, np.int8),
            )
            changes = own if end == self.done else _merged(own, changes)
        self.done, carried.done = end, 0
        ask(self.statistic, carried, changes, self.source.memory, part.at, rows, out, decay_to=part.decay_to)


def _merged(first: Changes, second: Changes) -> Changes:
    names = ("src", "dst", "amount", "when", "leg")
    columns = [np.concatenate([getattr(one, name) for one in (first, second)]) for name in names]
    order = np.argsort(columns[3], kind="stable")
    return Changes(*(column[order] for column in columns))


class Alive:
    """The columns of a record that is being made.

    Parameters
    ----------
    problem : Problem, prepared without the events that are to be made
    """

    def __init__(self, problem: Problem) -> None:
        request, stream = problem.request, problem.stream
        factor = request.decay_factor
        kinds = replace(stream, when=np.zeros(len(stream.kinds)), kind=np.arange(len(stream.kinds), dtype=np.int32))
        self.sources: list[LiveSource] = []
        for source in problem.features.sources:
            effect, statistic = source.effect, source.statistic
            legs: np.ndarray | None = None
            amounts: Floats | None = None
            if effect is not None and effect.row.feed.startswith("events") and not all(effect.networks):
                legs = legs_of(effect, kinds, "")
                weighs = effect.weighted and statistic.scales
                amounts = stream.weight if weighs else np.ones(stream.count)
                if factor and source.memory.half_life:
                    amounts = amounts * np.log(2.0) / source.memory.half_life
            both = request.undirected and statistic.pairs == "both"
            self.sources.append(LiveSource(source, both, legs, amounts))
        self.features: Features = replace(problem.features, sources=tuple(self.sources))  # type: ignore[arg-type]
        self.carried = [Carried.start(source.statistic, problem.features.n) for source in problem.features.sources]

    def columns(self, part: Plan) -> Floats:
        """The columns of every row of a part of a plan, whose instants may not go back before the last event put in."""
        return self.features.fill(self.carried, part)

    def remember(self, when: float, src: int, dst: int, kind: int, like: int) -> None:
        """Put an event in: it is in the past of what is asked for after its time."""
        for source in self.sources:
            source.remember(when, src, dst, kind, like)

    def next_after(self, time: float) -> float:
        """When something that was put in begins or ceases to count, after a time; never: infinity."""
        return min((source.next_after(time) for source in self.sources), default=np.inf)

    def moves_at(self) -> Sequence[Floats]:
        """The times at which what stood there before changes, of each source."""
        return [source.source.changes.when for source in self.sources]
