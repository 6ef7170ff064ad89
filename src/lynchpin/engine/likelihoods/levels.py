"""Who has an effect of their own: every sender, every receiver, every dyad; and how effects and dyads map."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from lynchpin.engine.statistics.base import Floats

Index = NDArray[np.int32]

#: What can have an effect, in the order in which effects stand.
FACTORS = ("sender", "receiver", "dyad")


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """Effects stand factor after factor: actors by their number, dyads in the order of i and j.

    factors : of FACTORS, in that order
    i, j : (dyads,), the dyads at risk at some time, by sender, then by receiver
    n : actors
    """

    factors: tuple[str, ...]
    i: Index
    j: Index
    n: int

    @property
    def dyads(self) -> int:
        return int(self.i.size)

    @property
    def has_dyads(self) -> bool:
        return "dyad" in self.factors

    @property
    def actors(self) -> int:
        """How many effects belong to actors."""
        return self.n * (len(self.factors) - self.has_dyads)

    @property
    def effects(self) -> int:
        return self.actors + self.dyads * self.has_dyads

    def numbers(self, i: Index, j: Index) -> Index:
        """The positions of dyads, all of which are there."""
        key = self.i.astype(np.int64) * self.n + self.j
        return np.searchsorted(key, i.astype(np.int64) * self.n + j).astype(np.int32)

    def copies(self, times: int) -> Levels:
        """As many worlds with actors and dyads of their own, one after the other."""
        shift = np.repeat(np.arange(times, dtype=np.int32) * self.n, self.dyads)
        i, j = np.tile(self.i, times) + shift, np.tile(self.j, times) + shift
        return Levels(self.factors, i.astype(np.int32), j.astype(np.int32), times * self.n)

    def sizes(self) -> tuple[int, ...]:
        """How many effects each factor has."""
        return tuple(self.dyads if factor == "dyad" else self.n for factor in self.factors)

    def ends(self) -> Index:
        """The place of each effect of each dyad: shape (factors, dyads)."""
        whose = {"sender": self.i, "receiver": self.j, "dyad": np.arange(self.dyads, dtype=np.int32)}
        places = [whose[factor] + self.n * k for k, factor in enumerate(self.factors)]
        return np.array(places, np.int32).reshape(len(places), self.dyads)

    def per_dyad(self, effects: Floats) -> Floats:
        """The sum of its effects for every dyad, and a zero at the end for rows that are of none: (dyads + 1,)."""
        out = np.zeros(self.dyads + 1)
        for places in self.ends():
            out[:-1] += effects[places]
        return out

    def incidence(self) -> scipy.sparse.csr_array:
        """Ones where a dyad has an effect of an actor: shape (dyads, actors)."""
        ends = self.ends()[: len(self.factors) - self.has_dyads]
        rows = np.tile(np.arange(self.dyads), len(ends))
        return scipy.sparse.csr_array((np.ones(rows.size), (rows, ends.ravel())), shape=(self.dyads, self.actors))

    def by_effect(self, by_dyad: Floats) -> Floats:
        """Sums by dyad, shape (..., dyads), added up for every effect: (..., effects)."""
        parts = [by_dyad @ self.incidence()] if self.actors else []
        return np.concatenate([*parts, by_dyad] if self.has_dyads else parts, axis=-1)

    def crossed(self, by_dyad: Floats) -> Floats:
        """A diagonal matrix over dyads, as a matrix over the effects of actors: shape (actors, actors)."""
        at = self.incidence()
        out: Floats = (at.T @ scipy.sparse.diags_array(by_dyad) @ at).toarray()
        return out

    def square(self, by_dyad: Floats) -> Floats:
        """A number of each dyad as a matrix of senders by receivers, zero where there is none: (n, n)."""
        out = np.zeros((self.n, self.n))
        out[self.i, self.j] = by_dyad
        return out

    def of_square(self, by_pair: Floats) -> Floats:
        """The dyads' entries of matrices of senders by receivers: (..., n, n) to (..., dyads)."""
        out: Floats = by_pair[..., self.i, self.j]
        return out

    def of_factor(self, effects: Floats) -> list[Floats]:
        """The effects, factor by factor."""
        return np.split(effects, np.cumsum(self.sizes())[:-1])

    def each(self, of_factor: Floats) -> Floats:
        """One number for each factor, repeated for each of its effects."""
        return np.repeat(of_factor, self.sizes())
