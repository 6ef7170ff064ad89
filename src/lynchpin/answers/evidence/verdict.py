"""The verdict on a claim: the rule stands here and nowhere else, and is printed beside every ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lynchpin.engine.statistics.base import Floats
from lynchpin.results import Expect, Verdict

#: Share of shifted records that may lie as far on a side as the true one.
PLACEBO_LEVEL = 0.05

RULE = (
    "supported: the whole 90 % interval lies on the expected side of no effect, at most 5 % of the records whose cause "
    "was moved in time lie as far on that side, and the next periods are foretold no worse with the mechanism than "
    "without it; contradicted: all three on the other side; not detectable: anything else, with the smallest effect "
    "that this rule would have found in 80 of 100 such records; untestable: no event can bear on it, with the reason. "
    "Association in time is not called cause."
)


def shown(margin: Floats | float, placebo_p: Floats | float, heldout_gain: Floats | float) -> NDArray[np.bool_]:
    """Whether a record shows an effect on a side: the three conditions of the rule. Not a number meets none.

    Parameters
    ----------
    margin : how far the nearer end of the interval lies beyond no effect, on the side asked about
    placebo_p : share of moved records as far on that side
    heldout_gain : log score of held-out acts with the mechanism less without it

    Examples
    --------
    >>> shown(np.array([0.1, -0.1, 0.1, 0.1]), np.array([0.02, 0.02, 0.2, 0.02]), np.array([0.5, 0.5, 0.5, -0.5]))
    array([ True, False, False, False])
    """
    return np.asarray((margin > 0.0) & (placebo_p <= PLACEBO_LEVEL) & (heldout_gain >= 0.0))


def verdict(
    expect: Expect,
    lower: float,
    upper: float,
    placebo_p: float | None,
    placebo_p_against: float | None,
    heldout_gain: float | None,
) -> Verdict:
    """Apply the rule.

    Parameters
    ----------
    expect : "+", "-", or "?" where the account does not say; then either side supports
    lower, upper : float, the 90 % interval of the log rate ratio
    placebo_p, placebo_p_against : float or None, on the expected side and on the other; one and the same for "?"
    heldout_gain : float or None

    Examples
    --------
    >>> verdict("+", 0.1, 0.9, 0.01, 0.99, 1.2), verdict("-", 0.1, 0.9, 0.99, 0.01, 1.2)
    ('supported', 'contradicted')
    >>> verdict("+", 0.1, 0.9, 0.30, 0.70, 1.2), verdict("+", 0.1, 0.9, 0.01, 0.99, -1.2)
    ('not detectable', 'not detectable')
    """
    above, below = lower, -upper  # how far the interval lies beyond no effect, on either side
    for_it, against = {"+": (above, below), "-": (below, above), "?": (max(above, below), -1.0)}[expect]
    p, p_against, gain = (np.nan if x is None else x for x in (placebo_p, placebo_p_against, heldout_gain))
    if shown(for_it, p, gain):
        return "supported"
    return "contradicted" if shown(against, p_against, gain) else "not detectable"


# -- The smallest effect that a record would have shown: the true effect that the rule finds in 80 of 100 records.

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


# -- Many claims at once: what a p-value is worth when a dozen are read together.


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjusted p-values: with all of them at most 0.05, the chance of even one false alarm is at most 5 %.

    References
    ----------
    Holm (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6(2).

    Examples
    --------
    >>> [round(p, 4) for p in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    p = np.asarray(p_values, dtype=float)
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(p.size, 0, -1))
    out = np.empty(p.size)
    out[order] = np.minimum(stepped, 1.0)
    return out.tolist()


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Adjusted p-values: of all claims at most 0.05, one in twenty is expected to be a false alarm.

    References
    ----------
    Benjamini and Hochberg (1995), Controlling the false discovery rate, Journal of the Royal Statistical Society B 57.

    Examples
    --------
    >>> [round(p, 4) for p in benjamini_hochberg([0.01, 0.04, 0.03])]
    [0.03, 0.04, 0.04]
    """
    p = np.asarray(p_values, dtype=float)
    order = np.argsort(p, kind="stable")[::-1]
    stepped = np.minimum.accumulate(p[order] * p.size / np.arange(p.size, 0, -1))
    out = np.empty(p.size)
    out[order] = np.minimum(stepped, 1.0)
    return out.tolist()
