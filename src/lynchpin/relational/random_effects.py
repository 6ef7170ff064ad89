"""Effects of senders, receivers or dyads as a result: a frozen record, no maths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from lynchpin.models.levels import Index
from lynchpin.statistics._base import Floats


@dataclass(frozen=True, slots=True, eq=False)
class RandomEffects:
    """The effects of one factor, drawn from a normal distribution around zero.

    of : "sender", "receiver" or "dyad"
    i, j : (levels,), positions of the sender and of the receiver that a level is about, -1 where it is about no one
    type : (levels,), names of the type that an effect speaks for, where types are modelled, else empty
    effect, se : (levels,), log rate or log odds, and the standard deviation given the record
    sd, lower, upper : the standard deviation that they are drawn with, and its 90 % interval
    """

    of: str
    i: Index
    j: Index
    type: tuple[str, ...]
    effect: Floats
    se: Floats
    sd: float
    lower: float
    upper: float

    def of_rows(self, i: Index, j: Index, n: int) -> Floats:
        """The effect that each pair of positions has; zero where the fit had no such dyad at risk."""
        if self.of != "dyad":
            return self.effect[i if self.of == "sender" else j]
        key, wanted = self.i.astype(np.int64) * n + self.j, i.astype(np.int64) * n + j
        at = np.minimum(np.searchsorted(key, wanted), key.size - 1)
        return np.where(key[at] == wanted, self.effect[at], 0.0)

    def of_types(self, n: int, kinds: Sequence[str]) -> RandomEffects:
        """Positions of actors and names of types, where actors were counted anew for every type."""
        which = np.maximum(self.i, self.j) // n
        i, j = (np.where(side >= 0, side % n, -1).astype(np.int32) for side in (self.i, self.j))
        return replace(self, i=i, j=j, type=tuple(kinds[c] for c in which))

    def to_frame(self, actors: Sequence[str]) -> pl.DataFrame:
        """One row per level: of, sender, receiver, type, effect, se."""
        names = np.array([*actors, None], dtype=object)
        return pl.DataFrame(
            {
                "of": pl.Series([self.of] * self.effect.size, dtype=pl.String),
                "sender": pl.Series(names[self.i].tolist(), dtype=pl.String),
                "receiver": pl.Series(names[self.j].tolist(), dtype=pl.String),
                "type": pl.Series(list(self.type) or [None] * self.effect.size, dtype=pl.String),
                "effect": self.effect,
                "se": self.se,
            }
        )

    def about(self) -> dict[str, Any]:
        """What is no array, for a saved fit."""
        return {"of": self.of, "type": self.type, "sd": self.sd, "lower": self.lower, "upper": self.upper}
