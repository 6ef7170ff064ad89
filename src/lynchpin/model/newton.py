"""Penalised maximum likelihood over a design: the sums over units, the Newton steps, the sandwich."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from lynchpin.engine.likelihoods import counts
from lynchpin.engine.likelihoods.newton import Penalised, ascend
from lynchpin.engine.likelihoods.rows import Sums
from lynchpin.engine.statistics.base import Floats
from lynchpin.model.design import Design
from lynchpin.model.design.build import Unit

#: Rows of one unordered pair within this many days are one piece of evidence: a mutual act stands in both directions,
#: and a crisis is one crisis.
CLUSTER_DAYS = 91

#: A climb that finds no higher place is at the top all the same where a step could gain no more than half of this.
_STALLED = 1e-4


def sums(design: Design, beta: Floats, theta: Mapping[str, float]) -> Sums:
    """Log-likelihood, gradient and observed information, added up unit by unit.

    Parameters
    ----------
    design : Design
    beta : ndarray, shape (p,)
    theta : mapping, class -> negative binomial size
    """
    p = len(design.columns)
    value, gradient, information = 0.0, np.zeros(p), np.zeros((p, p))
    for unit in design.units:
        offset, size = design.offset[unit.event_class], theta[unit.event_class]
        value += counts.add_row_sums(unit.y, unit.X, offset, beta, size, unit.columns, gradient, information)
    return Sums(value, gradient, information)


def point(design: Design, beta: Floats, theta: Mapping[str, float], precision: Floats) -> Penalised:
    """The sums with the Gaussian prior; parameters as for `maximise`."""
    return Penalised(sums(design, beta, theta), beta, precision, [column.name for column in design.columns])


def maximise(
    design: Design,
    beta: Floats,
    theta: Mapping[str, float],
    precision: Floats,
    *,
    steps: int = 50,
    tolerance: float = 1e-12,
) -> tuple[Floats, Penalised, bool]:
    """The top of the penalised log-likelihood.

    Parameters
    ----------
    beta : ndarray, shape (p,), where to start
    precision : ndarray, shape (p,), of the Gaussian prior around zero
    steps : int, at most
    tolerance : float, on the Newton decrement (twice what a further step could gain)

    Returns
    -------
    beta, the point there, whether the tolerance was met

    Raises
    ------
    DidNotConverge : the information is not positive
    """

    def look(beta: Floats) -> Penalised:
        return point(design, beta, theta, precision)

    ascent = ascend(look, beta, is_near=lambda step, rise: rise < tolerance, steps=steps, slack=0.0)
    return ascent.at, ascent.here, ascent.arrived or (ascent.stalled and ascent.rise < _STALLED)


def clustered_meat(design: Design, beta: Floats, theta: Mapping[str, float]) -> Floats:
    """Sum over clusters of the outer product of their scores: the middle of the sandwich, shape (p, p).

    Clusters are the unordered pair within blocks of CLUSTER_DAYS, all classes together.
    """
    p = len(design.columns)
    by_pair: dict[frozenset[str], Floats] = {}
    for unit, scores in _scores(design, beta, theta):
        pair = frozenset((unit.source, unit.target))
        by_pair.setdefault(pair, np.zeros((len(scores), p)))[:, unit.columns] += scores
    meat = np.zeros((p, p))
    for scores in by_pair.values():
        meat += scores.T @ scores
    return meat


def clustered_covariance(design: Design, beta: Floats, theta: Mapping[str, float], directions: Floats) -> Floats:
    """The sandwich of a few combinations of coefficients, without the matrix of all of them.

    Parameters
    ----------
    directions : ndarray, shape (k, p): the rows of the covariance that belong to k coefficients, or any sums of them

    Returns
    -------
    ndarray, shape (k, k): `directions @ clustered_meat @ directions.T`
    """
    by_pair: dict[frozenset[str], Floats] = {}
    for unit, scores in _scores(design, beta, theta):
        pair = frozenset((unit.source, unit.target))
        by_pair[pair] = by_pair.get(pair, 0.0) + scores @ directions[:, unit.columns].T
    return np.asarray(sum(total.T @ total for total in by_pair.values()))


def _scores(design: Design, beta: Floats, theta: Mapping[str, float]) -> Iterator[tuple[Unit, Floats]]:
    """The scores of every unit's columns, added up within blocks of CLUSTER_DAYS: (blocks, columns)."""
    block = np.arange(design.rows) * design.steps.step_days // CLUSTER_DAYS
    edges = np.flatnonzero(np.diff(block, prepend=-1))
    for unit in design.units:
        eta = design.offset[unit.event_class] + unit.X @ beta[unit.columns]
        rows = unit.X * counts.score(unit.y, eta, theta[unit.event_class])[:, None]
        yield unit, np.add.reduceat(rows, edges, axis=0)
