"""Any likelihood with an effect for every sender, receiver or dyad: what it says of coefficients and effects.

Effects are no columns. A likelihood says of every row how its value moves with the row's predictor (`rows.Terms`), and
their part of the gradient and of the information is sums of that by dyad, whatever the likelihood is. The part of the
information that ties dyads to one another, where they compete within a group, is kept as a few vectors.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lynchpin.engine.likelihoods._kernels import effect_means, group_means, level_sums, merged_means
from lynchpin.engine.likelihoods.idle import IdleEffects
from lynchpin.engine.likelihoods.levels import Levels
from lynchpin.engine.likelihoods.likelihood import RowTerms
from lynchpin.engine.likelihoods.rows import Block, Terms, moments
from lynchpin.engine.statistics.base import Floats

#: Vectors of competition kept over all; with more groups, neighbours in time are merged.
VECTORS = 192

#: Numbers that they may hold in all.
VECTOR_NUMBERS = 30_000_000


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


def sums(block: Block, parameters: Floats, levels: Levels, terms: RowTerms, most: int = VECTORS) -> PooledSums:
    """Log-likelihood, gradient and observed information of a block.

    Parameters
    ----------
    block : Block with `dyad`
    parameters : ndarray, shape (columns + effects,)
    levels : Levels
    terms : the likelihood, row by row
    most : int, vectors that a block may add, and a shard may keep
    """
    k = block.X.shape[0]
    assert block.dyad is not None
    effect = levels.per_dyad(parameters[k:])
    eta, idle, shared = block.eta(parameters[:k]), None, block.shared
    eta += effect[block.dyad]
    if shared is not None:
        assert block.sign is not None  # an actor with itself is not in the sum over idle dyads: nothing to take back
        block = block._replace(sign=np.where(block.dyad < 0, 0.0, block.sign))
        idle = IdleEffects(shared, parameters[:k], levels.square(np.exp(effect[:-1])))
    found = terms(block, eta, idle)
    total = _apart(block, found, idle, levels, most)
    for number, mean in enumerate(found.means):  # idle dyads have no event: they are in the first alone
        total = total + _competing(block, mean, None if number else _idle_mean(found, idle), levels, most)
    return total


def _apart(block: Block, found: Terms, idle: IdleEffects | None, levels: Levels, most: int) -> PooledSums:
    """What rows say each by itself."""
    k = block.X.shape[0]
    by_score, by_dyad, cross = np.zeros(levels.dyads), np.zeros(levels.dyads), np.zeros((levels.dyads, k))
    level_sums(block.X, found.score, found.curvature, block.dyad, by_score, by_dyad, cross)
    gradient, fixed = block.X @ found.score, moments(block.X, found.curvature)[1]
    if idle is not None:
        assert found.everyone is not None and found.taken is not None
        factor, taken = found.everyone[0], found.taken
        some = levels.of_square(idle.by_pair(taken, factor))
        by_score -= some
        by_dyad += some
        cross += levels.of_square(idle.first_by_pair(taken, factor)).T
        gradient -= factor @ idle.first(taken)
        fixed += idle.second(taken, factor)
    slope = np.concatenate([gradient, levels.by_effect(by_score)])
    none = np.empty((0, levels.effects))
    return PooledSums(
        found.value, slope, fixed, levels.by_effect(cross.T), levels.crossed(by_dyad), by_dyad, none, most
    )


#: The idle dyads' part in the mean of a group: their sums, how much of exp(eta - taken) it is, and `taken`.
_Idle = tuple[IdleEffects, Floats, Floats]


def _idle_mean(found: Terms, idle: IdleEffects | None) -> _Idle | None:
    if idle is None:
        return None
    assert found.everyone is not None and found.taken is not None
    return idle, found.everyone[1], found.taken


def _competing(block: Block, mean: Floats, idle: _Idle | None, levels: Levels, most: int) -> PooledSums:
    """What comes off because the rows of a group compete: the products of its means."""
    groups, k = block.ptr.size - 1, block.X.shape[0]
    of_x, of_all = np.zeros((groups, k)), np.zeros(groups)
    group_means(block.X, mean, block.ptr, of_x, of_all)
    if idle is not None:
        sums, factor, taken = idle
        of_x += factor[:, None] * sums.first(taken)
        of_all += factor * sums.total(taken)
    if levels.has_dyads:
        vectors, cross = _merged_vectors(block, mean, levels, of_x, of_all, idle, most)
        actors = np.zeros((levels.actors, levels.actors))
    else:
        of_effects = _by_actor(block, mean, levels, idle)
        vectors, cross, actors = np.empty((0, levels.effects)), of_x.T @ of_effects, of_effects.T @ of_effects
    nothing = np.zeros(k + levels.effects), np.zeros(levels.dyads)
    return PooledSums(0.0, nothing[0], -of_x.T @ of_x, -cross, -actors, nothing[1], vectors, most)


def _by_actor(block: Block, mean: Floats, levels: Levels, idle: _Idle | None) -> Floats:
    """The means of every group by effect of an actor: (groups, actors)."""
    out = np.zeros((block.ptr.size - 1, levels.effects))
    effect_means(mean, block.ptr, block.dyad, levels.ends(), out)
    if idle is not None:
        sums, factor, taken = idle
        whose = {"sender": sums.sent, "receiver": sums.received}
        scale = (factor * np.exp(sums.top - taken))[:, None]
        out += scale * np.concatenate([whose[name] for name in levels.factors], axis=1)
    return out


def _merged_vectors(
    block: Block, mean: Floats, levels: Levels, of_x: Floats, of_all: Floats, idle: _Idle | None, most: int
) -> tuple[Floats, Floats]:
    """The means of groups by effect, neighbours merged as in `merged`, and of all, times their x: (k, effects)."""
    used = np.flatnonzero(of_all != 0.0)
    vector_of, count = np.full(of_all.size, -1), min(used.size, most)
    vector_of[used] = np.arange(used.size) * count // max(used.size, 1)
    length = np.sqrt(np.bincount(vector_of[used], of_all[used] ** 2, minlength=count))
    share = np.zeros(of_all.size)
    share[used] = of_all[used] / length[vector_of[used]]
    by_vector, cross = np.zeros((count, levels.dyads)), np.zeros((levels.dyads, of_x.shape[1]))
    merged_means(mean, block.ptr, block.dyad, vector_of, share, of_x, by_vector, cross)
    if idle is not None:
        sums, factor, taken = idle
        for c in range(count):
            by_vector[c] += levels.of_square(sums.by_pair(taken, np.where(vector_of == c, share * factor, 0.0)))
        for a in range(of_x.shape[1]):
            cross[:, a] += levels.of_square(sums.by_pair(taken, factor * of_x[:, a]))
    return levels.by_effect(by_vector), levels.by_effect(cross.T)
