"""How warm each pair is."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, slots=True, eq=False)
class RelationIndex:
    """How warm each pair is, through time, and where it turned.

    series : DataFrame, columns pair ("JPN-KOR"), date, index, lower, upper (90 %), weight (decayed number of acts).
        index in [-1, 1]: +1 all cooperation, -1 all conflict; null where the pair has no act yet.
    change_points : DataFrame, columns pair, date, before, after (mean quarterly magnitude / 10 on either side)
    gap : DataFrame, columns date, gap, lower, upper: the lateral gap, the ally-ally index minus the mean patron-ally
        index, in [-2, 2]; empty when the case has no patron with two allies
    gap_pair, gap_patron_pairs : the pairs that the gap compares
    half_life_days : float, memory of the index
    """

    series: pl.DataFrame
    change_points: pl.DataFrame
    gap: pl.DataFrame
    gap_pair: str
    gap_patron_pairs: tuple[str, ...]
    half_life_days: float
