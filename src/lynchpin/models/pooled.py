"""Any likelihood with an effect for every sender, receiver or dyad: what it says of coefficients and effects.

Effects are no columns. A likelihood says of every row how its value moves with the row's predictor (`rows.Terms`), and
their part of the gradient and of the information is sums of that by dyad, whatever the likelihood is. The part of the
information that ties dyads to one another, where they compete within a group, is kept as a few vectors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from lynchpin.models._pooled_kernels import level_sums, mean_sums
from lynchpin.models.levels import Levels
from lynchpin.models.rows import Block, Terms, moments
from lynchpin.statistics._base import Floats

#: Vectors of competition kept over all; with more groups, neighbours in time are merged.
VECTORS = 600

#: Numbers that they may hold in all, and that a few groups may take at a time.
VECTOR_NUMBERS, CHUNK_NUMBERS = 30_000_000, 3_000_000


@dataclass(frozen=True, slots=True, eq=False)
class PooledSums:
    """Log-likelihood, gradient and observed information; they add.

    The information over (coefficients, effects of actors, effects of dyads) is

        fixed     cross ...            cross: coefficients with effects
        ...       actors + by_dyad     by_dyad: a diagonal over dyads; `actors` holds all of it where dyads have none
                  less vectors' vectors

    gradient : (k + effects,); fixed : (k, k); cross : (k, effects); actors : (actors, actors); by_dyad : (dyads,)
    vectors : (some, effects), empty where only actors have effects: their part is then in `actors`
    most : how many vectors a shard may keep
    """

    value: float
    gradient: Floats
    fixed: Floats
    cross: Floats
    actors: Floats
    by_dyad: Floats
    vectors: Floats
    most: int

    def __add__(self, other: PooledSums) -> PooledSums:
        return PooledSums(
            self.value + other.value,
            self.gradient + other.gradient,
            self.fixed + other.fixed,
            self.cross + other.cross,
            self.actors + other.actors,
            self.by_dyad + other.by_dyad,
            np.concatenate([self.vectors, other.vectors]),
            self.most,
        )

    def within(self) -> PooledSums:
        """With at most so many vectors as one shard may keep."""
        return self if len(self.vectors) <= self.most else replace(self, vectors=few(self.vectors, self.most))


def few(vectors: Floats, most: int) -> Floats:
    """Neighbours merged until there are at most so many."""
    while len(vectors) > most:
        vectors = merged(vectors)
    return vectors


def merged(vectors: Floats) -> Floats:
    """Neighbours in pairs, each pair one vector v with v v' <= a a' + b b' (Cauchy and Schwarz), equal if parallel.

    The direction in which all effects rise together, to which competition is blind, stays what it is.
    """
    pairs = len(vectors) // 2
    a, b = vectors[: 2 * pairs : 2], vectors[1 : 2 * pairs : 2]
    s, t = a.sum(axis=1, keepdims=True), b.sum(axis=1, keepdims=True)
    both = np.sqrt(s * s + t * t)
    weight = np.where(both > 0, s / np.where(both > 0, both, 1.0), np.sqrt(0.5))
    joined = weight * a + np.sqrt(1.0 - weight**2) * b
    return np.concatenate([joined, vectors[2 * pairs :]])


def sums(
    block: Block,
    parameters: Floats,
    levels: Levels,
    terms: Callable[[Block, Floats], Terms],
    most: int = VECTORS,
) -> PooledSums:
    """Log-likelihood, gradient and observed information of a block.

    Parameters
    ----------
    block : Block with `dyad`
    parameters : ndarray, shape (columns + effects,)
    levels : Levels
    terms : the likelihood, row by row
    most : int, vectors that a shard may keep
    """
    k = block.X.shape[0]
    assert block.dyad is not None
    eta = block.eta(parameters[:k])
    eta += levels.per_dyad(parameters[k:])[block.dyad]
    found = terms(block, eta)
    by_score, by_dyad, cross = np.zeros(levels.dyads), np.zeros(levels.dyads), np.zeros((levels.dyads, k))
    level_sums(block.X, found.score, found.curvature, block.dyad, by_score, by_dyad, cross)
    fixed = moments(block.X, found.curvature)[1]
    crossed, actors, vectors = levels.by_effect(cross.T), levels.crossed(by_dyad), np.empty((0, levels.effects))
    for of_x, of_effects in _means(block, found.means, levels):
        fixed -= of_x.T @ of_x
        crossed -= of_x.T @ of_effects
        if levels.has_dyads:
            vectors = few(np.concatenate([vectors, of_effects]), most)
        else:
            actors -= of_effects.T @ of_effects
    gradient = np.concatenate([block.X @ found.score, levels.by_effect(by_score)])
    return PooledSums(found.value, gradient, fixed, crossed, actors, by_dyad, vectors, most)


def _means(block: Block, means: Floats, levels: Levels) -> Iterator[tuple[Floats, Floats]]:
    """Sums within groups of mean * x and of mean by effect, some groups at a time; groups without an event left out."""
    groups, k = block.ptr.size - 1, block.X.shape[0]
    ends, step = levels.ends(), max(CHUNK_NUMBERS // max(levels.effects, 1), 1)
    assert block.dyad is not None
    for mean in means:
        for first in range(0, groups, step):
            some = min(step, groups - first)
            of_x, of_effects = np.zeros((some, k)), np.zeros((some, levels.effects))
            mean_sums(block.X, mean, block.ptr, block.dyad, ends, first, of_x, of_effects)
            used = of_effects.any(axis=1) | of_x.any(axis=1)
            yield of_x[used], of_effects[used]
