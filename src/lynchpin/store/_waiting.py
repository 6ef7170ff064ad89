"""Rows on their way into a table: read ahead, known by their keys, and handed over in whole row groups.

DuckDB keeps a table in groups of 122,880 rows. An insert that ends within a group leaves a small one, and closing the
file then writes a table of small ones anew. So the rows of a long file wait until they fill groups.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

T = TypeVar("T")

ROW_GROUP = 122_880

Hashes = npt.NDArray[np.uint64]


class Waiting:
    """Rows that wait; `insert` takes them when there are enough.

    Parameters
    ----------
    insert : function that puts rows into their table
    at_once : int, how many rows it is given at a time
    """

    def __init__(self, insert: Callable[[pl.DataFrame], None], at_once: int = ROW_GROUP) -> None:
        self._insert, self._at_once = insert, at_once
        self._rows: list[pl.DataFrame] = []

    def add(self, rows: pl.DataFrame) -> None:
        """Take rows over, and hand on what fills groups."""
        self._rows.append(rows)
        if sum(part.height for part in self._rows) < self._at_once:
            return
        held = pl.concat(self._rows, rechunk=True)
        whole = held.height - held.height % self._at_once
        for start in range(0, whole, self._at_once):
            self._insert(held[start : start + self._at_once])
        self._rows = [held[whole:].clone()]

    def among(self, keys: pl.DataFrame) -> list[pl.DataFrame]:
        """The rows still waiting that have one of the keys."""
        return [part.join(keys, on=keys.columns, how="semi") for part in self._rows]

    def finish(self) -> None:
        """Hand on what is left."""
        if self._rows:
            self._insert(pl.concat(self._rows))
        self._rows = []


class Seen:
    """Which keys came by, as hashes; the answer may hold a key too many, never one too few.

    Sorted runs, each at least twice as long as the next, so that n keys cost n log n in all.
    """

    def __init__(self) -> None:
        self._runs: list[Hashes] = []

    def again(self, keys: pl.DataFrame) -> pl.DataFrame:
        """Those of the keys that came by before; all of them have come by from now on."""
        hashes = keys.hash_rows().to_numpy()
        ordered = np.sort(hashes)
        met = [ordered[_within(run, ordered)] for run in self._runs]
        if ordered.size:
            self._add(ordered)
        return keys.filter(np.isin(hashes, np.concatenate(met))) if any(part.size for part in met) else keys.clear()

    def _add(self, run: Hashes) -> None:
        while self._runs and self._runs[-1].size < 2 * run.size:
            run = np.sort(np.concatenate([self._runs.pop(), run]), kind="stable")
        self._runs.append(run)


def _within(run: Hashes, asked: Hashes) -> npt.NDArray[np.bool_]:
    place = np.searchsorted(run, asked)
    return np.equal(run[np.minimum(place, run.size - 1)], asked)


def ahead(items: Iterator[T], depth: int = 4) -> Iterator[T]:
    """The same items, up to `depth` of the next ones made in a thread of its own while this one is used."""
    pool = ThreadPoolExecutor(1)
    try:
        coming = deque(pool.submit(next, items, None) for _ in range(depth))
        while (item := coming.popleft().result()) is not None:
            coming.append(pool.submit(next, items, None))
            yield item
    finally:
        pool.shutdown(cancel_futures=True)
