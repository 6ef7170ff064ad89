"""Reading a plan in blocks, and adding up what a likelihood says of each, here or on workers.

A *shard* is a run of blocks with all that is needed to read it: the states at its start and its own stretch of the
stream. Shards are laid down by the problem alone and their sums are added in their order, so that neither the number
of workers nor the order in which they finish can change a digit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from itertools import pairwise
from typing import Any
from uuid import uuid4

import numpy as np

from lynchpin.engine.likelihoods import pooled
from lynchpin.engine.likelihoods.levels import Levels
from lynchpin.engine.likelihoods.likelihood import Likelihood
from lynchpin.engine.likelihoods.pooled import PooledSums
from lynchpin.engine.likelihoods.rows import Block, Sums
from lynchpin.engine.rem import idle
from lynchpin.engine.rem.features import Features
from lynchpin.engine.rem.idle import Live, live_dyads, merge_bystanders, onto, roles_of
from lynchpin.engine.rem.plan import Plan
from lynchpin.engine.rem.shards import DEFAULT_MEMORY, Key, Shard, Whose, blocks_of, shard_sums
from lynchpin.engine.statistics.base import Floats, Ints
from lynchpin.engine.statistics.memory import LONGEST_SPAN

#: Numbers in the columns of one block: 2 MB, so that a block stays in a core's own cache.
BLOCK_NUMBERS = 250_000

#: Shards of a large problem; enough for a dozen workers.
SHARDS = 24

#: Bytes that the states at the starts of shards may take: with very many actors there are fewer shards.
STATE_MEMORY = 400_000_000


class Work:
    """A problem cut into shards, ready to be added up at any value of the coefficients.

    Parameters
    ----------
    features, plan : what to compute, and for whom
    likelihood : Likelihood
    executor : any concurrent.futures.Executor, or None to work here
    memory : bytes of columns kept between passes, in this process or in each worker
    order : the order in which shards are handed out; it changes nothing
    share_idle : sum idle dyads through their actors, where the columns allow it
    levels : who has an effect of its own, or None
    """

    def __init__(
        self,
        features: Features,
        plan: Plan,
        likelihood: Likelihood,
        *,
        executor: Executor | None = None,
        memory: int = DEFAULT_MEMORY,
        order: Sequence[int] | None = None,
        share_idle: bool = False,
        levels: Levels | None = None,
    ) -> None:
        self.likelihood, self.executor, self.levels = likelihood, executor, levels
        self.shards = cut(features, plan, memory, share_idle)
        if likelihood.needs.mutual:
            self.shards = [replace(shard, with_ends=True) for shard in self.shards]
        if levels is not None:
            most = min(pooled.VECTORS, pooled.VECTOR_NUMBERS // max(levels.effects, 1))
            each = Whose(levels, levels.numbers(plan.i, plan.j), max(most // len(self.shards), 1))
            self.shards = [replace(shard, whose=_whose(each, shard.live)) for shard in self.shards]
        self.order = list(order) if order is not None else list(range(len(self.shards)))
        self._sent: set[Key] = set()

    def sums(self, beta: Floats, only: Sequence[int] | None = None) -> Sums:
        """Over all shards, or some."""
        found: Sums = self._total(self.likelihood, beta, only)
        return found

    def pooled(self, parameters: Floats, log_size: float) -> PooledSums:
        """Over all shards, coefficients and effects."""
        found: PooledSums = self._total(self.likelihood.given(log_size), parameters)
        return found

    def _total(self, likelihood: Likelihood, beta: Floats, only: Sequence[int] | None = None) -> Any:
        chosen = [k for k in self.order if only is None or k in set(only)]
        if self.executor is None:
            parts: dict[int, Any] = {k: shard_sums(self.shards[k], likelihood, beta) for k in chosen}
        else:
            from lynchpin.engine.rem.workers import spread

            found = spread(self.executor, [self.shards[k] for k in chosen], likelihood, beta, self._sent)
            parts = dict(zip(chosen, found, strict=True))
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
        """Let go of what is kept in this process; workers let go when other runs come."""
        from lynchpin.engine.rem.workers import let_go

        for shard in self.shards:
            let_go(shard.key)


def _whose(whose: Whose, live: Live | None) -> Whose:
    """The same for live dyads: each as itself, each as the idle one it was taken for, each actor with itself."""
    if live is None:
        return whose
    dyad = whose.levels.numbers(live.i, live.j)
    return replace(whose, dyad=np.concatenate([dyad, dyad, np.full(live.n, -1, np.int32)]))


def cut(features: Features, plan: Plan, memory: int, share_idle: bool = False) -> list[Shard]:
    """Cut a plan into shards and those into blocks, each shard with the states at its start.

    Where idle dyads can be summed through their actors, the shards are spans of equally many groups; else of equally
    many blocks.
    """
    roles = roles_of(features) if share_idle and plan.rows >= idle.SHARED_ROWS else None
    stands_for = np.ones(features.n)
    if roles is not None:
        features, plan, stands_for = merge_bystanders(features, plan)
    one_state = 8 * sum(int(np.prod(source.statistic.state(features.n))) for source in features.sources)
    most = max(STATE_MEMORY // max(one_state, 1), 1)
    if roles is None:
        begins = _block_begins(features, plan, (plan.hi - plan.lo) * features.columns)
        edges = begins[_even(begins.size - 1, min(SHARDS, most))]
    else:
        edges = _even(plan.groups, min(2 * SHARDS, most))
    run, carried, shards, rows = uuid4().hex, features.start(), [], 0
    for number, (a, b) in enumerate(pairwise(edges.tolist())):
        live = None if roles is None else live_dyads(features, plan, a, b, roles, stands_for)
        mine = plan.part(a, b)
        numbers = (mine.hi - mine.lo if live is None else np.full(mine.groups, live.rows)) * features.columns
        parts = [mine.part(c, d) for c, d in pairwise(_block_begins(features, mine, numbers).tolist())]
        start, begin = [state.copy() for state in carried], [state.done for state in carried]
        for part in _within_span(features, mine):
            features.advance(carried, part)
        stretch = []
        for source, state, first, last in zip(features.sources, start, begin, carried, strict=True):
            stretch.append(replace(source, changes=source.changes.between(first, last.done)))
            state.done = 0
        shards.append(
            Shard(
                features=replace(features, sources=tuple(stretch)),
                carried=start,
                parts=tuple(parts if live is None else (onto(part, live) for part in parts)),
                live=live,
                key=(run, number),
                keep=False,
            )
        )
        rows += int(numbers.sum())
    return [replace(shard, keep=True) for shard in shards] if rows * 8 <= memory else shards


def _even(items: int, parts: int) -> Ints:
    """Edges of at most so many equal runs of items."""
    return np.unique(np.linspace(0, items, min(parts, items) + 1).astype(np.int64))


def _block_begins(features: Features, plan: Plan, numbers: Ints) -> Ints:
    """First group of every block, and the number of groups: by size, and by the half-lives that a block may span.

    numbers : (groups,), how many numbers the columns of each group hold
    """
    before = np.concatenate([[0], np.cumsum(numbers)])
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
