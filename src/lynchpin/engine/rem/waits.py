"""Waits: what of a rate moves while nothing happens, and the instants at which a wait is looked at for it.

The interval likelihood takes off the integral of every rate over every wait. A rate jumps where an event drops out of
a window and where a covariate changes, and glides where counts decay or an age grows. A wait is cut at the jumps, and
each part is looked at at a few instants, whose rates add up, weighted, to the integral: Radau's rule, whose last
instant is the end of the part, so that the end of a wait is also the instant of its events. Nothing else of a fit has
to know: an instant is a group of the plan that lasts as long as it weighs.

Where x decays, the integral of exp(b x) over a part is right to 1e-8 of itself for b x up to 5 at its beginning, to
3e-8 up to 8, and to 5e-7 up to 12; that of (1 + x) ** b to 6e-9 for b up to 5. Who is at risk was laid down before, see
`plan`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import scipy

from lynchpin.engine.rem.features import Features
from lynchpin.engine.rem.plan import Plan
from lynchpin.engine.statistics.base import Floats, Ints

#: A part of so many half-lives is right to 1e-8 with 1, 2, 3, ... instants; a longer one is cut.
_LONGEST = np.array([1e-9, 0.003, 0.044, 0.13, 0.285, 0.494, 0.752, 1.058, 1.411, 1.808, 2.25, 2.737])

#: What has decayed for so many half-lives since the last jump stands still.
_STILL = 40.0

#: An age that was a when a part began is as smooth, over this share of a + 1, as a decay is over a half-life.
_OF_AN_AGE = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Moves:
    """What moves while nothing happens.

    jumps : (jumps,), times, ascending: what changes at one counts after it
    half_lives : of the decays that go on within a wait
    has_ages : whether there are ages
    """

    jumps: Floats
    half_lives: tuple[float, ...]
    has_ages: bool


def moves_of(features: Features, *, decay_stays: bool) -> Moves:
    """What moves in some columns; decay_stays: it is reckoned to the time point before, and stays so in a wait."""
    jumps, has_ages = [np.empty(0)], False
    half_lives: set[float] = set()
    for source in features.sources:
        statistic, memory = source.statistic, source.memory
        is_dated = statistic.feed != "events" or source.has_network
        if is_dated or (statistic.scales and memory.moves):  # else none comes in or drops out
            jumps.append(source.changes.when)
        if statistic.decays and memory.half_life is not None and not decay_stays:
            half_lives.add(memory.half_life / (2.0 if statistic.squared else 1.0))
        has_ages = has_ages or statistic.ages
    return Moves(np.unique(np.concatenate(jumps)), tuple(sorted(half_lives)), has_ages)


def integrated(plan: Plan, moves: Moves, *, decay_stays: bool) -> Plan:
    """A plan of waits with every wait cut at the jumps and looked at at the instants of its parts.

    The instants of a wait share its rows, be they everyone at risk or a sample; the events stand at the last.

    Parameters
    ----------
    plan : Plan, a group for each wait, or for each part of one in which nobody enters or leaves
    moves : Moves
    decay_stays : decay is reckoned to what the plan says, and not to the instant
    """
    group, begin, end = _parts(plan, moves.jumps)
    edges, scale = _panels(moves, float((end - begin).max(initial=0.0)))
    length = end - begin
    count = np.maximum(np.searchsorted(edges, length, side="left"), 1)  # edges[0] is 0
    if count.size == plan.groups and count.max(initial=1) == 1 and (length <= _LONGEST[0] * scale[0]).all():
        return plan
    part = np.repeat(np.arange(count.size), count)
    panel = np.arange(part.size) - np.repeat(np.cumsum(count) - count, count)
    low, high = edges[panel], np.minimum(edges[panel + 1], length[part])
    looks = _looks(high - low, scale[panel])
    x, weight = (np.concatenate(column) for column in zip(*(radau(int(n)) for n in looks), strict=True))
    low, high, part = (np.repeat(column, looks) for column in (low, high, part))
    at = np.minimum(begin[part] + low + (high - low) * x, end[part])
    is_last = np.append(np.diff(part) > 0, True)
    at[is_last] = end[part[is_last]]
    of = group[part]
    instants = np.bincount(of, minlength=plan.groups)
    return replace(
        plan,
        at=at,
        decay_to=plan.decay_to[of] if decay_stays else at,
        exposure=(high - low) * weight,
        lo=plan.lo[of],
        hi=plan.hi[of],
        seen_ptr=np.append(np.repeat(plan.seen_ptr[:-1], instants), plan.seen_ptr[-1]),
        at_risk=plan.at_risk[of],
        since=plan.since[of],
        point=plan.point[of],
    )


def _parts(plan: Plan, jumps: Floats) -> tuple[Ints, Floats, Floats]:
    """Waits cut at the jumps within them: the group of each part, when it begins and when it ends."""
    first = np.searchsorted(jumps, plan.since, side="right")
    behind = np.maximum(np.searchsorted(jumps, plan.at, side="left"), first)
    behind = np.where(plan.exposure > 0.0, behind, first)
    count = behind - first + 1
    group = np.repeat(np.arange(plan.groups), count)
    number = np.arange(group.size) - np.repeat(np.cumsum(count) - count, count)
    jump = np.append(jumps, 0.0)
    begin = np.where(number == 0, plan.since[group], jump[np.minimum(first[group] + number - 1, jumps.size)])
    end = np.where(number == count[group] - 1, plan.at[group], jump[np.minimum(first[group] + number, jumps.size)])
    return group, begin, end


def _panels(moves: Moves, longest: float) -> tuple[Floats, Floats]:
    """Where a part as long as that is cut, counted from its beginning, and the half-life that each panel goes by.

    -> (panels + 1,), the first 0 and the last at `longest` or after it; (panels,)
    """
    edges, scales = [0.0], list[float]()
    while edges[-1] < longest or not scales:
        live = [h for h in moves.half_lives if edges[-1] < _STILL * h]
        live += [_OF_AN_AGE * (1.0 + edges[-1])] if moves.has_ages else []
        scales.append(min(live, default=np.inf))
        edges.append(edges[-1] + _LONGEST[-1] * scales[-1])
    return np.array(edges), np.array(scales)


def _looks(length: Floats, scale: Floats) -> Ints:
    """How many instants panels of some lengths take, each by its half-life."""
    out: Ints = np.minimum(np.searchsorted(_LONGEST, length / scale, side="left") + 1, _LONGEST.size)
    return out


def instants(moves: Moves, wait: float) -> int:
    """How many instants a wait of so long takes, jumps aside."""
    edges, scale = _panels(moves, wait)
    return int(_looks(np.diff(np.minimum(edges, wait)), scale).sum())


@cache
def radau(looks: int) -> tuple[Floats, Floats]:
    """Instants in (0, 1], the last 1, and weights: exact for polynomials of degree 2 looks - 2.

    References
    ----------
    Abramowitz and Stegun (1964), Handbook of Mathematical Functions, 25.4.31, turned about.

    Examples
    --------
    >>> x, weight = radau(2)
    >>> x.round(4).tolist(), weight.tolist()
    ([0.3333, 1.0], [0.75, 0.25])
    """
    if looks == 1:
        return np.ones(1), np.ones(1)
    x, weight = scipy.special.roots_jacobi(looks - 1, 1.0, 0.0)
    return np.append((x + 1.0) / 2.0, 1.0), np.append(weight / (1.0 - x) / 2.0, 1.0 / looks**2)
