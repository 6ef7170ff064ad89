"""How far chance comes on the very record: its counts drawn anew from its own model without any mechanism.

History is kept as it was: what the statistics remember, the controls and the exposure stay, and only the counts of each
step are drawn. So each mechanism keeps its column, and both tests of its grade are sums over drawn counts. A fitted
model's own worlds wander less than real ones, so that mostly the levels of the planted worlds bind; on a sparse record
a few acts may come farther by chance, and then its own levels do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit

from lynchpin.answers.evidence.placebo import Null, column_of, lay_null, without
from lynchpin.answers.evidence.verdict import weaker
from lynchpin.engine.statistics.base import Floats, Ints
from lynchpin.model import Fit
from lynchpin.model.newton import sums

#: Records drawn; either side of each counts toward a level.
RECORDS = 1000


@dataclass(frozen=True, slots=True, eq=False)
class _Weighed:
    """Two sums over counts of one unit, and what they vary by: the drift-free score, and the joint estimate."""

    weights: Floats  # (rows, 2)
    mean: Floats  # (rows,)
    size: float
    pair: frozenset[str]


def drawn_tests(fit: Fit, names: Sequence[str], seed: int, records: int = RECORDS) -> dict[str, Floats]:
    """The weaker of fit and timing of each mechanism in records without an effect.

    Parameters
    ----------
    fit : Fit
    names : mechanisms
    seed : int, of the counts
    records : int

    Returns
    -------
    dict, mechanism -> (records,); empty where nothing is left of its cause once drift is out
    """
    beta = without(fit, [fit.design.position(m.name) for m in fit.case.mechanisms])
    there = sums(fit.design, beta, fit.theta)
    laid = {name: lay_null(fit, name, beta=beta, at=there) for name in names}
    weighed = {name: _weighed(fit, name, null) for name, null in laid.items()}
    units: dict[tuple[str, str, str], list[tuple[str, _Weighed]]] = {}
    for name, rows in weighed.items():
        for key, one in rows.items():
            units.setdefault(key, []).append((name, one))
    block = next(iter(laid.values())).edges if laid else np.zeros(1, dtype=np.int64)
    blocks: dict[str, dict[frozenset[str], Floats]] = {name: {} for name in names}
    expected = {name: np.zeros(2) for name in names}
    for number, (_, held) in enumerate(sorted(units.items())):
        first = held[0][1]
        weights = np.hstack([one.weights for _, one in held])  # (rows, 2 * mechanisms)
        hazard = _none_at(first.mean, first.size)
        drawn = draw_kernel(np.cumsum(hazard), first.mean, first.size, weights, block, records, seed + number)
        drawn -= np.add.reduceat(weights * first.mean[:, None], block, axis=0)
        variance = weights.T**2 @ (first.mean * (1.0 + first.mean / first.size))
        for at, (name, one) in enumerate(held):
            here = slice(2 * at, 2 * at + 2)
            of_pair = blocks[name]
            of_pair[one.pair] = of_pair.get(one.pair, 0.0) + drawn[:, :, here]
            expected[name] += variance[here]
    return {name: _tests(list(blocks[name].values()), expected[name], records) for name in names}


def _tests(blocks: list[Floats], expected: Floats, records: int) -> Floats:
    if not blocks or expected[0] < 1e-9:
        return np.zeros(0)
    total = sum(pair.sum(axis=1) for pair in blocks)  # (records, 2)
    clustered = sum((pair**2).sum(axis=1) for pair in blocks)
    z = total / np.sqrt(np.maximum(clustered, expected))
    return weaker(z[:, 1], z[:, 0])


def _weighed(fit: Fit, name: str, null: Null) -> dict[tuple[str, str, str], _Weighed]:
    """By unit, what an act in each row adds to the score and to the estimate."""
    k = fit.design.position(name)
    against = np.zeros(len(null.solved))
    for row in null.rows:
        against[row.at] += row.others.T @ (row.weight * column_of(row.unit, k))
    taken_out = null.solved @ against
    found = {}
    for row in null.rows:
        size = fit.theta[row.unit.event_class]
        per_act = 1.0 / (1.0 + row.mean / size)
        score = (column_of(row.unit, k) - row.others @ taken_out[row.at]) * per_act
        estimate = (row.unit.X @ fit.covariance[k, row.unit.columns]) * per_act
        key = (row.unit.source, row.unit.target, row.unit.event_class)
        found[key] = _Weighed(np.column_stack([score, estimate]), row.mean, size, frozenset(key[:2]))
    return found


def _none_at(mean: Floats, size: float) -> Floats:
    """Minus the log chance of no act in each row."""
    return mean if np.isinf(size) else size * np.log1p(mean / size)


def draw_reference(mean: Floats, size: float, weights: Floats, edges: Ints, records: int, seed: int) -> Floats:
    """What the kernel draws, straight from the distribution: sums of weights times counts, (records, blocks, k)."""
    rng = np.random.default_rng(seed)
    rate = mean if np.isinf(size) else mean * rng.gamma(size, 1.0 / size, (records, mean.size))
    counts = rng.poisson(np.broadcast_to(rate, (records, mean.size)))
    return np.add.reduceat(counts[:, :, None] * weights, edges, axis=1)


@njit(cache=True, nogil=True)
def draw_kernel(cumulated, mean, size, weights, edges, records, seed):  # pragma: no cover - measured uncompiled
    """Sums over drawn counts of one unit, row by row where any is: most rows hold none, and are jumped over.

    cumulated: (rows,), minus the log chance of none up to and with each row; mean: (rows,); size: of NB2 counts, inf
    for Poisson; weights: (rows, k); edges: (blocks,), first row of each. -> (records, blocks, k)
    """
    np.random.seed(seed)
    out = np.zeros((records, edges.size, weights.shape[1]))
    rows = mean.size
    for s in range(records):
        at, row = 0.0, 0
        while True:
            at += np.random.exponential(1.0)
            row += int(np.searchsorted(cumulated[row:], at))
            if row >= rows:
                break
            share = 0.0 if np.isinf(size) else mean[row] / (mean[row] + size)
            none = np.exp(-(cumulated[row] - (cumulated[row - 1] if row > 0 else 0.0)))
            left = np.random.random() * (1.0 - none)
            count = 1
            chance = none * mean[row] if np.isinf(size) else none * size * share
            while left > chance and count < 1000:
                left -= chance
                chance *= mean[row] / (count + 1.0) if np.isinf(size) else share * (count + size) / (count + 1.0)
                count += 1
            block = np.searchsorted(edges, row, side="right") - 1
            for k in range(weights.shape[1]):
                out[s, block, k] += count * weights[row, k]
            at = cumulated[row]
            row += 1
    return out
