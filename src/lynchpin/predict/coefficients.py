"""The weights as a table: in groups, with standard errors that allow for days.

The standard errors are those of W with the deviations held where they are: (H + ridge)^-1 G (H + ridge)^-1, H the
observed information and G the gradients summed within days (a sandwich clustered by day). Half-lives of one statistic
overlap, so single weights are read with care; the sum of a group is not torn that way.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from lynchpin.predict._choice_kernel import STEP
from lynchpin.predict.choice import Choice, Sample
from lynchpin.predict.columns import COLUMNS, GROUPS
from lynchpin.results import Weight

Floats = NDArray[np.float64]


def weight_table(choice: Choice, sample: Sample, *, at_most: int = 5000) -> tuple[Weight, ...]:
    """The weights of a fit with their standard errors: each group, then its columns.

    Parameters
    ----------
    choice : Choice
    sample : Sample, what it was fitted to
    at_most : int, questions that the errors rest on, evenly through time; they are scaled up to all
    """
    parts = _parts()
    every = max(1, -(-sample.size.size // at_most))
    chosen = [q for q in range(0, sample.size.size, every) if sample.start[q] < sample.start[q + 1]]
    H, G, spread = _sums(choice, sample, chosen, parts)
    scale_up = sample.places.size / max(1, sum(int(sample.start[q + 1] - sample.start[q]) for q in chosen))
    bread = np.linalg.inv(scale_up * H + max(choice.options.ridge, 1e-3) * np.eye(len(COLUMNS)))
    covariance = bread @ (scale_up * G) @ bread
    told = []
    for group, part, pull in zip(GROUPS, parts, spread, strict=True):
        total, se = float(choice.weight[part].sum()), float(np.sqrt(covariance[part, part].sum()))
        told.append(Weight(group.name, group.says, "", total, se, float(pull)))
        for column, at in zip(group.columns, range(part.start, part.stop), strict=True):
            weight = float(choice.weight[at])
            told.append(Weight(group.name, "", column, weight, float(np.sqrt(covariance[at, at])), abs(weight)))
    return tuple(told)


def _sums(choice: Choice, sample: Sample, chosen: list[int], parts: list[slice]) -> tuple[Floats, Floats, Floats]:
    """Information, gradients within days squared, and spread of each group's part of the utility."""
    k = len(COLUMNS)
    H, spread, by_day = np.zeros((k, k)), np.zeros(len(parts)), dict[int, Floats]()
    for q in chosen:
        places = sample.places[sample.start[q] : sample.start[q + 1]]
        x = sample.X[q, : sample.size[q]].astype(np.float32) * (choice.scale * np.float32(STEP))
        shift = choice.standard(sample.z[q]) @ choice.by_descriptor
        u = x @ (choice.weight + choice.by_relation[sample.relation[q]] + shift)
        p = np.exp(u - u.max())
        p /= p.sum()
        off = x - p @ x
        rooted = off * np.sqrt(p)[:, None]
        H += places.size * (rooted.T @ rooted)
        day = int(sample.day[q])
        by_day[day] = by_day.get(day, np.zeros(k)) + off[places].sum(axis=0)
        spread += [(x[:, part] @ choice.weight[part]).var() for part in parts]
    G = np.array(list(by_day.values())).reshape(-1, k)
    G = G - G.mean(axis=0)  # what early stopping and the ridge leave of the mean is no noise
    return H, G.T @ G, np.sqrt(spread / max(1, len(chosen)))


def _parts() -> list[slice]:
    ends = np.cumsum([0, *(len(group.columns) for group in GROUPS)]).tolist()
    return [slice(a, b) for a, b in pairwise(ends)]
