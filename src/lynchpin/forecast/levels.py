"""The level model: each unit has a rate that is forgotten at a steady pace, one model for each memory.

With a gamma prior on the rate and a discount for every day that passes, what is known of the rate stays a gamma, and
the count to come is negative binomial: a discounted conjugate filter (West and Harrison 1997, Bayesian Forecasting and
Dynamic Models, sect. 10.8; Harvey and Fernandes 1989, Time series models for count or qualitative observations, J.
Business & Economic Statistics 7). Two things are learnt at the anchors, class by class, each from what was known by
then: how much a unit leans on its own longer memory, and how far counts spread beyond what the filter says. (A third,
a factor for a class that has lately come in above or below its forecasts, made scores worse on every record it was
tried on, and was dropped.)
"""

from __future__ import annotations

import numpy as np

from lynchpin.forecast.anchors import STRIDE_DAYS, Anchors
from lynchpin.forecast.memory import HALF_LIVES, Memory
from lynchpin.forecast.predictive import log_negative_binomial
from lynchpin.statistics._base import Floats

#: Events' worth of the longer memory, and sizes of the spread between spans: searched, with a mild preference.
LEANS = (0.25, 1.0, 4.0, 16.0)
SPREADS = (0.4, 1.0, 2.5, 6.0, 15.0, 1e6)
USUAL_LEAN, USUAL_SPREAD = 4.0, 6.0

#: How long an answer counts in choosing: half-life in days.
CHOICE_DAYS = 730.0


def levels(anchors: Anchors, memory: Memory, of: int, class_of: np.ndarray) -> tuple[Floats, Floats]:
    """Mean and size of the count ahead of every anchor, by one memory.

    Parameters
    ----------
    anchors : Anchors
    memory : Memory, at the days of the anchors
    of : int, which memory
    class_of : ndarray, shape (units,)

    Returns
    -------
    ndarrays, both (anchors + 1, units)
    """
    member = np.eye(int(class_of.max()) + 1)[class_of]  # (units, classes)
    choice = anchors.faded(CHOICE_DAYS)
    worth = min(1.0, STRIDE_DAYS / anchors.span.days)  # spans of neighbouring anchors overlap
    longer = memory.rate[of + 1] if of + 1 < len(HALF_LIVES) else memory.class_rate
    best = np.full((anchors.at.size, member.shape[1]), -np.inf)
    mean, size = np.zeros_like(longer), np.zeros_like(longer)
    for lean in LEANS:
        shape = memory.count[of] + lean
        mu = shape / (memory.days[of] + lean / longer) * anchors.span.days
        for spread in SPREADS:
            theta = 1.0 / (1.0 / shape + 1.0 / spread)
            found = choice @ (log_negative_binomial(anchors.y, mu[:-1], theta[:-1]) @ member) * worth
            found += _preference(lean, spread)
            better = (found > best + 1e-9)[:, class_of]
            best = np.maximum(best, found)
            mean, size = np.where(better, mu, mean), np.where(better, theta, size)
    return mean, size


def _preference(lean: float, spread: float) -> float:
    """The log prior of a choice: what is taken before there is anything to choose by."""
    return float(-0.2 * abs(np.log(lean / USUAL_LEAN)) - 0.3 * abs(np.log(min(spread, 50.0) / USUAL_SPREAD)))
