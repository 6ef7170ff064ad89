"""Reading a plan in blocks, and adding up what a likelihood says of each, here or on workers.

A *shard* is a run of blocks with all that is needed to read it: the states at its start and its own stretch of the
stream. Shards are laid down by the problem alone and their sums are added in their order, so that neither the number
of workers nor the order in which they finish can change a digit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from itertools import count, pairwise
from os import getpid

import numpy as np

from lynchpin.models import counts, interval, ordinal
from lynchpin.models.rows import Block, Shared, Sums
from lynchpin.relational.features import Features
from lynchpin.relational.plan import Plan
from lynchpin.statistics._base import Floats, Ints
from lynchpin.statistics._memory import LONGEST_SPAN, Carried

#: Numbers in the columns of one block: 2 MB, so that a block stays in a core's own cache.
BLOCK_NUMBERS = 250_000

#: Shards of a large problem; enough for a dozen workers.
SHARDS = 24

#: Bytes of columns that are kept from one pass to the next; above it they are computed anew.
DEFAULT_MEMORY = 256_000_000


_run_numbers = count()
_kept: dict[tuple[int, int, int], list[Block]] = {}


@dataclass(frozen=True, slots=True, eq=False)
class Likelihood:
    """A likelihood by name: picklable, so that workers can be handed it."""

    likelihood: str
    efron: bool = False

    def __call__(self, block: Block, beta: Floats) -> Sums:
        if self.likelihood in ("ordinal", "choice"):
            return ordinal.sums(block, beta, efron=self.efron)
        if self.likelihood == "nb2":
            return counts.sums(block, beta)
        return interval.sums(block, beta)


@dataclass(frozen=True, slots=True, eq=False)
class Shard:
    features: Features
    carried: list[Carried]
    parts: tuple[Plan, ...]  # one per block
    shared: tuple[Shared | None, ...]  # one per block
    sign: tuple[Floats | None, ...]
    key: tuple[int, int, int]  # who made it, for which run, and its number
    keep: bool


def blocks_of(shard: Shard) -> list[Block] | map[Block]:
    """The blocks of a shard, from the last pass where they were kept."""
    if shard.key in _kept:
        return _kept[shard.key]
    carried = [state.copy() for state in shard.carried]

    def read(k: int) -> Block:
        part = shard.parts[k]
        sizes = part.hi - part.lo
        ptr = np.concatenate([[0], np.cumsum(sizes)])
        seen = part.seen_row + np.repeat(ptr[:-1], np.diff(part.seen_ptr))
        weight = None
        if part.log_weight is not None:
            weight = part.log_weight[row_numbers(part)]
        X = shard.features.fill(carried, part)
        return Block(
            X, ptr, part.exposure, part.seen_ptr, seen, part.seen_count, weight, shard.sign[k], shard.shared[k]
        )

    if not shard.keep:
        return map(read, range(len(shard.parts)))
    _kept[shard.key] = [read(k) for k in range(len(shard.parts))]
    return _kept[shard.key]


def shard_sums(shard: Shard, task: Likelihood, beta: Floats) -> Sums:
    """What a likelihood says of one shard."""
    total: Sums | None = None
    with np.errstate(over="ignore", invalid="ignore"):
        for block in blocks_of(shard):
            sums = task(block, beta)
            total = sums if total is None else total + sums
    assert total is not None
    return total


class Work:
    """A problem cut into shards, ready to be added up at any value of the coefficients.

    Parameters
    ----------
    features, plan : what to compute, and for whom
    task : Likelihood, the likelihood
    executor : any concurrent.futures.Executor, or None to work here
    memory : bytes of columns kept between passes, in this process or over all workers
    order : the order in which shards are handed out; it changes nothing
    """

    def __init__(
        self,
        features: Features,
        plan: Plan,
        task: Likelihood,
        *,
        executor: Executor | None = None,
        memory: int = DEFAULT_MEMORY,
        order: Sequence[int] | None = None,
    ) -> None:
        self.task, self.executor = task, executor
        self.shards = cut(features, plan, memory)
        self.order = list(order) if order is not None else list(range(len(self.shards)))

    def sums(self, beta: Floats, only: Sequence[int] | None = None) -> Sums:
        """Over all shards, or some."""
        chosen = [k for k in self.order if only is None or k in set(only)]
        if self.executor is None:
            parts = {k: shard_sums(self.shards[k], self.task, beta) for k in chosen}
        else:
            futures = {k: self.executor.submit(shard_sums, self.shards[k], self.task, beta) for k in chosen}
            parts = {k: future.result() for k, future in futures.items()}
        first, *rest = sorted(parts)
        total = parts[first]
        for k in rest:
            total = total + parts[k]
        return total

    def each(self, function: Callable[[Block], object]) -> list[object]:
        """Something of every block, in order, in this process."""
        return [function(block) for shard in self.shards for block in blocks_of(shard)]

    def root_mean_square(self) -> Floats:
        """The typical size of each column, from the shard in the middle: shape (columns,)."""
        some = [block.X for block in blocks_of(self.shards[len(self.shards) // 2])]
        out: Floats = np.sqrt(sum((X * X).sum(axis=1) for X in some) / max(sum(X.shape[1] for X in some), 1))
        return out

    def forget(self) -> None:
        """Let go of kept columns in this process."""
        for shard in self.shards:
            _kept.pop(shard.key, None)


def cut(features: Features, plan: Plan, memory: int) -> list[Shard]:
    """Cut a plan into blocks and those into shards, each with the states at its start."""
    begins = _block_begins(features, plan)
    blocks = [plan.part(a, b) for a, b in pairwise(begins)]
    keep = plan.rows * features.columns * 8 <= memory
    edges = np.unique(np.linspace(0, len(blocks), min(SHARDS, len(blocks)) + 1).astype(int))
    run, carried, shards = next(_run_numbers), features.start(), []
    for number, (a, b) in enumerate(pairwise(edges)):
        parts = tuple(blocks[a:b])
        begin = [state.done for state in carried]
        start = [state.copy() for state in carried]
        whole = plan.part(int(begins[a]), int(begins[b]))
        for block in _within_span(features, whole):
            features.advance(carried, block)
        stretch = []
        for source, state, first, last in zip(features.sources, start, begin, carried, strict=True):
            stretch.append(replace(source, changes=source.changes.between(first, last.done)))
            state.done = 0
        none = (None,) * len(parts)
        mine = replace(features, sources=tuple(stretch))
        shards.append(Shard(mine, start, parts, none, none, (getpid(), run, number), keep))
    return shards


def _block_begins(features: Features, plan: Plan) -> np.ndarray:
    """First group of every block, and the number of groups: by size, and by the half-lives that a block may span."""
    size = (plan.hi - plan.lo) * features.columns
    before = np.concatenate([[0], np.cumsum(size)])
    span = min((s.memory.half_life or np.inf for s in features.sources), default=np.inf) * LONGEST_SPAN / 2
    begins = [0]
    while begins[-1] < plan.groups:
        a = begins[-1]
        by_size = int(np.searchsorted(before, before[a] + BLOCK_NUMBERS, side="right")) - 1
        by_span = int(np.searchsorted(plan.at, min(plan.at[a], plan.decay_to[a]) + span, side="right"))
        begins.append(min(max(a + 1, min(by_size, by_span)), plan.groups))
    return np.array(begins)


def _within_span(features: Features, plan: Plan) -> list[Plan]:
    """The same groups, cut only where decay needs it."""
    span = min((s.memory.half_life or np.inf for s in features.sources), default=np.inf) * LONGEST_SPAN / 2
    if plan.at[-1] - min(plan.at[0], plan.decay_to[0]) <= span:
        return [plan]
    return [plan.part(k, k + 1) for k in range(plan.groups)]


def row_numbers(part: Plan) -> Ints:
    """Positions in i and j of the rows of every group, one group after the other."""
    sizes = part.hi - part.lo
    ends = np.cumsum(sizes)
    out: Ints = np.arange(ends[-1]) - np.repeat(ends - sizes - part.lo, sizes)
    return out
