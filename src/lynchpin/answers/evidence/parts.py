"""The timing effect of a mechanism taken apart: one for each part of its rows, and of two mechanisms together.

The parts share no row, and together they are the mechanism's column. Their effects are one step of the same score
test as the ledger's: with s the scores of the parts and I their information once drift and the other columns are out,
the effects are I^-1 s. The ledger's effect is sum(s) / sum(I): the mean of the parts, each weighted by its row sum
of I.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from lynchpin.answers.evidence.placebo import BLOCK, Null, Placebo, column_of
from lynchpin.answers.evidence.shifts import ByDay, moved_columns
from lynchpin.engine.statistics.base import Floats, Ints
from lynchpin.model import Fit
from lynchpin.model.design import Unit
from lynchpin.results import Effect

#: What of a unit's rows belongs to a part: shape (rows,), ones and zeros; None for none of them.
Part = Callable[[Unit], Floats | None]

#: Information below which a part is as good as empty: it is left out of the step.
_NOTHING = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """The parts of a mechanism under shifts of its cause; the first of them is none.

    score : (shifts + 1, k); information, clustered : (shifts + 1, k, k), the latter the sum over pairs and quarters of
    the outer products of their scores
    """

    score: Floats
    information: Floats
    clustered: Floats

    @property
    def own_information(self) -> Floats:
        """What the record as it was holds on each part, the others unknown: shape (k,); 0 where it is empty."""
        found, kept = np.zeros(self.score.shape[1]), self._full()
        if kept.size:
            found[kept] = 1.0 / np.diag(np.linalg.inv(self.information[0][np.ix_(kept, kept)]))
        return found

    def _full(self) -> Ints:
        return np.flatnonzero(np.diagonal(self.information[0]) > _NOTHING)

    def of(self, kept: Sequence[int]) -> Parts:
        """Some of the parts alone; what the others do is left at nothing."""
        at = np.array(kept, dtype=int)
        return Parts(self.score[:, at], self.information[:, at[:, None], at], self.clustered[:, at[:, None], at])

    def estimate(self) -> Floats:
        """The timing effect of each part: shape (k,), log rate ratios per unit."""
        return np.asarray(np.linalg.solve(self.information[0], self.score[0]))

    def effect(self, weights: Floats, most: float = np.inf) -> Effect:
        """A weighted sum of the parts' effects, whose error carries clustering and its own spread over the shifts."""
        estimate, error = self._under(weights)
        return Effect.of(float(estimate[0]), float(error[0]) * _spread(estimate / error), most)

    def covariance(self) -> Floats:
        """Of the effects' errors, (k, k): each as `effect` has it, what two share by the clustered correlation.

        What two parts share is no more than the whole error of the surer one: else their mean could lie beyond both.

        References
        ----------
        Winkler and Clemen (1992), Sensitivity of weights in combining forecasts, Operations Research 40(3) (what large
        correlations do to weights).
        """
        k = self.score.shape[1]
        inverse = np.linalg.inv(self.information[0])
        clustered = inverse @ self.clustered[0] @ inverse
        variance = np.array([self.effect(row).standard_error for row in np.eye(k)], dtype=float) ** 2
        scale = np.sqrt(variance / np.diag(clustered))
        shared = np.minimum(clustered * np.outer(scale, scale), np.minimum.outer(variance, variance))
        return _positive(shared)

    def _under(self, weights: Floats) -> tuple[Floats, Floats]:
        """A weighted sum and its error, the larger of the model's and the clustered one, under each shift.

        A shift may leave a part without a cause: what cannot be told is then left at nothing.
        """
        inverse = np.linalg.pinv(self.information, rcond=1e-9, hermitian=True)
        turned = inverse @ weights  # (shifts + 1, k)
        estimate = np.einsum("sk,sk->s", turned, self.score)
        model = np.einsum("k,sk->s", weights, turned)
        clustered = np.einsum("sk,skl,sl->s", turned, self.clustered, turned)
        return estimate, np.sqrt(np.maximum(np.maximum(model, clustered), 1e-12))


def _positive(matrix: Floats) -> Floats:
    """The same covariance, or where bounding it left a direction without any, one with a little."""
    size, turn = np.linalg.eigh(matrix)
    least = 1e-6 * float(size.max())
    return matrix if size.min() >= least else np.asarray((turn * np.maximum(size, least)) @ turn.T)


def _spread(studentised: Floats) -> float:
    """Standard deviation over the shifts, at least 1: as `Placebo.spread`."""
    return max(1.0, float(np.std(studentised[1:]))) if studentised.size > 1 else 1.0


def parts_under(fit: Fit, name: str, null: Null, lags: Ints, parts: Sequence[Part]) -> Parts:
    """The parts of a mechanism under each lag.

    Parameters
    ----------
    fit : Fit
    name : str, the mechanism
    null : the fit without it
    lags : (shifts + 1,), days; the first is 0
    parts : no two of them share a row

    Returns
    -------
    Parts
    """
    by_day: ByDay = {}
    found = [_moved(fit, name, null, lags[at : at + BLOCK], parts, by_day) for at in range(0, lags.size, BLOCK)]
    score, information, clustered = (np.concatenate(part) for part in zip(*found, strict=True))
    return Parts(score, information, clustered)


def _moved(
    fit: Fit, name: str, null: Null, lags: Ints, parts: Sequence[Part], by_day: ByDay
) -> tuple[Floats, Floats, Floats]:
    """Scores, information and clustered variance of the parts under each lag."""
    columns = moved_columns(fit.design, name, lags, by_day)
    n, k = lags.size, len(parts)
    score, square = np.zeros((n, k)), np.zeros((n, k))
    against = np.zeros((len(null.solved), k, n))
    masks = [[part(row.unit) for part in parts] for row in null.rows]
    for row, own in zip(null.rows, masks, strict=True):
        x = columns[row.unit.source, row.unit.target]
        for at, mask in enumerate(own):
            if mask is not None:
                here = x * mask
                weighted = here * row.weight
                score[:, at] += here @ row.residual
                square[:, at] += np.einsum("sr,sr->s", weighted, here)
                against[row.at, at] += (weighted @ row.others).T
    taken_out = (null.solved @ against.reshape(len(null.solved), k * n)).reshape(against.shape)
    information = -np.einsum("mks,mls->skl", against, taken_out)
    information[:, np.arange(k), np.arange(k)] += square
    by_pair: dict[frozenset[str], Floats] = {}
    for row, own in zip(null.rows, masks, strict=True):
        x = columns[row.unit.source, row.unit.target] * row.residual
        pair = frozenset((row.unit.source, row.unit.target))
        blocks = -np.einsum("bm,mks->ksb", row.others_residual, taken_out[row.at], optimize=True)
        for at, mask in enumerate(own):
            if mask is not None:
                blocks[at] += np.add.reduceat(x * mask, null.edges, axis=1)
        by_pair[pair] = by_pair.get(pair, 0.0) + blocks
    clustered = sum(np.einsum("ksb,lsb->skl", blocks, blocks) for blocks in by_pair.values())
    return score, information, np.asarray(clustered)


def correlation(fit: Fit, first: tuple[str, Null], second: tuple[str, Null]) -> float:
    """How far the errors of two mechanisms' timing effects hang together, by pair and quarter, in [-1, 1].

    Parameters
    ----------
    first, second : the name of each mechanism and the fit without it
    """
    one, other = (_blocks(fit, *each) for each in (first, second))
    shared = [(one[pair], other[pair]) for pair in one if pair in other]
    both = sum(float(a @ b) for a, b in shared)
    size = np.sqrt(sum(float(a @ a) for a in one.values()) * sum(float(b @ b) for b in other.values()))
    return both / float(size) if size > 0.0 else 0.0


def _blocks(fit: Fit, name: str, null: Null) -> dict[frozenset[str], Floats]:
    """The score of a mechanism's own column once drift and the other columns are out, by pair: (blocks,) each."""
    k = fit.design.position(name)
    against = np.zeros(len(null.solved))
    for row in null.rows:
        against[row.at] += row.others.T @ (row.weight * column_of(row.unit, k))
    taken_out = null.solved @ against
    by_pair: dict[frozenset[str], Floats] = {}
    for row in null.rows:
        own = np.add.reduceat(column_of(row.unit, k) * row.residual, null.edges)
        pair = frozenset((row.unit.source, row.unit.target))
        by_pair[pair] = by_pair.get(pair, 0.0) + own - row.others_residual @ taken_out[row.at]
    return by_pair


def both(one: Placebo, other: Placebo, alike: float, weights: tuple[float, float]) -> Effect:
    """A weighted sum of two mechanisms' timing effects, each with the error that the ledger gives it."""
    errors = [found.clustered_error * found.spread for found in (one, other)]
    a, b = weights[0] * errors[0], weights[1] * errors[1]
    estimate = weights[0] * one.estimate + weights[1] * other.estimate
    return Effect.of(estimate, float(np.sqrt(max(a**2 + b**2 + 2.0 * alike * a * b, 0.0))))
