"""The placebo of a whole specification curve: its cause moved in time, by one lag for all specifications at once."""

from __future__ import annotations

import numpy as np

from lynchpin.models.fit import Z90
from lynchpin.results import CurvePlacebo
from lynchpin.statistics._base import Floats


def curve_placebo(studentised: Floats, side: int) -> CurvePlacebo:
    """Where the true record stands among those whose cause was moved, by the curve as a whole.

    Parameters
    ----------
    studentised : (specifications, shifts + 1), the first of a row without a shift; a shift is the same for all rows
    side : int, the expected sign

    References
    ----------
    Simonsohn, Simmons and Nelson (2020), Specification curve analysis, Nature Human Behaviour 4(11): the median and the
    share as statistics of the whole curve, under shuffled causes. Here causes are moved in time, so that they keep
    their own rhythm.
    """
    toward = side * studentised
    medians, shares = np.median(toward, axis=0), np.mean(toward > Z90, axis=0)
    return CurvePlacebo(
        shifts=studentised.shape[1] - 1,
        n=len(studentised),
        statistic=float(medians[0]),
        p=float(np.mean(medians >= medians[0] - 1e-12)),
        share=float(shares[0]),
        p_share=float(np.mean(shares >= shares[0] - 1e-12)),
    )
