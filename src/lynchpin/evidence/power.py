"""The smallest effect that a record would have shown: the true effect that the rule finds in 80 of 100 records.

The verdict asks three things at once (interval, placebo, held-out score), of an estimate that a prior pulls toward no
effect. So the effect is not read off one standard error: records are drawn. Near the truth the score of a coefficient,
as a record grows, is a Brownian motion whose clock is the information and whose drift is the effect; each drawn path
gives an estimate at every origin, a gain or loss in between, a final interval and a placebo statistic.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lynchpin.evidence.verdict import shown
from lynchpin.statistics._base import Floats

#: Share of drawn records in which the smallest detectable effect is found. Drawn records obey the model; true ones
#: wander in ways that it does not know. Aimed at 0.9, near 0.8 are found in records that do: a slow test measures it.
POWER = 0.9

_PATHS, _SEED = 2000, 20120709
_MOST = 10.0  # log rate ratio per unit of the statistic: doubling the cause multiplies the rate by a thousand


@dataclass(frozen=True, slots=True, eq=False)
class Instrument:
    """How a record measures one coefficient.

    information : (origins + 1,), on the coefficient, at each origin that rolled and at the end; not falling
    prior_precision : float, of the prior around no effect
    reach : float, half the interval: what the estimate must exceed
    inflation : float, clustered over model variance of the score, >= 1
    drift : float, the same for the part of the score that slow drift gets into, over `inflation`, >= 1
    placebo_share : float, in (0, 1]: the part of the information that is left when drift is out
    placebo_bar : float, what the studentised statistic must reach for a p-value at the level of the rule
    """

    information: Floats
    prior_precision: float
    reach: float
    inflation: float
    drift: float
    placebo_share: float
    placebo_bar: float


def power(instrument: Instrument, effect: float) -> float:
    """Share of records in which an effect (log rate ratio, on the side asked about) is shown.

    Examples
    --------
    >>> sharp = Instrument(np.array([200.0, 300.0, 400.0]), 4.0, 0.082, 1.0, 1.0, 0.9, 1.645)
    >>> power(sharp, 0.0) < 0.05 < 0.8 < power(sharp, 0.3)
    True
    """
    clock = instrument.information
    z = np.random.default_rng(_SEED).standard_normal((2, _PATHS, clock.size))
    passed = np.diff(clock, prepend=0.0)
    share = instrument.placebo_share
    seen, other = (
        effect * part * passed + np.sqrt(instrument.inflation * more * part * passed) * noise
        for part, more, noise in zip((share, 1.0 - share), (1.0, instrument.drift), z, strict=True)
    )
    score = np.cumsum(seen + other, axis=1)  # (paths, origins + 1)
    estimate = score / (clock + instrument.prior_precision)
    gain = (estimate[:, :-1] * np.diff(score, axis=1) - 0.5 * estimate[:, :-1] ** 2 * np.diff(clock)).sum(axis=1)
    spread = np.sqrt(max(instrument.inflation * share * clock[-1], 1e-12))
    above = seen.sum(axis=1) / spread >= instrument.placebo_bar
    found = shown(estimate[:, -1] - instrument.reach, np.where(above, 0.0, 1.0), gain)
    return float(np.mean(found))


def smallest_shown(instrument: Instrument) -> float | None:
    """The effect whose power is POWER, as a log rate ratio > 0; None where none below a thousandfold would be."""
    low, high = 0.0, _MOST
    if power(instrument, high) < POWER:
        return None
    while high - low > 1e-3 * high:
        middle = 0.5 * (low + high)
        low, high = (low, middle) if power(instrument, middle) >= POWER else (middle, high)
    return high
