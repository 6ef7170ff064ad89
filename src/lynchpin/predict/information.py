"""Curvature of the likelihood in W, and the Newton steps that end a fit at its maximum there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lynchpin.predict._choice_kernel import STEP, loss_and_gradient

if TYPE_CHECKING:
    from lynchpin.predict.choice import Choice, Sample

Floats = NDArray[np.float64]

#: Questions that the curvature rests on, evenly through time; it is scaled up to all.
AT_MOST = 5000
NEWTON_STEPS = 3


def looked_at(sample: Sample) -> list[int]:
    """Questions with an answer, evenly through time."""
    every = max(1, -(-sample.size.size // AT_MOST))
    return [q for q in range(0, sample.size.size, every) if sample.start[q] < sample.start[q + 1]]


def expanded(choice: Choice, sample: Sample, q: int) -> tuple[Floats, Floats]:
    """Statistics of one question less their mean under the model, shape (size, columns), and the chances (size,)."""
    x = sample.X[q, : sample.size[q]].astype(np.float32) * (choice.scale * np.float32(STEP))
    shift = choice.standard(sample.z[q]) @ choice.by_descriptor
    u = x @ (choice.weight + choice.by_relation[sample.relation[q]] + shift)
    p = np.exp(u - u.max())
    p /= p.sum()
    return x - p @ x, p


def information(choice: Choice, sample: Sample) -> Floats:
    """Observed information of W with the deviations held, ridge included, shape (columns, columns)."""
    k = sample.X.shape[2]
    H, held = np.zeros((k, k)), 0
    for q in looked_at(sample):
        off, p = expanded(choice, sample, q)
        answers = int(sample.start[q + 1] - sample.start[q])
        rooted = off * np.sqrt(p)[:, None]
        H += answers * (rooted.T @ rooted)
        held += answers
    return sample.places.size / max(1, held) * H + max(choice.options.ridge, 1e-3) * np.eye(k)


def loss_and_gradients(choice: Choice, sample: Sample, group: NDArray[np.int64]) -> tuple[float, Floats]:
    """Negative log likelihood of a sample, and its gradient in W summed within groups, shape (groups, columns).

    Parameters
    ----------
    choice : Choice
    sample : Sample
    group : ndarray of int, shape (questions,), 0 .. groups - 1
    """
    loss, gradient = loss_and_gradient(
        sample.X, sample.size, sample.relation, choice.standard(sample.z), sample.start, sample.places, choice.weight,
        choice.by_relation, choice.by_descriptor, choice.scale, group, int(group.max(initial=0)) + 1,
    )  # fmt: skip
    return float(loss), gradient


def polished(choice: Choice, sample: Sample) -> Choice:
    """The same fit with W at its maximum, the deviations held: some Newton steps, each halved while it makes worse."""
    H, ridge, one = information(choice, sample), choice.options.ridge, np.zeros(sample.size.size, np.int64)

    def at(W: Floats) -> tuple[float, Floats]:
        loss, gradient = loss_and_gradients(replace(choice, weight=W.astype(np.float32)), sample, one)
        return loss + 0.5 * ridge * float(W @ W), gradient[0] + ridge * W

    W = choice.weight.astype(np.float64)
    loss, gradient = at(W)
    for _ in range(NEWTON_STEPS):
        step = np.linalg.solve(H, gradient)
        for _ in range(6):
            tried, slope = at(W - step)
            if tried < loss:
                W, loss, gradient = W - step, tried, slope
                break
            step *= 0.5
        else:
            break
    return replace(choice, weight=W.astype(np.float32))
