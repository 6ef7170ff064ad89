"""The numbers behind a ledger that are not in the fit: placebo, held-out score, smallest detectable effect."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from lynchpin.evidence.held_out import HeldOut, held_out
from lynchpin.evidence.placebo import SHIFTS, Placebo, draw_lags, placebo
from lynchpin.evidence.power import Instrument, smallest_shown
from lynchpin.evidence.verdict import PLACEBO_LEVEL
from lynchpin.models import Fit
from lynchpin.models.fit import Z90


@dataclass(frozen=True, slots=True)
class Measured:
    """What the record says of one mechanism beyond its estimate. None where there is nothing to say."""

    placebo_p: float | None
    placebo_p_against: float | None
    heldout_gain: float | None
    detectable: float | None  # log rate ratio on the expected side
    placebo_shifts: int
    heldout_steps: int


def measure(
    fit: Fit,
    *,
    shifts: int = SHIFTS,
    seed: int | None = None,
    workers: int = 1,
    tell: Callable[[str], None] | None = None,
) -> dict[str, Measured]:
    """Placebo, held-out score and smallest detectable effect of every mechanism of a fit.

    Parameters
    ----------
    fit : Fit
    shifts : int, random shifts of each cause
    seed : int or None, of the shifts; None for the case's own
    workers : int, threads; the numbers are the same with any
    tell : function or None, called with the name of what is done

    Returns
    -------
    dict, by mechanism
    """
    names = [m.name for m in fit.case.mechanisms]
    say = tell or (lambda done: None)

    def shifted(name: str) -> Placebo | None:
        found = placebo(fit, name, draw_lags(fit, name, shifts, fit.case.seed if seed is None else seed))
        say(name)
        return found

    def rolled() -> HeldOut:
        found = held_out(fit)
        say("held out")
        return found

    with ThreadPoolExecutor(max(workers, 1)) as pool:
        scores = pool.submit(rolled)
        placebos = dict(zip(names, pool.map(shifted, names), strict=True))
        held = scores.result()
    return {name: _measured(fit, name, placebos[name], held) for name in names}


def _measured(fit: Fit, name: str, moved: Placebo | None, held: HeldOut) -> Measured:
    expect = next(m.expect for m in fit.case.mechanisms if m.name == name)
    if moved is None:
        return Measured(None, None, held.gain[name], None, 0, held.steps)
    k = fit.design.position(name)
    side = {"+": 1.0, "-": -1.0, "?": 0.0}[expect]
    prior = fit.case.prior_sd**-2
    clock = np.maximum(held.information[name], 1e-9)
    score_variance = float(fit.clustered[k, k]) * (clock[-1] + prior) ** 2
    instrument = Instrument(
        information=clock,
        prior_precision=prior,
        reach=Z90 * float(fit.standard_error[k]),
        inflation=max(1.0, score_variance / clock[-1], moved.noise),
        drift=moved.drift,
        placebo_share=min(1.0, moved.information / clock[-1]),
        placebo_bar=moved.bar(
            side or float(np.sign(fit.estimate[k])) or 1.0, PLACEBO_LEVEL * (0.5 if side == 0.0 else 1.0)
        ),
    )
    effect = smallest_shown(instrument)
    return Measured(
        placebo_p=moved.p_value(side),
        placebo_p_against=moved.p_value(-side),
        heldout_gain=held.gain[name],
        detectable=None if effect is None else (-effect if side < 0.0 else effect),
        placebo_shifts=moved.studentised.size - 1,
        heldout_steps=held.steps,
    )
