"""The weights as a table: in groups, with standard errors that allow for days.

The standard errors are those of W with the deviations held where they are: (H + ridge)^-1 G (H + ridge)^-1, H the
observed information and G the gradients summed within days (a sandwich clustered by day). Half-lives of one statistic
overlap, so single weights are read with care; the sum of a group is not torn that way.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from lynchpin.predict.choice import Choice, Sample
from lynchpin.predict.columns import GROUPS
from lynchpin.predict.information import expanded, information, looked_at, loss_and_gradients
from lynchpin.results import Weight

Floats = NDArray[np.float64]


def weight_table(choice: Choice, sample: Sample) -> tuple[Weight, ...]:
    """The weights of a fit with their standard errors: each group, then its columns.

    Parameters
    ----------
    choice : Choice
    sample : Sample, what it was fitted to
    """
    parts = _parts()
    _, day = np.unique(sample.day, return_inverse=True)
    _, gradients = loss_and_gradients(choice, sample, day)
    G, spread = gradients.T @ gradients, _spread(choice, sample, parts)
    bread = np.linalg.inv(information(choice, sample))
    covariance = bread @ G @ bread
    told = []
    for group, part, pull in zip(GROUPS, parts, spread, strict=True):
        total, se = float(choice.weight[part].sum()), float(np.sqrt(covariance[part, part].sum()))
        told.append(Weight(group.name, group.says, "", total, se, float(pull)))
        for column, at in zip(group.columns, range(part.start, part.stop), strict=True):
            weight = float(choice.weight[at])
            told.append(Weight(group.name, "", column, weight, float(np.sqrt(covariance[at, at])), abs(weight)))
    return tuple(told)


def _spread(choice: Choice, sample: Sample, parts: list[slice]) -> Floats:
    """Spread of each group's part of the utility among the candidates of a question."""
    spread, chosen = np.zeros(len(parts)), looked_at(sample)
    for q in chosen:
        off, _ = expanded(choice, sample, q)
        spread += [(off[:, part] @ choice.weight[part]).var() for part in parts]
    return np.sqrt(spread / max(1, len(chosen)))


def _parts() -> list[slice]:
    ends = np.cumsum([0, *(len(group.columns) for group in GROUPS)]).tolist()
    return [slice(a, b) for a, b in pairwise(ends)]
