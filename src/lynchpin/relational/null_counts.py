"""The null model of counts: one mean and one size for all."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import gammaln

from lynchpin.relational.plan import Plan


def null_nb2(plan: Plan) -> float:
    """The highest log-likelihood of NB2 counts at the common rate of events; only the last step may be shorter."""
    cells, y = plan.at_risk.astype(float), plan.seen_count
    means = plan.exposure * plan.events / float(plan.exposure @ cells)
    mean = np.repeat(means, np.diff(plan.seen_ptr))

    def loss(log_size: float) -> float:
        size = np.exp(log_size)
        seen = gammaln(y + size) - gammaln(size) - gammaln(y + 1.0) + y * np.log(mean / (size + mean))
        return -float(seen.sum() - size * (cells @ np.log1p(means / size)))

    return -float(minimize_scalar(loss, bounds=(-15.0, 15.0), method="bounded").fun)
