"""The plan of a likelihood: which dyads are compared at which instant, which of them acted, and over how long.

A *group* is one comparison: a time point with everyone at risk (ordinal, interval), a step of the calendar with
everyone (rate), a sender's receivers at a time point (choice), the events of a time point alone (type). Every
likelihood here is a sum over groups, so groups can be read in blocks, and blocks can be spread over workers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lynchpin.engine.likelihoods.likelihood import Margins
from lynchpin.engine.rem.events import EventStream, Index
from lynchpin.engine.rem.risk import RiskSet
from lynchpin.engine.statistics.base import Floats, Ints
from lynchpin.errors import BadData, BadValue

#: Steps of the calendar that a plan may have.
MOST_STEPS = 10_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Groups by time.

    at : (groups,), the instant: what is strictly before it is known; ascending
    decay_to : (groups,), what decay is reckoned to
    exposure : (groups,), how long the group lasts, or what its instant weighs in an integral over time; 1 where a
        likelihood has no clock
    lo, hi : (groups,), rows lo .. hi - 1 of i, j are compared; groups may share rows
    i, j : (rows,), sender and receiver
    kind : (rows,) or None: the type of each, where types are at risk; ascending within a group
    log_weight : (rows,) or None: log of how many rows a sampled one stands for
    seen_ptr, seen_row, seen_count : events of group g are seen_row[seen_ptr[g] : seen_ptr[g + 1]], counted from
        lo[g], each seen_count times
    at_risk : (groups,), how many dyads were at risk before any sampling
    since : (groups,), when a wait began, or the part of it that the group is
    point : (groups,), number of the time point, or step; a wait may be several groups
    """

    at: Floats
    decay_to: Floats
    exposure: Floats
    lo: Ints
    hi: Ints
    i: Index
    j: Index
    log_weight: Floats | None
    seen_ptr: Ints
    seen_row: Ints
    seen_count: Floats
    at_risk: Ints
    since: Floats
    point: Ints
    kind: Index | None = None

    @property
    def groups(self) -> int:
        return int(self.at.size)

    @property
    def rows(self) -> int:
        return int((self.hi - self.lo).sum())

    @property
    def points(self) -> int:
        """Time points, or steps."""
        return int(np.unique(self.point).size)

    @property
    def events(self) -> float:
        return float(self.seen_count.sum())

    @property
    def margins(self) -> Margins:
        """What is known of the groups without any column."""
        compared = self.hi - self.lo if self.log_weight is None else self.at_risk  # the weighted stand for everyone
        return Margins(compared, self.at_risk, self.exposure, self.seen_ptr, self.seen_count)

    def part(self, begin: int, end: int) -> Plan:
        """Groups begin .. end - 1; the lists of rows are shared."""
        g = slice(begin, end)
        a, b = int(self.seen_ptr[begin]), int(self.seen_ptr[end])
        return Plan(
            self.at[g],
            self.decay_to[g],
            self.exposure[g],
            self.lo[g],
            self.hi[g],
            self.i,
            self.j,
            self.log_weight,
            self.seen_ptr[begin : end + 1] - a,
            self.seen_row[a:b],
            self.seen_count[a:b],
            self.at_risk[g],
            self.since[g],
            self.point[g],
            self.kind,
        )

    def of_type(self, kind: int) -> tuple[Plan, Ints]:
        """The same with the rows of one type, without its events; and where those are among all rows."""
        assert self.kind is not None
        first, end = int(self.lo.min()), int(self.hi.max())
        listed = self.kind[first:end]
        below, here = (np.append(0, np.cumsum(which)) for which in (listed < kind, listed == kind))
        lo, hi = self.lo - first, self.hi - first
        before, size = below[hi] - below[lo], here[hi] - here[lo]
        begins = np.cumsum(hi - lo) - (hi - lo) + before
        where: Ints = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size - begins, size)
        return replace(self, lo=self.lo + before, hi=self.lo + before + size), where


def plan_groups(
    stream: EventStream,
    risk: RiskSet,
    *,
    by_sender: bool = False,
    events_only: bool = False,
    step: float | None = None,
    start: float | None = None,
    stop: float | None = None,
    skip: int = 0,
    decay_to_previous: bool = False,
    waits: bool = False,
    explained: NDArray[np.bool_] | None = None,
) -> Plan:
    """Lay out the groups of a full risk set.

    Parameters
    ----------
    stream, risk : EventStream, RiskSet
    by_sender : bool, a group is the receivers of one sender (choice)
    events_only : bool, a group holds one row for each event and nothing else (type)
    step : float or None, length of a step: a group for every step from the first event to the last (rate)
    start : float or None, when the record starts: what is before is history only, and a clock runs from there; None: at
        the first event, which then has no waiting time
    stop : float or None, when a clock stops: a group without events after the last one, or steps without; None: at the
        last event, or with its step. No event is later.
    skip : int, time points (steps) at the head of the stream that are history only
    decay_to_previous : bool, decay is reckoned to the previous time point in place of the time point itself
    waits : bool, a group is a wait, or the part of one in which nobody enters or leaves (interval)
    explained : (events,) or None, which events are explained: the others are history only, and cut waits; None: all

    Raises
    ------
    BadData : an event whose dyad is not at risk; too few time points
    """
    begin = float(stream.when[0] if start is None else start)
    if step is None:
        times, which = np.unique(stream.when, return_inverse=True)
        skip = max(skip, int(np.searchsorted(times, begin)))
        exposure: Floats = np.diff(times, prepend=begin).clip(0.0)
        exposure[skip:] = np.minimum(exposure[skip:], (times[skip:] - begin).clip(0.0))
        if stop is not None and stop > times[-1]:
            times, exposure = np.append(times, stop), np.append(exposure, stop - times[-1])
        since = np.minimum(np.maximum(np.concatenate([[begin], times[:-1]]), begin), times)
    else:
        count = _steps(begin, float(stream.when[-1] if stop is None else max(stop, stream.when[-1])), step)
        which = np.floor((stream.when - begin) / step + 1e-9).astype(np.int64)
        steps = int(which.max()) + 1 if stop is None else max(int(which.max()) + 1, count)
        times = begin + step * np.arange(steps, dtype=np.float64)
        exposure = np.full(times.size, step)
        if stop is not None and stop > times[-1]:
            exposure[-1] = min(step, stop - times[-1])
        since = times
    decay_to = np.concatenate([times[:1], times[:-1]]) if decay_to_previous else times
    keep = which >= skip if explained is None else explained & (which >= skip)
    which, src, dst = which[keep], stream.src[keep].astype(np.int64), stream.dst[keep].astype(np.int64)
    kind = stream.kind[keep].astype(np.int64)
    point = np.arange(skip, times.size)
    if explained is not None and not waits and step is None:
        point = np.unique(which)
    if point.size < 2:
        raise BadData("fewer than two time points", "events", "give more events")
    if events_only:
        at = point
        ptr = np.searchsorted(which, np.append(at, times.size))
        return Plan(
            times[at],
            decay_to[at],
            np.ones(at.size),
            ptr[:-1],
            ptr[1:],
            src.astype(np.int32),
            dst.astype(np.int32),
            None,
            ptr,
            np.arange(src.size) - np.repeat(ptr[:-1], np.diff(ptr)),
            np.ones(src.size),
            np.diff(ptr),
            times[at],
            at,
        )
    is_senders = bool((risk.i == risk.j).all())
    laid = _Laid(point, times[point], exposure[point], since[point], times[point])
    if waits and (turns := risk.turns()).size:
        laid = _cut_at_turns(laid, turns, np.bincount(which, minlength=times.size)[point] > 0)
    acts = _Acts(which, src, src if is_senders else dst, kind)
    plan = _compared(risk, laid, decay_to, acts, by_sender=by_sender, stream=stream)
    if explained is None or not waits:
        return plan
    ended = np.append(np.unique(which), times.size)  # what is history only cuts a wait, and ends none
    return replace(plan, point=ended[np.searchsorted(ended, plan.point)])


class _Laid(NamedTuple):
    """Groups by time before anybody is in them: as in `Plan`; `there`: an instant at which who is at risk is."""

    point: Ints
    at: Floats
    exposure: Floats
    since: Floats
    there: Floats


class _Acts(NamedTuple):
    """Events that are explained: time point, who, whom, and of which type."""

    which: Ints
    src: Ints
    dst: Ints
    kind: Ints


def _cut_at_turns(laid: _Laid, turns: Floats, acted: NDArray[np.bool_]) -> _Laid:
    """Waits cut where somebody enters or leaves.

    Where that is at the very time of events, they are a group of no length after the wait: who enters at a time can act
    at it, and who leaves cannot.

    Parameters
    ----------
    laid : a group for each wait
    turns : times, ascending
    acted : (groups,), whether the wait ends with events
    """
    first = np.searchsorted(turns, laid.since, side="right")
    behind = np.maximum(np.searchsorted(turns, laid.at, side="right"), first)  # of those within the wait or at its end
    rows: list[tuple[int, float, float, float, float]] = []
    for g, (number, end, exposure, begin, _) in enumerate(zip(*laid, strict=True)):
        within = turns[first[g] : behind[g]].tolist()
        edges = [begin, *within]
        rows += [(number, b, b - a, a, a) for a, b in pairwise(edges)]
        if edges[-1] < end or not within:
            rows.append((number, end, end - edges[-1] if within else exposure, edges[-1], end))
        elif acted[g]:
            rows.append((number, end, 0.0, end, end))
    point, *times = (np.array(column) for column in zip(*rows, strict=True))
    return _Laid(point.astype(np.int64), *times)


def _steps(begin: float, end: float, step: float) -> int:
    """How many steps there are until an end; refused before anything is laid out for them."""
    steps = np.ceil((end - begin) / step - 1e-9)
    if not steps <= MOST_STEPS:
        raise BadValue(
            f"{(end - begin) / step:,.3g} steps of {step:g}",
            "step",
            f"take longer steps: at most {MOST_STEPS:,} are read",
        )
    return int(steps)


def _compared(
    risk: RiskSet,
    laid: _Laid,
    decay_to: Floats,
    acts: _Acts,
    *,
    by_sender: bool,
    stream: EventStream,
) -> Plan:
    """Groups with everyone at risk in them. The rows of an epoch, in which nobody enters or leaves, are listed once."""
    n = risk.n
    which, src, dst, _ = acts
    if by_sender:
        group_key, group = np.unique(which * n + src, return_inverse=True)
        of = np.searchsorted(laid.point, group_key // n)
    else:
        of = np.arange(laid.at.size)
        group = np.searchsorted(laid.point, which, side="right") - 1  # the last group of a time point has its events
    there_at = laid.there[of]
    epoch_of = np.searchsorted(risk.turns(), there_at, side="right")
    lists, kinds, lo, hi = [], [], np.empty(of.size, np.int64), np.empty(of.size, np.int64)
    seen_row, base = np.empty(src.size, np.int64), 0
    epochs = np.unique(epoch_of)
    for epoch in epochs:
        mine = epoch_of == epoch
        instant = there_at[mine][0]
        rows = np.flatnonzero((risk.enter <= instant) & (instant < risk.leave))
        rows, kind, there = risk.alternatives(rows, by_sender=by_sender)
        if by_sender:
            sender, senders = group_key[mine] % n, risk.i[rows]
            lo[mine] = base + np.searchsorted(senders, sender)
            hi[mine] = base + np.searchsorted(senders, sender + 1)
        else:
            lo[mine], hi[mine] = base, base + rows.size
        events = np.flatnonzero(mine[group]) if epochs.size > 1 else np.arange(src.size)
        wanted = risk.key_of(src[events], dst[events], acts.kind[events], by_sender=by_sender)
        found = np.minimum(np.searchsorted(there, wanted), max(rows.size - 1, 0))
        lost = there[found] != wanted if rows.size else np.ones(events.size, bool)
        if lost.any():
            e = events[lost][0]
            raise BadData(
                f"{stream.actors[src[e]]} -> {stream.actors[dst[e]]} is not at risk at "
                f"{stream.clock.say(float(laid.at[of[group[e]]]))} and acts",
                "events",
                "put the dyad into the risk set, or leave the event out",
            )
        seen_row[events] = base + found - lo[group[events]]
        lists.append(rows)
        kinds.append(kind)
        base += rows.size
    order = np.lexsort((seen_row, group))
    group, seen_row = group[order], seen_row[order]
    begins = np.concatenate([[True], (np.diff(group) > 0) | (np.diff(seen_row) > 0)])
    count = np.diff(np.append(np.flatnonzero(begins), group.size)).astype(float)
    rows = np.concatenate(lists)
    seen_ptr = np.searchsorted(group[begins], np.arange(of.size + 1))
    some = hi > lo  # where nobody is at risk there is nothing to compare, and nobody acted
    of = of[some]
    return Plan(
        laid.at[of],
        decay_to[laid.point[of]],
        laid.exposure[of],
        lo[some],
        hi[some],
        risk.i[rows],
        risk.j[rows],
        None,
        np.append(seen_ptr[:-1][some], seen_ptr[-1]),
        seen_row[begins],
        count,
        (hi - lo)[some],
        laid.since[of],
        laid.point[of],
        None if risk.kinds is None else np.concatenate(kinds),
    )
