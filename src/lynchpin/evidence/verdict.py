"""The verdict on a claim: the rule stands here and nowhere else, and is printed beside every ledger."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lynchpin.results import Expect, Verdict
from lynchpin.statistics._base import Floats

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
