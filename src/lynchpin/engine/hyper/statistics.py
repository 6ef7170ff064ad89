"""What a set of actors had in common before: how often some of them met, whom they met, and what they are like.

Every statistic is of a set and its size, so that sets of one size are compared. An event counts strictly after it
happened, and one half after one half-life.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np

from lynchpin.engine.hyper._kernels import closure_kernel, count_kernel
from lynchpin.engine.hyper.record import Record
from lynchpin.engine.statistics.base import Floats, Ints, weight
from lynchpin.errors import BadValue

LERNER = "Lerner and Lomi (2023), Relational hyperevent models for polyadic interaction networks, JRSS A 186(3)"

#: Orders of subsets, and cells of events and of sets that are compared, that are counted.
ORDERS, MOST_CELLS = 5, 200_000_000


@dataclass(frozen=True, slots=True)
class HyperStatistic:
    """A number of a set of actors.

    name, summary, source : as for `lynchpin.engine.statistics.Statistic`
    reference : (record, at, members, sender, order, half_life, value) -> the number, by plain loops over past events;
        value : (actors,), of a covariate
    takes : what its brackets say: "order", "half-life" or "covariate"
    """

    name: str
    summary: str
    source: str
    reference: Callable[..., float]
    takes: tuple[str, ...]


# -- Cells: a count is kept for every set of so many that ever met, and read for those of the sets that are compared.


@dataclass(frozen=True, slots=True, eq=False)
class Sets:
    """Sets that are asked for, by time: set r has who[ptr[r] : ptr[r + 1]], ascending, and acts at `when[r]`."""

    when: Floats
    ptr: Ints
    who: Ints
    sender: Ints


def cells(sets: Sets, order: int, n: int, *, with_sender: bool = False) -> tuple[Ints, Ints]:
    """The subsets of so many of each set, as numbers: (sets + 1,) where each begins, and the numbers.

    order : 0: the whole set, whatever its size

    Raises
    ------
    BadValue : they are too many to count
    """
    size = np.diff(sets.ptr)
    if order == 0:
        number: dict[tuple[int, ...], int] = {}
        whole = [tuple(sets.who[a:b].tolist()) for a, b in zip(sets.ptr[:-1], sets.ptr[1:], strict=True)]
        return np.arange(size.size + 1), np.array([hash_of(one, number) for one in whole], np.int64)
    many = np.array([comb(int(m), order) for m in size], np.int64)
    if many.sum() > MOST_CELLS or n ** (order + with_sender) >= 2**63:
        raise BadValue(f"{many.sum():,} subsets of {order}", "effects", "take a smaller order, or fewer controls")
    ptr = np.concatenate([[0], np.cumsum(many)])
    out = np.empty(int(ptr[-1]), np.int64)
    for m in np.unique(size[many > 0]).tolist():
        rows = np.flatnonzero(size == m)
        members = sets.who[sets.ptr[rows][:, None] + np.arange(m)]  # (sets of that size, m)
        picks = np.array([*combinations(range(m), order)])  # (subsets, order)
        key = members[:, picks] @ (n ** np.arange(order))
        if with_sender:
            key = key + (sets.sender[rows] * n**order)[:, None]
        out[ptr[rows][:, None] + np.arange(picks.shape[0])] = key
    return ptr, out


def hash_of(members: tuple[int, ...], number: dict[tuple[int, ...], int]) -> int:
    """The number of a set, a new one where it is new."""
    return number.setdefault(members, len(number))


def subset_repetition(record: Record, sets: Sets, order: int, half_life: float, *, with_sender: bool = False) -> Floats:
    """The mean over subsets of so many of how often they took part together before: shape (sets,). order 0: all."""
    events, n = Sets(record.when, record.ptr, record.who, record.sender), len(record.actors)
    if order == 0:  # numbered together
        both = Sets(
            np.concatenate([events.when, sets.when]),
            np.concatenate([events.ptr, events.ptr[-1] + sets.ptr[1:]]),
            np.concatenate([events.who, sets.who]),
            events.sender,
        )
        _, every = cells(both, 0, n)
        cell, asked = every[: record.count], every[record.count :]
        ptr, of = np.arange(record.count + 1), np.arange(sets.when.size + 1)
    else:
        ptr, cell = cells(events, order, n, with_sender=with_sender)
        of, asked = cells(sets, order, n, with_sender=with_sender)
    known, cell = np.unique(cell, return_inverse=True)
    place = np.minimum(np.searchsorted(known, asked), max(known.size - 1, 0))
    asked = np.where(known[place] == asked, place, -1) if known.size else np.full(asked.size, -1)
    out = np.empty(sets.when.size)
    count_kernel(record.when, ptr, cell, sets.when, of, asked, max(known.size, 1), half_life, out)
    means: Floats = out / np.maximum(np.diff(of), 1)
    return means


def closure(record: Record, sets: Sets, half_life: float) -> Floats:
    """The mean over pairs of the sum over third actors of the smaller of how often each met them: shape (sets,)."""
    out, size = np.empty(sets.when.size), np.diff(sets.ptr)
    n = len(record.actors)
    closure_kernel(record.when, record.ptr, record.who, sets.when, sets.ptr, sets.who, n, half_life, out)
    of_pairs: Floats = out / np.maximum(size * (size - 1) // 2, 1)
    return of_pairs


def of_values(sets: Sets, value: Floats, *, spread: bool) -> Floats:
    """The mean of a value over each set, or of the distance of its pairs: value: (sets, actors) -> (sets,)."""
    out = np.zeros(sets.when.size)
    for r, (a, b) in enumerate(zip(sets.ptr[:-1], sets.ptr[1:], strict=True)):
        mine = value[r, sets.who[a:b]]
        if not spread:
            out[r] = mine.mean()
        elif mine.size > 1:
            out[r] = np.abs(mine[:, None] - mine).sum() / (mine.size * (mine.size - 1))
    return out


# -- The same by plain loops over past events, for tests.


def _past(record: Record, at: float, half_life: float) -> Iterable[tuple[set[int], int, float]]:
    for e in range(record.count):
        much = weight(at - record.when[e], half_life)
        if record.when[e] < at:
            yield set(record.members(e).tolist()), int(record.sender[e]), much


def plain_subsets(
    record: Record, at: float, members: Sequence[int], sender: int, order: int, half_life: float, value: Floats
) -> float:
    """How often each subset of so many took part together, added up over past events, over how many there are."""
    subsets = [*combinations(members, order)]
    together = sum(much for past, _, much in _past(record, at, half_life) for one in subsets if set(one) <= past)
    return together / len(subsets) if subsets else 0.0


def plain_from_sender(
    record: Record, at: float, members: Sequence[int], sender: int, order: int, half_life: float, value: Floats
) -> float:
    """The same of the events of this sender."""
    subsets, total = [*combinations(members, order)], 0.0
    for past, who, much in _past(record, at, half_life):
        total += sum(much for one in subsets if who == sender and set(one) <= past)
    return total / len(subsets) if subsets else 0.0


def plain_same(
    record: Record, at: float, members: Sequence[int], sender: int, order: int, half_life: float, value: Floats
) -> float:
    """How often just these took part."""
    return sum(much for past, _, much in _past(record, at, half_life) if past == set(members))


def plain_closure(
    record: Record, at: float, members: Sequence[int], sender: int, order: int, half_life: float, value: Floats
) -> float:
    """Third actors that two of the set have each met, by the lesser of how often."""
    n, total = len(record.actors), 0.0

    def met(i: int, k: int) -> float:
        return sum(much for past, _, much in _past(record, at, half_life) if {i, k} <= past)

    pairs = [*combinations(members, 2)]
    for i, j in pairs:
        total += sum(min(met(i, k), met(j, k)) for k in range(n) if k not in (i, j))
    return total / len(pairs) if pairs else 0.0


def plain_average(
    record: Record, at: float, members: Sequence[int], sender: int, order: int, half_life: float, value: Floats
) -> float:
    """The mean of a covariate."""
    return float(sum(value[i] for i in members) / len(members))


def plain_difference(
    record: Record, at: float, members: Sequence[int], sender: int, order: int, half_life: float, value: Floats
) -> float:
    """The mean distance of two."""
    pairs = [*combinations(members, 2)]
    return float(sum(abs(value[i] - value[j]) for i, j in pairs) / len(pairs)) if pairs else 0.0


HYPER_STATISTICS: dict[str, HyperStatistic] = {
    row.name: row
    for row in (
        HyperStatistic(
            "subrep",
            "mean over its subsets of an order (1, 2, 3, ...) of how often they took part in one event before",
            f"{LERNER}: subset repetition",
            plain_subsets,
            ("order", "half-life"),
        ),
        HyperStatistic(
            "senderSubrep",
            "the same of the events of its sender",
            f"{LERNER}: directed, repeated receiver sets of a sender",
            plain_from_sender,
            ("order", "half-life"),
        ),
        HyperStatistic(
            "repetition",
            "how often just this set took part in one event before",
            f"{LERNER}; eventnet, repetition of a hyperedge",
            plain_same,
            ("half-life",),
        ),
        HyperStatistic(
            "closure",
            "mean over its pairs of the sum over third actors of the smaller of how often each met the third",
            f"{LERNER}: closure",
            plain_closure,
            ("half-life",),
        ),
        HyperStatistic("average", "mean of a covariate", f"{LERNER}: covariate effects", plain_average, ("covariate",)),
        HyperStatistic(
            "difference",
            "mean over its pairs of the distance of a covariate",
            f"{LERNER}: covariate effects",
            plain_difference,
            ("covariate",),
        ),
    )
}
