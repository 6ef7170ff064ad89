"""Penalised maximum likelihood over a design: the sums over units, the Newton steps, the sandwich."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve

from lynchpin.engine.likelihoods import counts
from lynchpin.engine.likelihoods.counts import unit_sums
from lynchpin.engine.statistics.base import Floats
from lynchpin.model.design import Design

#: Rows of one unordered pair within this many days are one piece of evidence: a mutual act stands in both directions,
#: and a crisis is one crisis.
CLUSTER_DAYS = 91


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """What the units add up to at one value of the coefficients: penalties are not in it."""

    log_likelihood: float
    gradient: Floats  # (p,)
    information: Floats  # (p, p)


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
        part, slope, curvature = unit_sums(unit.y, unit.X, offset, beta[unit.columns], size)
        value += part
        gradient[unit.columns] += slope
        information[unit.columns[:, None], unit.columns] += curvature
    return Sums(value, gradient, information)


def maximise(
    design: Design,
    beta: Floats,
    theta: Mapping[str, float],
    precision: Floats,
    *,
    steps: int = 50,
    tolerance: float = 1e-12,
) -> tuple[Floats, Sums, bool]:
    """Newton's method with step halving on the penalised log-likelihood.

    Parameters
    ----------
    beta : ndarray, shape (p,), where to start
    precision : ndarray, shape (p,), of the Gaussian prior around zero
    steps : int, at most
    tolerance : float, on the Newton decrement (twice what a further step could gain)

    Returns
    -------
    beta, the sums there, whether the tolerance was met
    """
    here = sums(design, beta, theta)
    value = here.log_likelihood - 0.5 * float(precision @ beta**2)
    for _ in range(steps):
        gradient = here.gradient - precision * beta
        step = cho_solve(cho_factor(here.information + np.diag(precision)), gradient)
        if float(gradient @ step) < tolerance:
            return beta, here, True
        scale = 1.0
        while scale > 1e-6:
            trial = beta + scale * step
            there = sums(design, trial, theta)
            reached = there.log_likelihood - 0.5 * float(precision @ trial**2)
            if reached > value:  # NaN and overflow fail this, and halve the step
                break
            scale /= 2.0
        else:
            return beta, here, float(gradient @ step) < 1e-4
        beta, here, value = trial, there, reached
    return beta, here, False


def clustered_meat(design: Design, beta: Floats, theta: Mapping[str, float]) -> Floats:
    """Sum over clusters of the outer product of their scores: the middle of the sandwich, shape (p, p).

    Clusters are the unordered pair within blocks of CLUSTER_DAYS, all classes together.
    """
    p = len(design.columns)
    block = _blocks(design)
    blocks = int(block[-1]) + 1 if design.rows else 0
    by_pair: dict[frozenset[str], Floats] = {}
    for unit in design.units:
        eta = design.offset[unit.event_class] + unit.X @ beta[unit.columns]
        rows = unit.X * counts.score(unit.y, eta, theta[unit.event_class])[:, None]
        total = np.zeros((blocks, len(unit.columns)))
        np.add.at(total, block, rows)
        by_pair.setdefault(frozenset((unit.source, unit.target)), np.zeros((blocks, p)))[:, unit.columns] += total
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
    edges = np.flatnonzero(np.diff(_blocks(design), prepend=-1))
    by_pair: dict[frozenset[str], Floats] = {}
    for unit in design.units:
        eta = design.offset[unit.event_class] + unit.X @ beta[unit.columns]
        score = counts.score(unit.y, eta, theta[unit.event_class])
        moved = (unit.X @ directions[:, unit.columns].T) * score[:, None]
        pair = frozenset((unit.source, unit.target))
        by_pair[pair] = by_pair.get(pair, 0.0) + np.add.reduceat(moved, edges, axis=0)
    return np.asarray(sum(total.T @ total for total in by_pair.values()))


def _blocks(design: Design) -> NDArray[np.int64]:
    """The block of CLUSTER_DAYS that each row falls into: shape (rows,), not falling."""
    return np.arange(design.rows) * design.steps.step_days // CLUSTER_DAYS
