"""Standard errors that stand dependence: the sandwich, with scores added up within clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lynchpin.engine.likelihoods._kernels import scores_by_cluster
from lynchpin.engine.rem.shards import blocks_of, row_numbers
from lynchpin.engine.rem.work import Work
from lynchpin.engine.statistics.base import Floats

if TYPE_CHECKING:
    from lynchpin.engine.rem.problem import Problem


def sandwich(problem: Problem, work: Work, parameters: Floats, covariance: Floats) -> Floats:
    """covariance @ (sum over clusters of score score') @ covariance, times clusters / (clusters - 1).

    Clusters are dyads or time points. The size of negative binomial counts keeps its own variance.
    """
    n, k = problem.features.n, problem.features.columns
    by_dyad = problem.request.cluster == "dyad"
    instants = np.unique(problem.plan.at)
    scores = np.zeros((n * n if by_dyad else instants.size, k))
    for shard in work.shards:
        for part, block in zip(shard.parts, blocks_of(shard), strict=True):
            if by_dyad:
                rows = row_numbers(part)
                cluster = part.i[rows].astype(np.int64) * n + part.j[rows]
            else:
                cluster = np.repeat(np.searchsorted(instants, part.at), np.diff(block.ptr))
            scores_by_cluster(block.X, work.likelihood.residual(block, parameters), cluster, scores)
    used = int((scores != 0).any(axis=1).sum())
    meat = scores.T @ scores * used / max(used - 1, 1)
    out = covariance.copy()
    out[:k, :k] = covariance[:k, :k] @ meat @ covariance[:k, :k]
    return out
