"""The work of a fit, cut into shards whose sums add up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from lynchpin.engine.compiled import is_plain, plainly
from lynchpin.engine.likelihoods import pooled
from lynchpin.engine.likelihoods.levels import Index, Levels
from lynchpin.engine.likelihoods.likelihood import Likelihood
from lynchpin.engine.likelihoods.pooled import PooledSums
from lynchpin.engine.likelihoods.rows import Block, Sums
from lynchpin.engine.rem.features import Features
from lynchpin.engine.rem.idle import Live, block_of
from lynchpin.engine.rem.plan import Plan
from lynchpin.engine.statistics.base import Floats, Ints
from lynchpin.engine.statistics.memory import Carried

#: Bytes of columns that are kept from one pass to the next; above it they are computed anew.
DEFAULT_MEMORY = 256_000_000


#: Which run a shard is of, and its number in it.
Key: TypeAlias = tuple[str, int]


_kept: dict[Key, list[Block]] = {}


@dataclass(frozen=True, slots=True, eq=False)
class Whose:
    """Whose effects rows have.

    dyad : positions in the levels, -1 for none: of the listed rows of a plan; where idle dyads are summed through their
        actors, of the rows of any one group
    most : see `PooledSums`
    """

    levels: Levels
    dyad: Index
    most: int


@dataclass(frozen=True, slots=True, eq=False)
class Shard:
    features: Features
    carried: list[Carried]
    parts: tuple[Plan, ...]  # one per block
    live: Live | None  # where idle dyads are summed through their actors
    key: Key
    keep: bool
    is_plain: bool = field(default_factory=is_plain)  # so that a worker makes the same digits
    whose: Whose | None = None  # where senders, receivers or dyads have effects
    with_ends: bool = False  # where a likelihood needs the ends of rows


def blocks_of(shard: Shard) -> list[Block] | map[Block]:
    """The blocks of a shard, from the last pass where they were kept."""
    if shard.key in _kept:
        return _kept[shard.key]
    carried = [state.copy() for state in shard.carried]

    def read(part: Plan) -> Block:
        X = shard.features.fill(carried, part)
        if shard.live is None:
            block = _block(X, part, shard.whose)
            rows = row_numbers(part) if shard.with_ends else None
            return block if rows is None else block._replace(i=part.i[rows], j=part.j[rows])
        block = block_of(X, part, shard.live)
        return block if shard.whose is None else block._replace(dyad=np.tile(shard.whose.dyad, part.groups))

    if not shard.keep:
        return map(read, shard.parts)
    _kept[shard.key] = [read(part) for part in shard.parts]
    return _kept[shard.key]


def _block(X: Floats, part: Plan, whose: Whose | None) -> Block:
    ptr = np.concatenate([[0], np.cumsum(part.hi - part.lo)])
    seen = part.seen_row + np.repeat(ptr[:-1], np.diff(part.seen_ptr))
    weight = None if part.log_weight is None else part.log_weight[row_numbers(part)]
    dyad = None if whose is None else whose.dyad[row_numbers(part)]
    return Block(X, ptr, part.exposure, part.seen_ptr, seen, part.seen_count, weight, dyad=dyad)


def shard_sums(shard: Shard, likelihood: Likelihood, beta: Floats) -> Sums | PooledSums:
    """What a likelihood says of one shard."""
    with plainly(shard.is_plain), np.errstate(over="ignore", invalid="ignore"):
        if shard.whose is not None:
            return pooled_sums(blocks_of(shard), likelihood, beta, shard.whose)
        found = (likelihood.sums(block, beta) for block in blocks_of(shard))
        total = next(found)
        for sums in found:
            total = total + sums
        return total


def pooled_sums(blocks: Iterable[Block], likelihood: Likelihood, parameters: Floats, whose: Whose) -> PooledSums:
    """What a likelihood says of some blocks, coefficients and effects."""
    terms = likelihood.terms
    assert terms is not None
    found = (pooled.sums(block, parameters, whose.levels, terms, whose.most) for block in blocks)
    total = next(found)
    for sums in found:
        total = (total + sums).within()
    return total


def forget(key: Key) -> None:
    """Let go of the kept columns of a shard."""
    _kept.pop(key, None)


def row_numbers(part: Plan) -> Ints:
    """Positions in i and j of the rows of every group, one group after the other."""
    sizes = part.hi - part.lo
    ends = np.cumsum(sizes)
    out: Ints = np.arange(ends[-1]) - np.repeat(ends - sizes - part.lo, sizes)
    return out
