"""Memory: how past events count at an instant, turned into the changes and scales that every kernel reads.

Full memory keeps every event. A window takes an event back once it is older than the window. Exponential decay keeps
counts in units that grow by two in every half-life, so that time passing costs nothing: a stored count never shrinks,
and its value at an instant is the stored count times one scale.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

import numpy as np
from numpy.typing import NDArray

from lynchpin.engine.statistics.base import BOTH_LEGS, Floats, Ints, Past, Rows, Statistic

#: Half-lives that one call may span: 2 ** 512 is still a number.
LONGEST_SPAN = 512.0


@dataclass(frozen=True, slots=True)
class Memory:
    """Full memory, or a half-life, or a window; in the unit of the times.

    An event of age a counts 2 ** (-a / half_life); within a window it counts whole while a <= window. With a lag it
    counts from the age of the lag on, as if it had happened then: its age is reckoned from there.
    """

    half_life: float | None = None
    window: float | None = None
    lag: float = 0.0

    @property
    def moves(self) -> bool:
        """Whether an event begins or ceases to count while nothing happens."""
        return self.window is not None or self.lag > 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Changes:
    """What is added to which count, and when: by time. Amounts are in events (or in the unit of a covariate)."""

    src: NDArray[np.int32]
    dst: NDArray[np.int32]
    amount: Floats
    when: Floats
    leg: NDArray[np.int8]

    def where(self, some: NDArray[np.bool_]) -> Changes:
        """Some of them."""
        return Changes(self.src[some], self.dst[some], self.amount[some], self.when[some], self.leg[some])

    def both_ways(self) -> Changes:
        """Each in both directions, one after the other."""
        src = np.stack([self.src, self.dst], axis=1).ravel()
        dst = np.stack([self.dst, self.src], axis=1).ravel()
        return Changes(src, dst, np.repeat(self.amount, 2), np.repeat(self.when, 2), np.repeat(self.leg, 2))

    def between(self, begin: int, end: int) -> Changes:
        cut = slice(begin, end)
        return Changes(self.src[cut], self.dst[cut], self.amount[cut], self.when[cut], self.leg[cut])


@dataclass(slots=True, eq=False)
class Carried:
    """Where a statistic stands between two calls: its state, the unit that it is kept in, and the changes behind it."""

    state: Floats
    unit: int = 0
    done: int = 0

    @classmethod
    def start(cls, statistic: Statistic, n: int) -> Carried:
        return cls(np.zeros(statistic.state(n)))

    def copy(self) -> Carried:
        return Carried(self.state.copy(), self.unit, self.done)


def changes_of(
    when: Floats,
    src: NDArray[np.int32] | Ints,
    dst: NDArray[np.int32] | Ints,
    amount: Floats,
    memory: Memory,
    leg: NDArray[np.int8] | None = None,
) -> Changes:
    """Events as changes: each once, when it begins to count, and under a window a second time when it drops out.

    Parameters
    ----------
    when, src, dst, amount : ndarray, shape (events,), by time
    memory : Memory
    leg : ndarray or None, which leg of a two-path each event can be; None: both
    """
    legs = np.full(when.size, BOTH_LEGS, np.int8) if leg is None else leg
    out = [src.astype(np.int32), dst.astype(np.int32), amount.astype(float), when.astype(float) + memory.lag, legs]
    if memory.window is not None:
        gone = [out[0], out[1], -out[2], out[3] + memory.window, legs]
        both = [np.concatenate([a, b]) for a, b in zip(out, gone, strict=True)]
        order = np.argsort(both[3], kind="stable")
        out = [column[order] for column in both]
    return Changes(*out)


#: No change at all.
NOTHING = changes_of(np.empty(0), np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0), Memory())


def together(streams: Sequence[Changes]) -> Changes:
    """Several streams of changes as one, by time; at one time in their order."""
    if len(streams) == 1:
        return streams[0]
    names = ("src", "dst", "amount", "when", "leg")
    columns = [np.concatenate([getattr(one, name) for one in streams]) for name in names]
    order = np.argsort(columns[3], kind="stable")
    return Changes(*(column[order] for column in columns))


def ask(
    statistic: Statistic,
    carried: Carried,
    changes: Changes,
    memory: Memory,
    at: Floats,
    rows: Rows,
    out: Floats,
    *,
    decay_to: Floats | None = None,
) -> None:
    """Fill in a statistic for the asked dyads at the asked instants, and carry its state on.

    Parameters
    ----------
    statistic : Statistic
    carried : Carried, changed in place
    changes : Changes, the whole stream; those before `carried.done` are in the state already
    memory : Memory, as in `changes_of`
    at : ndarray, shape (instants,), ascending, within LONGEST_SPAN half-lives of one another
    rows : Rows, which dyads at each instant
    out : ndarray, shape (rows asked,), filled
    decay_to : ndarray or None, the instants that decay is reckoned to; None: `at`
    """
    begin = carried.done
    upto = np.empty(at.size + 1, np.int64)
    upto[0] = begin
    upto[1:] = changes.when.searchsorted(at, side="left")
    np.maximum(upto, begin, out=upto)
    end = int(upto[-1])
    upto -= begin
    amount, when = changes.amount[begin:end], changes.when[begin:end]
    if memory.half_life is not None and statistic.decays:
        unit = floor(float(at[-1]) / memory.half_life)
        if unit != carried.unit:
            np.ldexp(carried.state, carried.unit - unit, out=carried.state)
            if statistic.squared:
                np.ldexp(carried.state[-1], carried.unit - unit, out=carried.state[-1])
            carried.unit = unit
        amount = amount * np.exp2(when / memory.half_life - unit)
        reckoned = at if decay_to is None else decay_to
        scale = np.exp2(unit - reckoned / memory.half_life)
    else:
        scale = np.ones(at.size)
    src, dst, leg = changes.src[begin:end], changes.dst[begin:end], changes.leg[begin:end]
    statistic.kernel(carried.state, Past(src, dst, amount, when, leg, upto, at, scale), rows, out)
    carried.done = end


def every_dyad(n: int, instants: int) -> Rows:
    """All n * n ordered pairs at every instant, row by row; the diagonal too."""
    pairs = np.arange(n * n, dtype=np.int32)
    zero = np.zeros(instants, np.int64)
    return Rows(zero, zero + n * n, pairs // n, pairs % n)
