"""How the push of one mechanism comes and goes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from lynchpin.results.base import Drawn, Shown, Told, plain
from lynchpin.results.claims import Footing


@dataclass(frozen=True, slots=True)
class Peak:
    """A day on which the push was furthest from none, and what became of it."""

    date: dt.date
    times: float
    lower: float  # 90 % interval
    upper: float
    event_id: str  # the last act of the cause before it; "" where there is none
    headline: str
    half_gone: dt.date | None  # first day on which half of the push (on a log scale) was gone; None: not yet


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Fade(Told, Drawn, Shown):
    """The push of a mechanism on the rate of its acts, day by day, and how fast it fades.

    curve : DataFrame, one row for each day that is drawn: date, times (the rate over what it would be with none of the
        cause remembered), lower, upper (90 %), ahead (True from the origin on)
    acts : DataFrame, the acts of the cause, by day: event_id, date, headline, ahead (True: dated on or after the
        origin, and shown because it was asked for)
    profile : DataFrame, each half-life that was tried: days, drop (log-likelihood less that of the best); empty where
        acts do not fade
    """

    mechanism: str
    claim: str  # id of the claim it states, or ""
    says: str
    sentence: str
    expect: str
    source: str  # whose acts are moved: this dyad's curve is drawn
    target: str
    classes: tuple[str, ...]
    others: tuple[str, ...]  # other dyads with the very same curve, as "JPN -> KOR"
    apart: tuple[str, ...]  # other dyads with a curve of their own
    against: str  # what the push is measured against, in words
    half_life_days: float | None  # None: acts do not fade
    is_fitted: bool  # whether the half-life was fitted, or given by the case
    best_days: float | None  # what the profile prefers
    half_life_interval: tuple[float, float] | None  # of the profile, 90 %
    open_below: bool  # whether the profile leaves the interval without an end below
    open_above: bool
    origin: date
    revealed_until: date | None  # acts before this day are shown though they were not known; None: none
    times: float  # the push at the origin
    lower: float
    upper: float
    peak: Peak | None
    words: tuple[str, ...]
    curve: pl.DataFrame
    acts: pl.DataFrame
    profile: pl.DataFrame
    evidence: Footing | None = None  # what its row in the ledger says of it

    @property
    def is_doubtful(self) -> bool:
        """Whether the interval on the strongest day holds both more and fewer acts."""
        return self.peak is None or self.peak.lower < 1.0 < self.peak.upper

    def to_dict(self) -> dict[str, Any]:
        """Plain values: the tables as lists of rows."""
        tables = ("curve", "acts", "profile")
        values = {name: plain(getattr(self, name)) for name in self.__slots__ if name not in tables}
        return values | {name: plain(getattr(self, name).to_dicts()) for name in tables}
