"""The contract of a statistic."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Statistic:
    """What a dyad had in mind, as a function of the decayed counts of past events.

    Parameters
    ----------
    name : str, the field's own name
    summary : str, one line
    source : str, where the definition comes from
    of_traces : array (..., n, n) -> array (..., n, n). Entry [i, j] of the argument is the trace of past events from
        i to j, in events, >= 0, with a zero diagonal; entry [i, j] of the answer is the statistic of dyad (i, j).
        The diagonal of the answer means nothing. Leading axes are steps of history or draws of a simulation.
    reference : the same by plain loops over events, slow and close to the formula: `(t, src, dst, at, n,
        half_life_days)` -> array (n, n) at time `at`, in days. Tests hold the two together.
    defaults : dict, at least half_life_days
    """

    name: str
    summary: str
    source: str
    of_traces: Callable[[Floats], Floats]
    reference: Callable[[Floats, Ints, Ints, float, int, float], Floats]
    defaults: dict[str, Any]


def weight(age_days: float, half_life_days: float) -> float:
    """What a past event still counts: one half after one half-life; nothing for the present and the future.

    References
    ----------
    Lerner and Lomi (2020), Reliability of relational event model estimates under sampling, Network Science 8(1):
    weight 2 ** (-age / half_life), without the factor ln2 / half_life of earlier papers.
    """
    return float(2.0 ** (-age_days / half_life_days)) if age_days > 0 else 0.0
