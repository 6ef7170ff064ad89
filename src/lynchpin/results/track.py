"""A track record: forecasts as they were issued, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from lynchpin.results.base import Tabled


@dataclass(frozen=True, slots=True)
class Issued:
    """One forecast as it was issued, and how much of it has been scored."""

    number: int
    issued_at: str  # UTC
    case: str
    origin: date
    horizon_days: int
    data_hash: str
    case_hash: str
    view: str
    seed: int
    draws: int
    version: str
    last_event_date: date
    hash: str
    agreement: str  # id; "" for a forecast of counts
    periods: int
    periods_scored: int

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Track(Tabled):
    """A track record.

    scores : DataFrame: number, model, period_start, period_end, metric, value, n, record_hash
    """

    file: str
    issued: tuple[Issued, ...]
    scores: pl.DataFrame

    def to_frame(self) -> pl.DataFrame:
        """Mean scores of every model over all that has been scored: model, metric, value, periods."""
        return (
            self.scores.group_by("model", "metric", maintain_order=True)
            .agg(pl.col("value").mean(), periods=pl.len().cast(pl.Int64))
            .sort("metric", "value", maintain_order=True)
        )
