"""Effects that are curves: how the rate goes with a statistic, or how an effect goes with time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from lynchpin.results.base import Drawn, Shown, Told, flat, plain

#: `smooth`: the logarithm of the rate over the values of a statistic. `varying`: a statistic's coefficient over time.
CurveKind = Literal["smooth", "varying"]


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """One curve, and how sure it is.

    name : of the effect
    points : DataFrame, one row for each place: at (value of the statistic, or time), value, lower, upper (90 %
        pointwise). Of a smooth effect value is the log of the rate over that at `reference`; of a varying one, the
        coefficient
    reference : the value of the statistic where a smooth effect is nought; None of a varying one
    df : effective degrees of freedom, 1 of a straight line (2 of a varying effect that goes straight up or down)
    smoothing : how hard the curve was held straight; found by the fit
    """

    name: str
    kind: CurveKind
    points: pl.DataFrame
    reference: float | None
    df: float
    smoothing: float

    def to_dict(self) -> dict[str, Any]:
        """As plain values."""
        return dict(plain(flat(self)))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Curves(Told, Drawn, Shown):
    """A relational event model in which some effects are curves.

    coefficients : DataFrame, of the other effects: name, estimate, se, lower, upper (90 %)
    log_likelihood : at the estimate; `straight` : of the same model with every effect a straight line
    df : effective degrees of freedom, all effects together
    """

    likelihood: str
    curves: tuple[Curve, ...]
    coefficients: pl.DataFrame
    log_likelihood: float
    straight: float
    df: float
    n_events: int
    n_rows: int
    is_dated: bool

    @property
    def aic(self) -> float:
        """With the effective degrees of freedom as the number of parameters."""
        return 2.0 * (self.df - self.log_likelihood)

    def __getitem__(self, name: str) -> Curve:
        return next(curve for curve in self.curves if curve.name == name)

    def to_dict(self) -> dict[str, Any]:
        """As plain values."""
        return dict(plain(flat(self)))
