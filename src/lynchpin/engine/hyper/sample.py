"""The sets that an event is compared with: others of its size, drawn at random among those who could take part."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import comb

import numpy as np

from lynchpin.engine.hyper.record import Record
from lynchpin.engine.hyper.statistics import Sets
from lynchpin.engine.statistics.base import Ints
from lynchpin.errors import BadValue


def draw_sets(record: Record, first: int, controls: int, seed: int) -> tuple[Sets, Ints]:
    """Each event from `first` on, then sets of the same size: all equally likely, each once, none of them the event.

    A set of an event with a sender is of other actors. Every event draws from random numbers of its own. Where there
    are no more than so many other sets, all are there.

    Returns
    -------
    the sets, group by group; (groups + 1,), where each group begins

    Raises
    ------
    BadValue : controls below 1

    References
    ----------
    Borgan, Goldstein and Langholz (1995), Annals of Statistics 23: nested case-control; Lerner and Lomi (2023).
    """
    if controls < 1:
        raise BadValue(f"controls must be 1 or more, not {controls}", "controls", "draw some: 10 is a good number")
    groups, ptr = [], [0]
    for e in range(first, record.count):
        mine, sender = tuple(record.members(e).tolist()), int(record.sender[e])
        could = np.delete(np.arange(len(record.actors)), sender) if sender >= 0 else np.arange(len(record.actors))
        groups.append([mine, *_others(mine, could, controls, np.random.default_rng([seed, e]))])
        ptr.append(ptr[-1] + len(groups[-1]))
    size = np.array([len(one) for group in groups for one in group], np.int64)
    many = np.diff(ptr)
    sets = Sets(
        np.repeat(record.when[first:], many),
        np.concatenate([[0], np.cumsum(size)]),
        np.array([who for group in groups for one in group for who in one], np.int64),
        np.repeat(record.sender[first:], many),
    )
    return sets, np.array(ptr, np.int64)


def _others(mine: tuple[int, ...], could: Ints, controls: int, rng: np.random.Generator) -> list[tuple[int, ...]]:
    """So many sets of the same size, none of them `mine`, each once."""
    if comb(could.size, len(mine)) - 1 <= 2 * controls:  # so few that they are listed
        every = [one for one in combinations(could.tolist(), len(mine)) if one != mine]
        keep: Sequence[int] = (
            np.sort(rng.choice(len(every), min(controls, len(every)), replace=False)).tolist() if every else []
        )
        return [every[k] for k in keep]
    found: dict[tuple[int, ...], None] = {}
    while len(found) < controls:
        one = tuple(np.sort(rng.choice(could, len(mine), replace=False)).tolist())
        if one != mine:
            found[one] = None
    return list(found)
