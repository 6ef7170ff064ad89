"""A multinomial logistic regression on sparse marks, with a ridge: which of a few names a sentence goes with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize

from lynchpin.engine.statistics.base import Floats

#: The length of a row of marks, and the ridge on every weight but the constants: chosen on the years before 2010 alone.
LENGTH, RIDGE, ROUNDS = 4.0, 0.3, 80


@dataclass(frozen=True, slots=True, eq=False)
class Softmax:
    """Weights of every mark for every name; the last row holds the constants."""

    names: tuple[str, ...]
    places: Mapping[str, int]  # mark -> its row
    weights: Floats  # (marks + 1, names)

    def chances(self, sentences: Sequence[Collection[str]]) -> Floats:
        """The chance of each name for each sentence: shape (sentences, names), rows sum to one."""
        return chances(np.asarray(rows_of(sentences, self.places) @ self.weights))


def chances(scores: Floats) -> Floats:
    """Scores as chances, row by row."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def rows_of(sentences: Sequence[Collection[str]], places: Mapping[str, int]) -> sparse.csr_matrix:
    """Sentences as rows of one length, with a constant: shape (sentences, marks + 1)."""
    rows, columns, values = [], [], []
    for number, given in enumerate(sentences):
        at = sorted(places[mark] for mark in given if mark in places)
        rows += [number] * (len(at) + 1)
        columns += [*at, len(places)]
        values += [LENGTH / sqrt(len(at) or 1)] * len(at) + [1.0]
    return sparse.csr_matrix((values, (rows, columns)), shape=(len(sentences), len(places) + 1))


def fit_softmax(
    sentences: Sequence[Collection[str]],
    answers: Sequence[Collection[str]],
    weights: Sequence[float] | None = None,
    *,
    ridge: float = RIDGE,
    rounds: int = ROUNDS,
    seen: int = 1,
) -> Softmax:
    """Fit the weights by their penalised likelihood.

    Parameters
    ----------
    sentences : marks of each
    answers : the names that each goes with; several share its weight alike
    weights : of each sentence; None for one
    ridge : float, > 0, half of it times every squared weight is taken off
    rounds : int, of the climb at most; seen : int, in how many sentences a mark must stand to be weighed

    Returns
    -------
    Softmax, the same for the same input
    """
    names = tuple(sorted({name for given in answers for name in given}))
    count = Counter(mark for given in sentences for mark in given)
    places = {mark: number for number, mark in enumerate(sorted(mark for mark, n in count.items() if n >= seen))}
    X = rows_of(sentences, places)
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

    found = minimize(loss, np.zeros(shape).ravel(), jac=True, method="L-BFGS-B", options={"maxiter": rounds})
    return Softmax(names, places, found.x.reshape(shape))
