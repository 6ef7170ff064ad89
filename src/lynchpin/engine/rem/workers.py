"""Spreading shards over workers: each worker is sent a shard whole once, and only its name from then on.

An executor does not say which worker takes a task. So a task names its shard, and a worker that does not hold it says
so and is sent it. What goes out in a pass is then the coefficients; what comes back, one sum for each shard.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from typing import Any

from lynchpin.crew import each
from lynchpin.engine.likelihoods.likelihood import Likelihood
from lynchpin.engine.likelihoods.pooled import PooledSums
from lynchpin.engine.likelihoods.rows import Sums
from lynchpin.engine.rem.shards import Key, Shard, forget, shard_sums
from lynchpin.engine.statistics.base import Floats

#: Runs whose shards a worker holds at once; those of older runs are let go.
RUNS_HELD = 2

_held: dict[Key, Shard] = {}


def spread(
    executor: Executor, shards: Sequence[Shard], likelihood: Likelihood, beta: Floats, sent: set[Key]
) -> list[Sums | PooledSums]:
    """What a likelihood says of every shard, in order.

    Parameters
    ----------
    executor : any concurrent.futures.Executor: threads, processes, `distributed.Client().get_executor()`
    shards : shards of one run
    likelihood, beta : what is added up, and where
    sent : keys of shards that some worker was sent; it grows

    Raises
    ------
    BadValue : a worker died, or has another version of what makes the digits
    """
    found = _gather(executor, [(shard.key, None if shard.key in sent else shard, likelihood, beta) for shard in shards])
    sent.update(shard.key for shard in shards)
    lacking = [k for k, sums in enumerate(found) if sums is None]
    again = _gather(executor, [(shards[k].key, shards[k], likelihood, beta) for k in lacking])
    for k, sums in zip(lacking, again, strict=True):
        found[k] = sums
    return [sums for sums in found if sums is not None]


def _gather(executor: Executor, tasks: Sequence[tuple[Any, ...]]) -> list[Sums | PooledSums | None]:
    return each(_sums_of, tasks, executor)


def _sums_of(task: tuple[Key, Shard | None, Likelihood, Floats]) -> Sums | PooledSums | None:
    return sums_of(*task)


def sums_of(key: Key, shard: Shard | None, likelihood: Likelihood, beta: Floats) -> Sums | PooledSums | None:
    """Runs on a worker: the sums of a shard that it is sent, or was sent before; None if it does not hold it."""
    if shard is not None:
        _hold(shard)
    held = _held.get(key)
    return None if held is None else shard_sums(held, likelihood, beta)


def _hold(shard: Shard) -> None:
    _held[shard.key] = shard
    runs = list(dict.fromkeys(run for run, _ in list(_held)))
    for key in [key for key in list(_held) if key[0] in runs[:-RUNS_HELD]]:
        let_go(key)


def let_go(key: Key) -> None:
    """Forget a shard and its kept columns, in this process."""
    _held.pop(key, None)
    forget(key)
