"""Rows on their way into a table: read ahead, and handed over in whole row groups.

DuckDB keeps a table in groups of 122,880 rows. An insert that ends within a group leaves a small one, and closing the
file then writes a table of small ones anew. So the rows of a long file wait until they fill groups.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import polars as pl

T = TypeVar("T")

ROW_GROUP = 122_880
_GROUPS = 4


class Waiting:
    """Rows that wait; `insert` takes them when there are enough.

    Parameters
    ----------
    insert : function that puts rows into their table
    at_once : int, how many rows it is given at a time
    """

    def __init__(self, insert: Callable[[pl.DataFrame], None], at_once: int = _GROUPS * ROW_GROUP) -> None:
        self._insert, self._at_once = insert, at_once
        self._rows: list[pl.DataFrame] = []

    def add(self, rows: pl.DataFrame) -> None:
        """Take rows over, and hand on what fills groups."""
        self._rows.append(rows)
        if sum(part.height for part in self._rows) < self._at_once:
            return
        held = pl.concat(self._rows)
        whole = held.height - held.height % self._at_once
        for start in range(0, whole, self._at_once):
            self._insert(held[start : start + self._at_once])
        self._rows = [held[whole:].clone()]

    def among(self, keys: pl.DataFrame) -> list[pl.DataFrame]:
        """The rows still waiting that have one of the keys."""
        return [part.join(keys, on=keys.columns, how="semi") for part in self._rows]

    def finish(self) -> None:
        """Hand on what is left."""
        for part in self._rows:
            self._insert(part)
        self._rows = []


def ahead(items: Iterator[T]) -> Iterator[T]:
    """The same items, the next one made in a thread of its own while this one is used."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = pool.submit(next, items, None)
            yield item
