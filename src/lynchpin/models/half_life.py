"""Half-lives by profile likelihood: each asked value is fitted, the best is kept, and the interval is read off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from lynchpin.design import Design
from lynchpin.design.build import with_half_life
from lynchpin.models.newton import maximise
from lynchpin.statistics._base import Floats

#: Days that a fitted half-life is searched among.
GRID_DAYS = (7.0, 14.0, 30.0, 60.0, 90.0, 120.0, 180.0, 270.0, 365.0, 545.0, 730.0)

#: Half the 90 % quantile of chi-squared with one degree of freedom.
_DROP = 1.3527717


def fit_half_lives(
    design: Design, mechanisms: Sequence[str], beta: Floats, theta: Mapping[str, float], precision: Floats
) -> tuple[Design, dict[str, tuple[float, float]]]:
    """Give each named mechanism its best half-life, one after the other.

    Parameters
    ----------
    design : Design
    mechanisms : names
    beta, theta, precision : where the fit stands; sizes and pooling are held while half-lives are searched

    Returns
    -------
    design with the half-lives, and per mechanism the 90 % interval in days: where the profile has dropped by half the
    90 % quantile of chi-squared(1). An interval that reaches the first or the last of GRID_DAYS is open there.
    """
    intervals = {}
    for name in mechanisms:
        tried = [with_half_life(design, name, days) for days in GRID_DAYS]
        profile = np.empty(len(GRID_DAYS))
        for k, candidate in enumerate(tried):
            found, at, _ = maximise(candidate, beta, theta, precision, steps=6, tolerance=1e-3)
            profile[k] = at.log_likelihood - 0.5 * float(precision @ found**2)
        best = int(np.argmax(profile))
        design = tried[best]
        intervals[name] = _interval(profile, best)
    return design, intervals


def _interval(profile: Floats, best: int) -> tuple[float, float]:
    """Where the profile crosses its height less the drop, on a log scale between grid points."""
    log_days, height = np.log(np.array(GRID_DAYS)), profile[best] - _DROP
    lower, upper = GRID_DAYS[0], GRID_DAYS[-1]
    for k in range(best, 0, -1):
        if profile[k - 1] < height:
            share = (profile[k] - height) / (profile[k] - profile[k - 1])
            lower = float(np.exp(log_days[k] + share * (log_days[k - 1] - log_days[k])))
            break
    for k in range(best, len(GRID_DAYS) - 1):
        if profile[k + 1] < height:
            share = (profile[k] - height) / (profile[k] - profile[k + 1])
            upper = float(np.exp(log_days[k] + share * (log_days[k + 1] - log_days[k])))
            break
    return lower, upper
