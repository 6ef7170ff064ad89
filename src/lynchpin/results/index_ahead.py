"""The relation index ahead, and the lateral gap."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, slots=True, eq=False)
class IndexAhead:
    """The relation index of every pair, and the lateral gap, at the end of each month ahead.

    table : DataFrame, columns pair, date, mean, q05 ... q95 (see QUANTILES)
    draws : int, simulated paths
    runaway, held : float, of the paths: see `lynchpin.results.beware`
    """

    table: pl.DataFrame
    draws: int
    runaway: float
    held: float

    def to_frame(self) -> pl.DataFrame:
        """One row per pair and month."""
        return self.table
