"""A multinomial logistic regression on sparse marks, with a ridge: which of a few names a sentence goes with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize

from lynchpin.engine.statistics.base import Floats

#: The length of a row of marks, and the ridge on every weight but the constants: chosen on the years before 2013 alone.
LENGTH, RIDGE, ROUNDS = 4.0, 0.3, 80
#: Weights that are closer to the best than this propose the same on the years left out, at half the work.
ENOUGH = 2e-4

Loss = Callable[[Floats], tuple[float, Floats]]


@dataclass(frozen=True, slots=True, eq=False)
class Softmax:
    """Weights of every mark for every name; the last row holds the constants."""

    names: tuple[str, ...]
    places: Mapping[str, int]  # mark -> its row
    rarity: Floats  # (marks,), how much each counts beside the others of a sentence
    weights: Floats  # (marks + 1, names)

    def chances(self, sentences: Sequence[Collection[str]]) -> Floats:
        """The chance of each name for each sentence: shape (sentences, names), rows sum to one."""
        return chances(np.asarray(rows_of(sentences, self.places, self.rarity) @ self.weights))


def chances(scores: Floats) -> Floats:
    """Scores as chances, row by row."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def rows_of(sentences: Sequence[Collection[str]], places: Mapping[str, int], rarity: Floats) -> sparse.csr_matrix:
    """Sentences as rows of one length, with a constant: shape (sentences, marks + 1)."""
    columns: list[int] = []
    values: list[Floats] = []
    ends = [0]
    for given in sentences:
        at = np.sort(np.array([places[mark] for mark in given if mark in places], dtype=np.int64))  # one order of sums
        weighs = rarity[at]
        values += [weighs * (LENGTH / max(sqrt(float(weighs @ weighs)), 1e-9)), np.ones(1)]
        columns += [*at, len(places)]
        ends.append(len(columns))
    return sparse.csr_matrix((np.concatenate(values), columns, ends), shape=(len(sentences), len(places) + 1))


def fit_softmax(
    sentences: Sequence[Collection[str]],
    answers: Sequence[Collection[str]],
    weights: Sequence[float] | None = None,
    *,
    ridge: float = RIDGE,
    rounds: int = ROUNDS,
    seen: int = 1,
    by_rarity: bool = True,
    enough: float = ENOUGH,
) -> Softmax:
    """Fit the weights by their penalised likelihood.

    Parameters
    ----------
    sentences : marks of each
    answers : the names that each goes with; several share its weight alike
    weights : of each sentence; None for one
    ridge : float, > 0, half of it times every squared weight is taken off
    rounds : int, of the descent at most; seen : int, in how many sentences a mark must stand to be weighed
    enough : float, the descent ends with a round that gains less than this share of the value
    by_rarity : bool, whether a mark counts by the root of the logarithm of how rare it is, or all alike

    Returns
    -------
    Softmax, the same for the same input
    """
    names = tuple(sorted({name for given in answers for name in given}))
    count = Counter(mark for given in sentences for mark in given)
    places = {mark: number for number, mark in enumerate(sorted(mark for mark, n in count.items() if n >= seen))}
    rare = [sqrt(log((1 + len(sentences)) / (1 + count[mark]))) if by_rarity else 1.0 for mark in places]
    rarity = np.asarray(rare, dtype=np.float64)
    X = rows_of(sentences, places, rarity)
    Y = np.zeros((len(sentences), len(names)))
    column = {name: number for number, name in enumerate(names)}
    for number, given in enumerate(answers):
        for name in given:
            Y[number, column[name]] = 1.0 / len(given)
    Y *= np.ones((len(sentences), 1)) if weights is None else np.asarray(weights, dtype=np.float64)[:, None]
    total = Y.sum(axis=1, keepdims=True)
    shape = (X.shape[1], len(names))
    XT = X.T.tocsr()

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        W = flat.reshape(shape)
        P = chances(np.asarray(X @ W))
        slope = np.asarray(XT @ (total * P - Y))
        slope[:-1] += ridge * W[:-1]
        value = -float((Y * np.log(np.maximum(P, 1e-300))).sum()) + 0.5 * ridge * float((W[:-1] ** 2).sum())
        return value, slope.ravel()

    stretch = np.sqrt(_steepness(X, total, ridge, len(names)))  # as steep in one weight as in another: fewer rounds
    found = minimize(
        lambda at: _stretched(loss, at, stretch),
        np.zeros(stretch.size),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": rounds, "ftol": enough},
    )
    return Softmax(names, places, rarity, (found.x / stretch).reshape(shape))


def _stretched(loss: Loss, at: Floats, stretch: Floats) -> tuple[float, Floats]:
    """The loss and its slope where each weight is told as many times as large."""
    value, slope = loss(at / stretch)
    return value, slope / stretch


def _steepness(X: sparse.csr_matrix, total: Floats, ridge: float, names: int) -> Floats:
    """A bound on how fast the slope of each weight changes, by which steps are scaled."""
    squares = np.asarray(X.multiply(X).T @ total)
    bent = np.repeat(squares * (1.0 / names) * (1.0 - 1.0 / names) + ridge, names, axis=1)
    return np.asarray(bent.ravel())
