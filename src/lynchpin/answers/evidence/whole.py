"""The account as a whole: do its mechanisms together beat their own copies moved in time?

Each mechanism's cause is moved by the lag of the same draw, all of them in each shifted record, and their studentised
scores are added up, each on the side that the account expects. So whatever the mechanisms share, acts or outcomes, the
shifted sums share too.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from lynchpin.answers.evidence.held_out import HeldOut
from lynchpin.answers.evidence.placebo import Placebo
from lynchpin.answers.evidence.verdict import SIDES, grade
from lynchpin.model import Fit
from lynchpin.results import Whole


def whole(fit: Fit, timings: Mapping[str, Placebo | None], held: HeldOut, shifts: int) -> Whole | None:
    """Test all mechanisms of a fit at once.

    Parameters
    ----------
    fit : Fit
    timings : mechanism -> under at least so many shifts, the first of which are drawn alike for all
    held : HeldOut
    shifts : int

    Returns
    -------
    Whole, or None where no mechanism with an expected side could be tested
    """
    tested = [
        (m.name, SIDES[m.expect], found)
        for m in fit.case.mechanisms
        if SIDES[m.expect] and (found := timings[m.name]) is not None
    ]
    if not tested:
        return None
    sums = np.sum([side * found.studentised[: shifts + 1] for _, side, found in tested], axis=0)
    together = Placebo(sums / max(float(np.std(sums[1:])), 1e-9), 1.0, 1.0)
    at = [fit.design.position(name) for name, _, _ in tested]
    sides = np.array([side for _, side, _ in tested])
    z = fit.estimate[at] / fit.standard_error[at]
    error = np.sqrt(np.diag(fit.covariance)[at])
    alike = fit.covariance[np.ix_(at, at)] / np.outer(error, error)
    fit_z = float(sides @ z / np.sqrt(sides @ alike @ sides))
    statistic = together.z
    graded = grade("+", fit_z, statistic)
    return Whole(
        mechanisms=tuple(name for name, _, _ in tested),
        fit_z=fit_z,
        statistic=statistic,
        placebo_p=together.p_value(1.0),
        placebo_shifts=shifts,
        grade=graded.grade,
        side=graded.side,
        error_rate=graded.error_rate,
        heldout_gain=sum(window.gain for window in held.whole),
        heldout_steps=held.steps,
        heldout_windows=held.whole,
    )
